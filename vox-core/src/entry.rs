//! The one calling convention of all tiers, and of our own functions that
//! machine code calls.
//!
//! It is `sysv64` on every x86-64 system, Windows included: four words in
//! registers, the result in a register, and no vector registers to save for the
//! callee. Elsewhere it is the platform's C convention, which agrees on all of
//! that. Every parameter is a word; nothing narrower crosses this boundary,
//! because who extends a narrow value differs between platforms.
//!
//! Not here: the calling conventions of facet's vtable functions, which are the
//! platform's C ABI and belong to `vox-cabi`.

use crate::cx::EncodeCx;
use crate::kernels::{Plain, Ready, Run};
use crate::slot::Slot;

/// Declares a function in the entry convention.
///
/// Written once, compiled as `extern "sysv64"` on x86-64 and `extern "C"`
/// elsewhere. A panic that reaches the edge of such a function aborts, so
/// whatever may panic is caught inside.
#[macro_export]
macro_rules! entry_fn {
    // Of a trait, which says only what there is to be.
    ($(#[$meta:meta])* $vis:vis unsafe fn $name:ident $(<$($generic:ident : $bound:path),+>)? ($($arg:ident : $ty:ty),* $(,)?) $(-> $ret:ty)?;) => {
        #[cfg(target_arch = "x86_64")]
        $(#[$meta])*
        $vis unsafe extern "sysv64" fn $name $(<$($generic: $bound),+>)? ($($arg: $ty),*) $(-> $ret)?;

        #[cfg(not(target_arch = "x86_64"))]
        $(#[$meta])*
        $vis unsafe extern "C" fn $name $(<$($generic: $bound),+>)? ($($arg: $ty),*) $(-> $ret)?;
    };
    ($(#[$meta:meta])* $vis:vis unsafe fn $name:ident $(<$($generic:ident : $bound:path),+>)? ($($arg:ident : $ty:ty),* $(,)?) $(-> $ret:ty)? $body:block) => {
        #[cfg(target_arch = "x86_64")]
        $(#[$meta])*
        $vis unsafe extern "sysv64" fn $name $(<$($generic: $bound),+>)? ($($arg: $ty),*) $(-> $ret)? $body

        #[cfg(not(target_arch = "x86_64"))]
        $(#[$meta])*
        $vis unsafe extern "C" fn $name $(<$($generic: $bound),+>)? ($($arg: $ty),*) $(-> $ret)? $body
    };
}

/// The address of a function in the entry convention, for machine code to call.
///
/// The signature is written out, and checked: `entry_address!(f, (usize) -> usize)`.
#[macro_export]
macro_rules! entry_address {
    ($function:expr, ($($ty:ty),* $(,)?) $(-> $ret:ty)?) => {{
        #[cfg(target_arch = "x86_64")]
        let function: unsafe extern "sysv64" fn($($ty),*) $(-> $ret)? = $function;
        #[cfg(not(target_arch = "x86_64"))]
        let function: unsafe extern "C" fn($($ty),*) $(-> $ret)? = $function;
        function as *const ()
    }};
}

macro_rules! entry_type {
    ($(#[$meta:meta])* $name:ident = ($($arg:ident : $ty:ty),* $(,)?) $(-> $ret:ty)?) => {
        #[cfg(target_arch = "x86_64")]
        $(#[$meta])*
        pub type $name = unsafe extern "sysv64" fn($($arg: $ty),*) $(-> $ret)?;

        #[cfg(not(target_arch = "x86_64"))]
        $(#[$meta])*
        pub type $name = unsafe extern "C" fn($($arg: $ty),*) $(-> $ret)?;
    };
}

#[cfg(all(
    target_pointer_width = "32",
    any(
        target_os = "linux",
        target_os = "android",
        windows,
        target_os = "freebsd",
        target_os = "netbsd",
        target_os = "openbsd"
    )
))]
compile_error!(
    "facet 0.46 marks wide pointers in the highest bit of the address, which addresses have on this target: it would read and write elsewhere"
);

/// Whether the address of a value may have the highest bit, with which facet marks wide pointers. On x86-64 systems that bit is set in
/// addresses of the system's half alone (AMD64 Architecture Programmer's Manual, volume 2, 5.3.1; assumption A5), unless they are of 32 bits.
pub const MAY_BE_TAGGED: bool = !cfg!(all(target_arch = "x86_64", target_pointer_width = "64"));

/// Two words: the address and the metadata (length) of something unsized, or
/// of a run of elements.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Pair {
    /// The address, without facet's tag bit.
    pub ptr: *const u8,
    /// The number of elements (of bytes, for strings).
    pub len: usize,
}

entry_type! {
    /// The entry of a type: encodes the value at `value` (for an unsized type:
    /// the [`Pair`] at `value`) behind `out` and returns the new end of the
    /// output, or null when encoding failed and `cx` says why.
    ///
    /// `slot` is the slot the entry was read from; the interpreter finds the
    /// program through it and compiled code ignores it.
    EncodeFn = (cx: *mut EncodeCx, slot: *const Slot, value: *const u8, out: *mut u8) -> *mut u8
}

entry_type! {
    /// Makes room: on success at least `spare` bytes (plus the slack every sink
    /// keeps) can be written at the returned address, which replaces `out`.
    /// Null when no room could be made and `cx` says why.
    GrowFn = (cx: *mut EncodeCx, out: *mut u8, spare: usize) -> *mut u8
}

entry_type! {
    /// Appends `len` bytes from `ptr` and then makes room for `spare` more.
    /// Null when it failed and `cx` says why.
    BulkFn = (cx: *mut EncodeCx, out: *mut u8, ptr: *const u8, len: usize, spare: usize) -> *mut u8
}

entry_type! {
    /// Writes the fields at `base` that a run is made of, in room that was made before, and answers
    /// the end. Does not fail.
    RunFn = (out: *mut u8, base: *const u8, run: *const Run) -> *mut u8
}

entry_type! {
    /// Writes the varint of the integer at `at`, aligned or not, in room for the longest varint and the overshoot, and answers the end. Does not fail.
    VarintFn = (out: *mut u8, at: *const u8) -> *mut u8
}

entry_type! {
    /// Writes the varints of the integers at the offsets from `base` that are packed into a word, 16 bits each, the lowest first, in room
    /// for the longest varints and the overshoot, and answers the end. Does not fail.
    PackedFn = (out: *mut u8, base: *const u8, packed: usize) -> *mut u8
}

entry_type! {
    /// Writes the varints of `count` integers that follow each other at `first`, in room for the longest varints and the overshoot, and
    /// answers the end. Does not fail.
    SideBySideFn = (out: *mut u8, first: *const u8, count: usize) -> *mut u8
}

entry_type! {
    /// Writes `count` times eight integers that follow each other at `from`, in room that was made before and a register more, and answers
    /// the end. Does not fail.
    EightsFn = (out: *mut u8, from: *const u8, count: usize) -> *mut u8
}

entry_type! {
    /// Writes a length and that many bytes, if they are one of [`crate::kernels::LONG_LENS`] and there is room.
    /// [`EncodeCx::exchange`] has the cursor, the address, the length and the spare bytes wanted behind, and gets
    /// the end. In any other case it goes on at `otherwise`, a stub of machine code that does the same of any length.
    ///
    /// It keeps all general registers and the lower vector registers whole, which is more than its convention asks for: so machine code
    /// calls it in one that spills nothing.
    WriteLongFn = (cx: *mut EncodeCx, otherwise: *const ())
}

entry_type! {
    /// Writes the length of the character `code` and its UTF-8 form at `out`, in room that was made before and the overshoot. [`EncodeCx::exchange`]
    /// gets the end. Does not fail.
    ///
    /// Keeps the registers that [`WriteLongFn`] keeps.
    WriteCharFn = (cx: *mut EncodeCx, code: u64, out: *mut u8)
}

entry_type! {
    /// Makes the options of the value at `base` that a table names ready, at `out`, where [`Ready::size`] bytes
    /// may be written. Does not fail.
    ReadyFn = (out: *mut u8, base: *const u8, ready: *const Ready)
}

entry_type! {
    /// Makes the options of values that a table names ready. The values are every `stride` bytes from `first` on, up to `end`, which is that of the next
    /// one; `stride` is not 0. At `out` [`Ready::size`] bytes may be written for each, which is where they are for the first; for the others they follow.
    /// Does not fail.
    ReadyEachFn = (out: *mut u8, first: *const u8, end: *const u8, stride: usize, ready: *const Ready)
}

entry_type! {
    /// Writes the items of a container that says it has `len`, behind its length, and answers the end; null when that failed, and `cx`
    /// says why and of which item.
    PlainFn = (cx: *mut EncodeCx, plain: *const Plain, container: *const u8, len: usize, out: *mut u8) -> *mut u8
}

entry_type! {
    /// Reads the address and length of a value whose shape offers no function
    /// for it and stores them in `pair`. Does not fail and does not panic.
    AccessorFn = (value: *const u8, pair: *mut Pair)
}

entry_type! {
    /// Writes a value whose wire form is computed, then makes room for `spare`
    /// more bytes. Null when it failed and `cx` says why.
    LeafFn = (cx: *mut EncodeCx, value: *const u8, out: *mut u8, spare: usize) -> *mut u8
}
