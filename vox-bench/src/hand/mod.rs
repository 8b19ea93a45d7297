//! Encoders written by hand, one per workload: the ceiling that vox chases.
//!
//! For: knowing how fast postcard bytes of these very types can be made on this
//! machine, by a person who knows the type, writes unsafe Rust and may use what the
//! processor has. Their bytes are compared with serde postcard's before they are timed, and
//! in tests. Not for use: they refuse nothing, measure nothing and serve no other type.
//!
//! | module | what it is |
//! |---|---|
//! | [`cursor`] | where the next byte goes; room, growth, strings |
//! | [`isa`] | what differs between processors, as a trait |
//! | [`portable`], `bmi2`, `avx512` | its forms |
//! | `runs` | runs of integers, for the first two |
//! | the others | one per family of workloads |
//!
//! A form is chosen once, by [`encoder`], not per call. Read next: [`cursor`], then [`gnarly`].
//!
//! Two assumptions carry the unsafe code; SAFETY.md lists them.
//!
//! * **H1**: room. After a check at least [`cursor::ROOM`] bytes may be written at the cursor, and
//!   what is written between two checks, overshoot included, is less.
//! * **H2**: reading beyond the end of a short string, inside its page, in an `asm!` block.

mod align;
#[cfg(target_arch = "x86_64")]
pub mod avx512;
#[cfg(target_arch = "x86_64")]
pub mod bmi2;
mod borrows;
pub mod cursor;
mod enums;
mod floats;
mod gnarly;
mod integers;
pub mod isa;
mod maps;
mod metadata;
mod options;
mod over_copy;
pub mod portable;
mod runs;
mod scalars;
mod slices;
mod strings;
mod tree;

use cursor::Cursor;
use isa::Isa;

/// A type with an encoder written for it.
pub trait Hand {
    /// Writes the value at the cursor.
    ///
    /// # Safety
    ///
    /// H1: the cursor has room, as after a check; and the processor has what `I` uses.
    unsafe fn write<I: Isa>(&self, cursor: Cursor) -> Cursor;
}

/// Appends the bytes of a value to a vector.
pub type Encode<T> = fn(&T, &mut Vec<u8>);

/// The forms this processor can run, by name, the fastest first; the last one runs everywhere.
#[must_use]
pub fn forms<T: Hand>() -> Vec<(&'static str, Encode<T>)> {
    let mut forms: Vec<(&str, Encode<T>)> = Vec::new();
    #[cfg(target_arch = "x86_64")]
    if avx512::is_available() {
        forms.push(("AVX-512 and BMI2", |value, buffer| {
            // SAFETY: the line above.
            unsafe { avx512::append(value, buffer) }
        }));
    }
    #[cfg(target_arch = "x86_64")]
    if bmi2::is_available() {
        forms.push(("BMI2", |value, buffer| {
            // SAFETY: the line above.
            unsafe { bmi2::append(value, buffer) }
        }));
    }
    forms.push(("portable", portable_encoder()));
    forms
}

/// The fastest encoder this processor can run.
#[must_use]
pub fn encoder<T: Hand>() -> Encode<T> {
    forms()[0].1
}

/// The encoder that runs everywhere.
#[must_use]
pub fn portable_encoder<T: Hand>() -> Encode<T> {
    append::<portable::Portable, T>
}

/// The name of the form that [`encoder`] answers.
#[must_use]
pub fn form() -> &'static str {
    forms::<Vec<u32>>()[0].0
}

/// What the forms share; inlined into each, so that its instructions are used.
#[inline(always)]
fn append<I: Isa, T: Hand>(value: &T, buffer: &mut Vec<u8>) {
    let cursor = Cursor::at_end_of(buffer);
    // SAFETY: a new cursor has room (H1); who chose `I` has looked at the processor.
    unsafe { value.write::<I>(cursor).finish() };
}

#[cfg(test)]
mod tests;
