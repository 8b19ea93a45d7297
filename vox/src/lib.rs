//! Postcard bytes from any [`Facet`] value, by machine code nearly as fast as written by hand.
//!
//! ```
//! use facet::Facet;
//!
//! #[derive(Facet)]
//! struct Reading {
//!     sensor: String,
//!     values: Vec<u32>,
//! }
//!
//! let reading = Reading { sensor: "attic".into(), values: vec![1, 2, 300] };
//! let bytes = vox::to_bytes(&reading)?;
//! assert_eq!(bytes, [5, b'a', b't', b't', b'i', b'c', 3, 1, 2, 172, 2]);
//! # Ok::<(), vox::EncodeError>(())
//! ```
//!
//! The bytes are those of the serde `postcard` crate, version 1, for the type's serde twin.
//! A type's reflection data is lowered once to a small program, which is interpreted
//! at first and compiled to machine code (feature `jit`, on by default) on a background
//! thread once the type is used enough. Where no machine code can be made, the interpreter
//! goes on serving: speed changes, bytes do not.
//!
//! # Which function
//!
//! | to get | call |
//! |---|---|
//! | a new vector | [`to_bytes`] |
//! | bytes appended to a vector of yours | [`to_bytes_in`] |
//! | bytes in a slice of fixed size | [`to_slice`] |
//! | bytes in an [`std::io::Write`] | [`to_writer`] |
//! | the length alone | [`encoded_len`] |
//! | bytes in a `bytes::BufMut` | `to_buf_mut`, with the feature `bytes` |
//! | bytes of a value you know only by shape | [`peek_to_bytes`], [`peek_to_bytes_in`] |
//! | no lookup of the type | [`Encoder`] |
//! | compilation ahead of use | [`prepare`], [`prepare_shapes`] |
//! | which tier runs, and why | [`report`], [`report_shape`]; the tiers of this build: [`available_tiers`] |
//! | what was compiled so far | [`stats`] |
//! | settings of your own | [`Runtime::builder`] |
//!
//! # What is encoded
//!
//! [`support`] lists every type and every attribute with its rule, what is refused, and the proxies
//! for types facet has no shape for.
//!
//! # Environment
//!
//! The global runtime reads these variables when it is first used. A value it
//! does not understand leaves the default and is reported, as a `tracing` warning and in
//! [`TypeReport::notes`].
//!
//! | variable | values | default |
//! |---|---|---|
//! | `VOX_TIER` | `auto`, `interpreter`, `baseline`, `optimized` | `auto` |
//! | `VOX_VTABLE_CALLS` | `inline`, `trampoline` | `inline` |
//! | `VOX_PROBED_LAYOUTS` | `on`, `off` | `on` |
//! | `VOX_JIT_PERF` | `0`, `1` | `0` |
//!
//! `VOX_JIT_PERF=1` makes `perf` name the code of the optimized tier by the type it encodes, on Linux: record with
//! `perf record -k mono`, then `perf inject --jit`. The file it leaves is `jit-PID.dump` in the directory
//! for temporary files.
//!
//! # Panics
//!
//! Encoding runs user code where a value has proxies, locks, predicates or containers of its
//! own. Its panics reach the caller of the encode as they are, the output as it was before.
//! The exception is Rust's own: a panic inside one of facet's `extern "C"` vtable functions
//! aborts the process at that function's edge. Of user code these call the initialiser of a `LazyLock`, and the `Default`
//! of the hasher of a `HashMap` or `HashSet`: vox makes empty ones when it first meets the type, to see where the hasher
//! leaves their table. With `panic = "abort"`, and in WebAssembly, every panic ends the process.
//!
//! # When memory runs out
//!
//! An encode that finds no memory for its output, a proxy or the guard of a lock is the error
//! [`EncodeErrorKind::OutOfMemory`], the output as it was before; telling so needs none. What aborts the process, as
//! any `Box` or `Vec` does that finds no memory:
//!
//! * facet, which puts each iterator of a map or set into a box (but for the standard library's hash tables and B-trees,
//!   where their layout is known), and each guard of the standard library's and
//!   `lock_api`'s locks;
//! * user code that allocates, such as a proxy's conversion;
//! * the first encode of a type, while it is lowered, and compiled if that is asked for; the encode in which it becomes hot, if no other has before;
//!   compilation on the background thread;
//! * telling another failure, whose path is text.

