//! The encoding methods of a runtime, one per kind of output.

use std::io;

use facet_core::{Facet, Shape};
use facet_reflect::Peek;
use vox_core::cx::Counters;
use vox_core::error::EncodeError;
use vox_core::sink::{chunk, vec};
use vox_core::slot::Slot;

use super::Runtime;
use super::append::{append, encode};
use super::value::{Root, with_peek_root, with_root};

#[cold]
pub(super) fn tagged(shape: &'static Shape) -> EncodeError {
    EncodeError::unsupported(
        shape,
        &vox_core::lower::LowerError {
            path: String::new(),
            reason: String::from(
                "the value's address has its highest bit set, which facet reads as the mark of a \
                 wide pointer; encode a copy of the value elsewhere",
            ),
        },
    )
}

impl Runtime {
    /// Runs an encode of a value.
    #[expect(clippy::inline_always, reason = "a look into a table, and a call")]
    #[inline(always)]
    fn run<R>(
        &self,
        shape: &'static Shape,
        root: Root,
        encode: impl FnOnce(&Slot) -> Result<R, EncodeError>,
    ) -> Result<R, EncodeError> {
        if root.is_tagged {
            return Err(tagged(shape));
        }
        encode(self.slot(shape)?)
    }

    /// See [`crate::to_bytes`].
    ///
    /// # Errors
    ///
    /// As there.
    ///
    /// # Panics
    ///
    /// As there.
    ///
    /// # Examples
    ///
    /// ```
    /// let runtime = vox::Runtime::builder().build();
    /// assert_eq!(runtime.to_bytes("vox")?, b"\x03vox");
    /// # Ok::<(), vox::EncodeError>(())
    /// ```
    #[inline]
    pub fn to_bytes<'f, T>(&self, value: &T) -> Result<Vec<u8>, EncodeError>
    where
        T: Facet<'f> + ?Sized,
    {
        // SAFETY: the root is a live value of the shape, borrowed for the call (A1).
        with_root(value, |root| unsafe { encode(self, T::SHAPE, root) })
    }

    /// See [`crate::to_bytes_in`].
    ///
    /// # Errors
    ///
    /// As there.
    ///
    /// # Panics
    ///
    /// As there.
    ///
    /// # Examples
    ///
    /// ```
    /// let runtime = vox::Runtime::builder().build();
    /// let mut buffer = vec![0xff];
    /// assert_eq!(runtime.to_bytes_in(&300_u16, &mut buffer)?, 2);
    /// assert_eq!(buffer, [0xff, 0xac, 0x02]);
    /// # Ok::<(), vox::EncodeError>(())
    /// ```
    #[inline]
    pub fn to_bytes_in<'f, T>(&self, value: &T, buffer: &mut Vec<u8>) -> Result<usize, EncodeError>
    where
        T: Facet<'f> + ?Sized,
    {
        // SAFETY: the root is a live value of the shape, borrowed for the call (A1).
        with_root(value, |root| unsafe {
            append(self, T::SHAPE, root, buffer)
        })
    }

    /// See [`crate::to_slice`].
    ///
    /// # Errors
    ///
    /// As there.
    ///
    /// # Panics
    ///
    /// As there.
    ///
    /// # Examples
    ///
    /// ```
    /// let runtime = vox::Runtime::builder().build();
    /// let mut slice = [0; 2];
    /// assert_eq!(runtime.to_slice(&300_u16, &mut slice)?, [0xac, 0x02]);
    /// assert!(runtime.to_slice("abc", &mut slice).is_err());
    /// # Ok::<(), vox::EncodeError>(())
    /// ```
    pub fn to_slice<'f, 'b, T>(
        &self,
        value: &T,
        slice: &'b mut [u8],
    ) -> Result<&'b mut [u8], EncodeError>
    where
        T: Facet<'f> + ?Sized,
    {
        let len = with_root(value, |root| {
            // SAFETY: the address is that of a live value of the slot's shape,
            // borrowed for the call (A1).
            self.run(T::SHAPE, root, |slot| unsafe {
                chunk::fill(slot, root.address, slice, self.max_depth())
            })
        })?;
        Ok(&mut slice[..len])
    }

    /// See [`crate::to_writer`].
    ///
    /// # Errors
    ///
    /// As there.
    ///
    /// # Panics
    ///
    /// As there.
    ///
    /// # Examples
    ///
    /// ```
    /// let runtime = vox::Runtime::builder().build();
    /// let mut written = Vec::new();
    /// assert_eq!(runtime.to_writer(&(1_u8, true), &mut written)?, 2);
    /// assert_eq!(written, [1, 1]);
    /// # Ok::<(), vox::EncodeError>(())
    /// ```
    pub fn to_writer<'f, T>(&self, value: &T, writer: impl io::Write) -> Result<usize, EncodeError>
    where
        T: Facet<'f> + ?Sized,
    {
        with_root(value, |root| {
            // SAFETY: as in `to_slice`.
            self.run(T::SHAPE, root, |slot| unsafe {
                chunk::write(slot, root.address, writer, self.max_depth())
            })
        })
    }

