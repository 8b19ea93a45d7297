//! A plain encoder over `facet_reflect::Peek`: the judge that needs no serde.
//!
//! It walks one value, asks facet about every part, and writes what the
//! postcard format and serde's conventions for a binary format say. It shares
//! nothing with vox: no programs, no probed layouts, no caches, no `wire`
//! module of vox's. It judges types that have no serde twin, and it is judged
//! itself in this crate's tests, against serde's `postcard`.
//!
//! Not for use outside tests: it is slow, and it recurses on the Rust stack.
//!
//! Where to read on: `attribute` for what facet attributes mean here, `scalar`
//! for single values, `compound` for structs and enums, `container` for lists,
//! maps, options and results, `pointer` for boxes, references and locks, and
//! the crate's `wire` module for the bytes.

mod attribute;
mod compound;
mod container;
mod error;
#[cfg(feature = "crates")]
mod foreign;
mod pointer;
mod proxy;
mod scalar;

pub use error::WalkError;

use facet_core::{Def, Type, UserType};
use facet_reflect::Peek;

/// Nesting that [`encode`] accepts: enough for any honest specimen, and small
/// enough for the two-megabyte stack of a test thread in a debug build, except on s390x, whose
/// frames are large.
pub const DEFAULT_MAX_DEPTH: usize = 512;

/// Encodes a reflected value as postcard 1.x bytes.
///
/// # Errors
///
/// [`WalkError`], when the value has no postcard encoding, or one this judge
/// does not dare to give.
pub fn encode(peek: Peek<'_, '_>) -> Result<Vec<u8>, WalkError> {
    encode_with_max_depth(peek, DEFAULT_MAX_DEPTH)
}

/// Like [`encode`], for values nested up to `max_depth` levels.
///
/// Every value inside a value is one level: a field, an element, a pointee.
/// The caller sees to a stack that bears it; a level takes two kilobytes or so in
/// a debug build.
///
/// # Errors
///
/// As [`encode`], and [`WalkError::TooDeep`] beyond `max_depth`.
pub fn encode_with_max_depth(peek: Peek<'_, '_>, max_depth: usize) -> Result<Vec<u8>, WalkError> {
    let mut walker = Walker {
        out: Vec::new(),
        max_depth,
        depth: 0,
    };
    walker.write(peek)?;
    Ok(walker.out)
}

/// The bytes so far, and how deep the value being written is nested.
struct Walker {
    out: Vec<u8>,
    max_depth: usize,
    depth: usize,
}

impl Walker {
    /// Writes one value and everything in it.
    fn write(&mut self, peek: Peek<'_, '_>) -> Result<(), WalkError> {
        if self.depth == self.max_depth {
            return Err(WalkError::TooDeep {
                max_depth: self.max_depth,
            });
        }
        self.depth += 1;
        let result = self.write_at_depth(peek);
        self.depth -= 1;
        result
    }

    fn write_at_depth(&mut self, peek: Peek<'_, '_>) -> Result<(), WalkError> {
        // Before proxies, so that a std type like Duration is written from its
        // documented serde form and not from facet's proxy for it.
        if scalar::write(&mut self.out, peek)? {
            return Ok(());
        }
        #[cfg(feature = "crates")]
        if let Some(encoded) = foreign::encode(peek) {
            let bytes = encoded.map_err(|error| WalkError::Foreign {
                shape: peek.shape().to_string(),
                message: error.to_string(),
            })?;
            crate::wire::raw(&mut self.out, &bytes);
            return Ok(());
        }
        if let Some(proxy) = peek.shape().effective_proxy(Some(attribute::FORMAT)) {
            return self.write_proxy(peek, proxy);
        }
        attribute::check_container(peek.shape())?;
        match &peek.shape().def {
            Def::Option(_) => self.write_option(peek),
            Def::Result(_) => self.write_result(peek),
            Def::List(_) | Def::Slice(_) => self.write_list(peek),
            Def::Array(_) => self.write_array(peek),
            Def::Map(_) => self.write_map(peek),
            Def::Set(_) => self.write_set(peek),
            Def::Pointer(pointer) => self.write_pointer(peek, pointer),
            Def::NdArray(_) => Err(WalkError::unsupported(
                peek.shape(),
                "an n-dimensional array",
            )),
            Def::DynamicValue(_) => Err(WalkError::unsupported(peek.shape(), "a dynamic value")),
            // NonZero, Range, PhantomData and unit call themselves scalars, but
            // publish the fields (or the want of them) that serde writes.
            Def::Scalar | Def::Undefined => self.write_user_type(peek),
            _ => Err(WalkError::unsupported(
                peek.shape(),
                "an unknown kind of shape",
            )),
        }
    }

    fn write_user_type(&mut self, peek: Peek<'_, '_>) -> Result<(), WalkError> {
        match &peek.shape().ty {
            Type::User(UserType::Struct(definition)) => self.write_struct(peek, definition),
            Type::User(UserType::Enum(definition)) => self.write_enum(peek, definition),
            Type::User(UserType::Union(_)) => Err(WalkError::unsupported(peek.shape(), "a union")),
            Type::User(UserType::Opaque) => Err(WalkError::unsupported(peek.shape(), "opaque")),
            Type::Pointer(_) => Err(WalkError::unsupported(
                peek.shape(),
                "a raw or function pointer",
            )),
            _ => Err(WalkError::unsupported(peek.shape(), "an unknown primitive")),
        }
    }
}