mod encoder;
mod runtime;
pub mod support;

/// The code in README.md, compiled and run with the other documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

use std::io;

use facet_core::{Facet, Shape};
use facet_reflect::Peek;

pub use encoder::Encoder;
use runtime::append::{Free, append, encode};
use runtime::value::with_root;
pub use runtime::{
    PrepareError, Runtime, RuntimeBuilder, Stats, TypeReport, TypesByTier, VtableCalls,
};
pub use vox_core::cx::Counters;
// This stands in front of what the item says of itself.
/// The error of an encode: what, where and why.
///
/// # Examples
///
/// ```
/// use facet::Facet;
/// use vox::EncodeErrorKind;
///
/// #[derive(Facet)]
/// struct Message {
///     parts: Vec<Part>,
/// }
///
/// #[derive(Facet)]
/// struct Part {
///     address: *const u8,
/// }
///
/// let error = vox::to_bytes(&Message { parts: vec![] }).expect_err("pointers have no encoding");
/// assert_eq!(error.kind(), EncodeErrorKind::Unsupported);
/// assert_eq!(error.shape(), Message::SHAPE);
/// assert_eq!(error.path(), ".parts[].address");
/// assert!(error.to_string().starts_with("cannot encode `Message.parts[].address`: "));
/// ```
pub use vox_core::error::EncodeError;
pub use vox_core::error::EncodeErrorKind;
pub use vox_core::tier::Tier;

/// Encodes a value into a new vector.
///
/// # Errors
///
/// When the type has no encoding, memory runs out, or user code that runs on
/// the way fails; see [`EncodeErrorKind`].
///
/// # Panics
///
/// Passes on panics of user code.
///
/// # Examples
///
/// ```
/// assert_eq!(vox::to_bytes(&(300_u16, "vox", Some(true)))?, [172, 2, 3, b'v', b'o', b'x', 1, 1]);
/// assert_eq!(vox::to_bytes("a str is a value, too")?[0], 21);
/// # Ok::<(), vox::EncodeError>(())
/// ```
#[inline]
pub fn to_bytes<'f, T>(value: &T) -> Result<Vec<u8>, EncodeError>
where
    T: Facet<'f> + ?Sized,
{
    // SAFETY: the root is a live value of the shape, borrowed for the call (A1).
    with_root(value, |root| unsafe {
        encode(Free::here(T::SHAPE), T::SHAPE, root)
    })
}

/// Appends the encoding of a value to a vector and answers the number of bytes.
///
/// # Errors
///
/// As for [`to_bytes`]. On error, and on a panic of user code, the vector has its
/// old length and contents; its capacity may have grown.
///
/// # Panics
///
/// Passes on panics of user code.
///
/// # Examples
///
/// ```
/// let mut buffer = vec![0xff];
/// assert_eq!(vox::to_bytes_in(&[1_u8, 2, 3], &mut buffer)?, 3);
/// assert_eq!(buffer, [0xff, 1, 2, 3]);
/// # Ok::<(), vox::EncodeError>(())
/// ```
#[inline]
pub fn to_bytes_in<'f, T>(value: &T, buffer: &mut Vec<u8>) -> Result<usize, EncodeError>
where
    T: Facet<'f> + ?Sized,
{
    // SAFETY: the root is a live value of the shape, borrowed for the call (A1).
    with_root(value, |root| unsafe {
        append(Free::here(T::SHAPE), T::SHAPE, root, buffer)
    })
}

