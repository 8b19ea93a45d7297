//! Values of other crates that are written as what they display.

use core::fmt::{self, Display, Write as _};
use core::ptr;

use super::Output;
use crate::cx::Failure;
use crate::trampoline::guard;

impl Output {
    /// Writes what the value displays as, a string. Formatting is code of another
    /// crate: its errors and panics become the failure of the encode.
    pub(in crate::leaf) fn display(self, value: &dyn Display) -> *mut u8 {
        let mut text = Text::new();
        // SAFETY: as in `fail`; the reference ends with the statement.
        let done = guard(unsafe { &mut *self.cx }, || write!(text, "{value}"));
        match done {
            Some(Ok(())) => self.bytes(text.as_bytes()),
            // serde's words for the same.
            Some(Err(fmt::Error)) => {
                let message = "a Display implementation returned an error unexpectedly";
                self.fail(Failure::Value(String::from(message)))
            }
            None => ptr::null_mut(),
        }
    }
}

/// Formatted text, on the stack as long as it is short.
struct Text {
    short: [u8; 96],
    len: usize,
    long: Option<Vec<u8>>,
}

impl Text {
    const fn new() -> Self {
        Self {
            short: [0; 96],
            len: 0,
            long: None,
        }
    }

    fn as_bytes(&self) -> &[u8] {
        match &self.long {
            Some(long) => long,
            None => &self.short[..self.len],
        }
    }
}

impl fmt::Write for Text {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        let end = self.len + part.len();
        match (&mut self.long, self.short.get_mut(self.len..end)) {
            (Some(long), _) => long.extend_from_slice(part.as_bytes()),
            (None, Some(place)) => {
                place.copy_from_slice(part.as_bytes());
                self.len = end;
            }
            (None, None) => {
                self.long = Some([&self.short[..self.len], part.as_bytes()].concat());
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_moves_to_the_heap_when_it_is_long() {
        for parts in [0, 1, 9, 10, 11, 100] {
            let mut text = Text::new();
            for _ in 0..parts {
                text.write_str("123456789.").expect("no limit");
            }
            assert_eq!(text.as_bytes(), "123456789.".repeat(parts).as_bytes());
            assert_eq!(text.long.is_some(), parts > 9);
        }
    }
}
