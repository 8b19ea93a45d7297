//! Accessors: the address and length of Rust values whose shape has no function
//! for them.

use crate::entry::Pair;
use crate::entry_fn;

entry_fn! {
    /// [`crate::entry::AccessorFn`] of `String`.
    ///
    /// # Safety
    ///
    /// `value` is the address of a live `String`, `pair` of memory for a pair.
    pub(crate) unsafe fn string_parts(value: *const u8, pair: *mut Pair) {
        // SAFETY: the duty of this function.
        unsafe {
            let text = &*value.cast::<String>();
            pair.write(Pair { ptr: text.as_ptr(), len: text.len() });
        }
    }
}
