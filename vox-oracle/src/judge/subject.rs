//! A value behind one pointer, with every way to encode it.
//!
//! Judges are long and there are hundreds of types: they are compiled once, for a [`Subject`], and
//! only the calls of `vox` once for each type.

use std::io;

use facet_core::Facet;
use facet_reflect::Peek;
use vox::{EncodeError, Runtime, TypeReport};

/// See the module documentation.
pub(super) trait Subject<'f> {
    fn peek(&self) -> Peek<'_, 'f>;
    fn report(&self, runtime: &Runtime) -> TypeReport;
    fn to_bytes(&self, runtime: &Runtime) -> Result<Vec<u8>, EncodeError>;
    fn to_bytes_in(&self, runtime: &Runtime, buffer: &mut Vec<u8>) -> Result<usize, EncodeError>;
    fn to_slice<'b>(
        &self,
        runtime: &Runtime,
        slice: &'b mut [u8],
    ) -> Result<&'b mut [u8], EncodeError>;
    fn to_writer(
        &self,
        runtime: &Runtime,
        writer: &mut dyn io::Write,
    ) -> Result<usize, EncodeError>;
    fn encoded_len(&self, runtime: &Runtime) -> Result<usize, EncodeError>;
}

/// A value of a type that may be unsized, as a [`Subject`].
pub(super) struct Value<'a, 'f, T: Facet<'f> + ?Sized> {
    value: &'a T,
    lifetime: core::marker::PhantomData<&'f ()>,
}

impl<'a, 'f, T: Facet<'f> + ?Sized> Value<'a, 'f, T> {
    pub(super) fn new(value: &'a T) -> Self {
        Self {
            value,
            lifetime: core::marker::PhantomData,
        }
    }
}

impl<'f, T: Facet<'f> + ?Sized> Subject<'f> for Value<'_, 'f, T> {
    fn peek(&self) -> Peek<'_, 'f> {
        Peek::new(self.value)
    }

    fn report(&self, runtime: &Runtime) -> TypeReport {
        runtime.report::<T>()
    }

    fn to_bytes(&self, runtime: &Runtime) -> Result<Vec<u8>, EncodeError> {
        runtime.to_bytes(self.value)
    }

    fn to_bytes_in(&self, runtime: &Runtime, buffer: &mut Vec<u8>) -> Result<usize, EncodeError> {
        runtime.to_bytes_in(self.value, buffer)
    }

    fn to_slice<'b>(
        &self,
        runtime: &Runtime,
        slice: &'b mut [u8],
    ) -> Result<&'b mut [u8], EncodeError> {
        runtime.to_slice(self.value, slice)
    }

    fn to_writer(
        &self,
        runtime: &Runtime,
        writer: &mut dyn io::Write,
    ) -> Result<usize, EncodeError> {
        runtime.to_writer(self.value, writer)
    }

    fn encoded_len(&self, runtime: &Runtime) -> Result<usize, EncodeError> {
        runtime.encoded_len(self.value)
    }
}