/// Encodes a value at the start of a slice and answers the written part. It
/// succeeds on a slice of exactly [`encoded_len`] bytes, and bytes behind the result stay as
/// they were.
///
/// # Errors
///
/// As for [`to_bytes`], and [`EncodeErrorKind::BufferTooSmall`], which says how many bytes
/// are needed, when the slice is too short. The contents of the slice are then unspecified.
///
/// # Panics
///
/// Passes on panics of user code.
///
/// # Examples
///
/// ```
/// let mut slice = [0xff; 8];
/// assert_eq!(vox::to_slice("abc", &mut slice)?, [3, b'a', b'b', b'c']);
/// assert_eq!(slice[4..], [0xff; 4]);
/// # Ok::<(), vox::EncodeError>(())
/// ```
pub fn to_slice<'f, 'b, T>(value: &T, slice: &'b mut [u8]) -> Result<&'b mut [u8], EncodeError>
where
    T: Facet<'f> + ?Sized,
{
    Runtime::global().to_slice(value, slice)
}

/// Encodes a value into a writer, in chunks of some kilobytes, and answers the
/// number of bytes. The writer is not flushed.
///
/// # Errors
///
/// As for [`to_bytes`], and [`EncodeErrorKind::Io`] with the writer's error as its
/// [source](core::error::Error::source). What was written before the failure stays written.
///
/// # Panics
///
/// Passes on panics of user code, and of the writer.
///
/// # Examples
///
/// ```
/// let mut file = Vec::new();
/// assert_eq!(vox::to_writer(&vec![1_u64, 2, 3], &mut file)?, 4);
/// assert_eq!(file, [3, 1, 2, 3]);
/// # Ok::<(), vox::EncodeError>(())
/// ```
pub fn to_writer<'f, T>(value: &T, writer: impl io::Write) -> Result<usize, EncodeError>
where
    T: Facet<'f> + ?Sized,
{
    Runtime::global().to_writer(value, writer)
}

/// The number of bytes the encoding of a value has. Runs the whole encode, but
/// allocates nothing in proportion to it.
///
/// # Errors
///
/// As for [`to_bytes`].
///
/// # Panics
///
/// Passes on panics of user code.
///
/// # Examples
///
/// ```
/// assert_eq!(vox::encoded_len(&[300_u32; 10])?, 20);
/// # Ok::<(), vox::EncodeError>(())
/// ```
pub fn encoded_len<'f, T>(value: &T) -> Result<usize, EncodeError>
where
    T: Facet<'f> + ?Sized,
{
    Runtime::global().encoded_len(value)
}

/// Encodes a value known by its shape alone into a new vector.
///
/// # Errors
///
/// As for [`to_bytes`].
///
/// # Panics
///
/// Passes on panics of user code.
///
/// # Examples
///
/// ```
/// use facet_reflect::Peek;
///
/// assert_eq!(vox::peek_to_bytes(Peek::new(&Some(7_u8)))?, [1, 7]);
/// # Ok::<(), vox::EncodeError>(())
/// ```
pub fn peek_to_bytes(peek: Peek<'_, '_>) -> Result<Vec<u8>, EncodeError> {
    Runtime::global().peek_to_bytes(peek)
}

/// Appends the encoding of a value known by its shape alone to a vector, and
/// answers the number of bytes.
///
/// # Errors
///
/// As for [`to_bytes_in`].
///
/// # Panics
///
/// Passes on panics of user code.
///
/// # Examples
///
/// ```
/// use facet_reflect::Peek;
///
/// let mut buffer = Vec::new();
/// vox::peek_to_bytes_in(Peek::new("ab"), &mut buffer)?;
/// assert_eq!(buffer, [2, b'a', b'b']);
/// # Ok::<(), vox::EncodeError>(())
/// ```
pub fn peek_to_bytes_in(peek: Peek<'_, '_>, buffer: &mut Vec<u8>) -> Result<usize, EncodeError> {
    Runtime::global().peek_to_bytes_in(peek, buffer)
}

/// Encodes a value into a [`bytes::BufMut`] and answers the number of bytes. The
/// value is encoded as a whole first: a buffer that is too small is left as it was.
///
/// # Errors
///
/// As for [`to_bytes`], and [`EncodeErrorKind::BufferTooSmall`].
///
/// # Panics
///
/// Passes on panics of user code.
///
/// # Examples
///
/// ```
/// let mut buffer = bytes::BytesMut::new();
/// vox::to_buf_mut(&(1_u8, 2_u8), &mut buffer)?;
/// assert_eq!(buffer[..], [1, 2]);
/// # Ok::<(), vox::EncodeError>(())
/// ```
#[cfg(feature = "bytes")]
pub fn to_buf_mut<'f, T>(value: &T, buffer: impl bytes::BufMut) -> Result<usize, EncodeError>
where
    T: Facet<'f> + ?Sized,
{
    Runtime::global().to_buf_mut(value, buffer)
}

/// Brings a type to a tier now, compiling as needed, and answers the tier it
/// is in. Blocks while it compiles.
///
/// # Errors
///
/// When the type cannot be encoded at all, or the tier is not to be had here; encoding then works
/// in a lower one.
///
/// # Examples
///
/// ```
/// match vox::prepare::<Vec<String>>(vox::Tier::Optimized) {
///     Ok(tier) => println!("runs in the {tier} tier"),
///     Err(error) => println!("stays where it is: {error}"),
/// }
/// ```
pub fn prepare<'f, T>(tier: Tier) -> Result<Tier, PrepareError>
where
    T: Facet<'f> + ?Sized,
{
    Runtime::global().prepare::<T>(tier)
}

/// As [`prepare`], for shapes; answers the lowest tier among them, and `tier` for none.
///
/// # Errors
///
/// As for [`prepare`].
///
/// # Examples
///
/// ```
/// use facet::Facet;
///
/// let tier = vox::prepare_shapes(&[u32::SHAPE, String::SHAPE], vox::Tier::Interpreter)?;
/// assert!(tier >= vox::Tier::Interpreter);
/// # Ok::<(), vox::PrepareError>(())
/// ```
pub fn prepare_shapes(shapes: &[&'static Shape], tier: Tier) -> Result<Tier, PrepareError> {
    Runtime::global().prepare_shapes(shapes, tier)
}

/// The tiers this build of the crate can make for this kind of processor. Whether this one has all they take, and the
/// operating system lets them run, is another matter: [`report`] knows.
///
/// # Examples
///
/// ```
/// assert_eq!(vox::available_tiers()[0], vox::Tier::Interpreter);
/// ```
#[must_use]
pub const fn available_tiers() -> &'static [Tier] {
    runtime::AVAILABLE_TIERS
}

/// How a type is encoded, and why so; of a type that cannot be encoded, why not
/// ([`TypeReport::refusal`]).
///
/// A type that is new is lowered for that, and counted in [`stats`]; compiled, too, where `VOX_TIER` fixes a tier.
///
/// # Examples
///
/// ```
/// let report = vox::report::<Vec<u32>>();
/// assert!(report.program.contains("write_list_var_u32"));
/// println!("{report}");
/// # Ok::<(), vox::EncodeError>(())
/// ```
#[must_use]
pub fn report<'f, T>() -> TypeReport
where
    T: Facet<'f> + ?Sized,
{
    Runtime::global().report::<T>()
}

/// As [`report`], for a shape.
///
/// # Examples
///
/// ```
/// use facet::Facet;
///
/// assert_eq!(vox::report_shape(u8::SHAPE).type_name, "u8");
/// # Ok::<(), vox::EncodeError>(())
/// ```
#[must_use]
pub fn report_shape(shape: &'static Shape) -> TypeReport {
    Runtime::global().report_shape(shape)
}

/// What the global runtime, which all functions of this module use, has done so far.
///
/// # Examples
///
/// ```
/// vox::to_bytes(&1_u8)?;
/// println!("{}", vox::stats());
/// assert!(vox::stats().types.all() > 0);
/// # Ok::<(), vox::EncodeError>(())
/// ```
#[must_use]
pub fn stats() -> Stats {
    Runtime::global().stats()
}
