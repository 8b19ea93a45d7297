//! An encoder for one type that needs no lookup.

use core::fmt;
use core::marker::PhantomData;

use facet_core::Facet;
use vox_core::error::EncodeError;

use crate::runtime::append::{KnownSlot, append, encode};
use crate::runtime::value::with_root;

/// Encodes values of one type through the global runtime, without looking the
/// type up: the first call finds its slot, every later one is two dependent
/// loads away from the code.
///
/// Usable in a `static`, also for types that borrow: a
/// `static Encoder<Message<'static>>` encodes a `Message<'_>` of any lifetime, if
/// the type is covariant in it: not with a `Mutex<&'a str>`, or a borrow behind a `&mut`, in it.
///
/// # Examples
///
/// ```
/// use facet::Facet;
/// use vox::Encoder;
///
/// #[derive(Facet)]
/// struct Message<'a> {
///     text: &'a str,
/// }
///
/// static ENCODER: Encoder<Message<'static>> = Encoder::new();
///
/// let text = String::from("hi");
/// let bytes = ENCODER.encode(&Message { text: &text })?;
/// assert_eq!(bytes, [2, b'h', b'i']);
/// # Ok::<(), vox::EncodeError>(())
/// ```
pub struct Encoder<T: ?Sized> {
    slot: KnownSlot,
    /// Covariant in `T`, and `Send` and `Sync` whatever `T` is.
    value: PhantomData<fn() -> T>,
}

impl<T: ?Sized> Encoder<T> {
    /// An encoder that has not been used yet.
    ///
    /// # Examples
    ///
    /// ```
    /// static TEXTS: vox::Encoder<str> = vox::Encoder::new();
    /// assert_eq!(TEXTS.encode("vox")?, b"\x03vox");
    /// # Ok::<(), vox::EncodeError>(())
    /// ```
    #[must_use]
    pub const fn new() -> Self {
        Self {
            slot: KnownSlot::unknown(),
            value: PhantomData,
        }
    }

    /// Encodes a value into a new vector.
    ///
    /// # Errors
    ///
    /// As for [`crate::to_bytes`].
    ///
    /// # Panics
    ///
    /// Passes on panics of user code.
    ///
    /// # Examples
    ///
    /// ```
    /// let numbers = vox::Encoder::<[u16]>::new();
    /// assert_eq!(numbers.encode(&[1, 300])?, [2, 1, 0xac, 0x02]);
    /// # Ok::<(), vox::EncodeError>(())
    /// ```
    #[inline]
    pub fn encode<'f>(&self, value: &T) -> Result<Vec<u8>, EncodeError>
    where
        T: Facet<'f>,
    {
        // SAFETY: the root is a live value of the shape, borrowed for the call (A1).
        with_root(value, |root| unsafe { encode(&self.slot, T::SHAPE, root) })
    }

    /// Appends the encoding of a value to a vector and answers the number of
    /// bytes. On error, and on a panic of user code, the vector is as it was, but for its
    /// capacity.
    ///
    /// # Errors
    ///
    /// As for [`crate::to_bytes_in`].
    ///
    /// # Panics
    ///
    /// Passes on panics of user code.
    ///
    /// # Examples
    ///
    /// ```
    /// let pairs = vox::Encoder::<(u8, bool)>::new();
    /// let mut buffer = vec![0xff];
    /// assert_eq!(pairs.encode_in(&(7, true), &mut buffer)?, 2);
    /// assert_eq!(buffer, [0xff, 7, 1]);
    /// # Ok::<(), vox::EncodeError>(())
    /// ```
    #[inline]
    pub fn encode_in<'f>(&self, value: &T, buffer: &mut Vec<u8>) -> Result<usize, EncodeError>
    where
        T: Facet<'f>,
    {
        // SAFETY: the root is a live value of the shape, borrowed for the call (A1).
        with_root(value, |root| unsafe {
            append(&self.slot, T::SHAPE, root, buffer)
        })
    }
}

impl<T: ?Sized> Default for Encoder<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: ?Sized> fmt::Debug for Encoder<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Encoder")
            .field("type", &core::any::type_name::<T>())
            .finish_non_exhaustive()
    }
}