    /// See [`crate::encoded_len`].
    ///
    /// # Errors
    ///
    /// As there.
    ///
    /// # Panics
    ///
    /// As there.
    ///
    /// # Examples
    ///
    /// ```
    /// let runtime = vox::Runtime::builder().build();
    /// assert_eq!(runtime.encoded_len(&[300_u16; 10])?, 20);
    /// # Ok::<(), vox::EncodeError>(())
    /// ```
    pub fn encoded_len<'f, T>(&self, value: &T) -> Result<usize, EncodeError>
    where
        T: Facet<'f> + ?Sized,
    {
        with_root(value, |root| {
            // SAFETY: as in `to_slice`.
            self.run(T::SHAPE, root, |slot| unsafe {
                chunk::count(slot, root.address, self.max_depth())
            })
        })
    }

    /// See [`crate::peek_to_bytes`].
    ///
    /// # Errors
    ///
    /// As there.
    ///
    /// # Panics
    ///
    /// As there.
    ///
    /// # Examples
    ///
    /// ```
    /// use facet_reflect::Peek;
    ///
    /// let runtime = vox::Runtime::builder().build();
    /// assert_eq!(runtime.peek_to_bytes(Peek::new(&Some(7_u8)))?, [1, 7]);
    /// # Ok::<(), vox::EncodeError>(())
    /// ```
    pub fn peek_to_bytes(&self, peek: Peek<'_, '_>) -> Result<Vec<u8>, EncodeError> {
        // SAFETY: a peek borrows a live value of its shape (A1).
        with_peek_root(peek, |root| unsafe { encode(self, peek.shape(), root) })
    }

    /// See [`crate::peek_to_bytes_in`].
    ///
    /// # Errors
    ///
    /// As there.
    ///
    /// # Panics
    ///
    /// As there.
    ///
    /// # Examples
    ///
    /// ```
    /// use facet_reflect::Peek;
    ///
    /// let runtime = vox::Runtime::builder().build();
    /// let mut buffer = vec![0xff];
    /// assert_eq!(runtime.peek_to_bytes_in(Peek::new("ab"), &mut buffer)?, 3);
    /// assert_eq!(buffer, [0xff, 2, b'a', b'b']);
    /// # Ok::<(), vox::EncodeError>(())
    /// ```
    pub fn peek_to_bytes_in(
        &self,
        peek: Peek<'_, '_>,
        buffer: &mut Vec<u8>,
    ) -> Result<usize, EncodeError> {
        // SAFETY: a peek borrows a live value of its shape (A1).
        with_peek_root(peek, |root| unsafe {
            append(self, peek.shape(), root, buffer)
        })
    }

    /// Encodes a value and says what was called on the way. Machine code counts
    /// vtable and accessor calls only in a runtime built with
    /// [`super::RuntimeBuilder::count_calls`].
    ///
    /// # Errors
    ///
    /// As for [`Self::to_bytes`].
    ///
    /// # Panics
    ///
    /// As there.
    ///
    /// # Examples
    ///
    /// ```
    /// let runtime = vox::Runtime::builder().count_calls(true).build();
    /// let set = std::collections::BTreeSet::from([1_u8, 2]);
    /// let (bytes, counters) = runtime.to_bytes_counted(&set)?;
    /// assert_eq!(bytes, [2, 1, 2]);
    /// // How many there are, and the iterator.
    /// assert!(counters.vtable_calls >= 2);
    /// # Ok::<(), vox::EncodeError>(())
    /// ```
    pub fn to_bytes_counted<'f, T>(&self, value: &T) -> Result<(Vec<u8>, Counters), EncodeError>
    where
        T: Facet<'f> + ?Sized,
    {
        let mut bytes = Vec::new();
        let counters = with_root(value, |root| {
            // SAFETY: as in `to_slice`.
            self.run(T::SHAPE, root, |slot| unsafe {
                vec::append_counted(slot, root.address, &mut bytes, self.max_depth())
                    .map(|(_, encoded)| encoded.counters)
            })
        })?;
        Ok((bytes, counters))
    }
}

#[cfg(feature = "bytes")]
impl Runtime {
    /// See [`crate::to_buf_mut`].
    ///
    /// # Errors
    ///
    /// As there.
    ///
    /// # Panics
    ///
    /// As there.
    ///
    /// # Examples
    ///
    /// ```
    /// let runtime = vox::Runtime::builder().build();
    /// let mut buffer = bytes::BytesMut::new();
    /// assert_eq!(runtime.to_buf_mut("ab", &mut buffer)?, 3);
    /// assert_eq!(buffer[..], [2, b'a', b'b']);
    /// # Ok::<(), vox::EncodeError>(())
    /// ```
    pub fn to_buf_mut<'f, T>(
        &self,
        value: &T,
        mut buffer: impl bytes::BufMut,
    ) -> Result<usize, EncodeError>
    where
        T: Facet<'f> + ?Sized,
    {
        let bytes = self.to_bytes(value)?;
        if bytes.len() > buffer.remaining_mut() {
            return Err(EncodeError::buffer_too_small(
                T::SHAPE,
                buffer.remaining_mut(),
                bytes.len(),
            ));
        }
        buffer.put_slice(&bytes);
        Ok(bytes.len())
    }
}
