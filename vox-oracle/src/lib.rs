//! Independent judges of vox's bytes.
//!
//! Two witnesses decide whether an encoding is right: the serde `postcard`
//! crate for types that derive both `Facet` and `Serialize`, and the
//! [`walker`] of this crate, which needs only reflection and shares no line
//! with vox's lowering, programs or tiers. [`diff`] says where two encodings
//! part, in a form a person can read.
//!
//! [`judge`] brings them together: it runs every value through every [`mode`] and every kind of output.
//! Tests of the codec are written with [`codec_test!`], or as members of the [`zoo!`]; one that makes its
//! values in a loop calls the function of [`judge`] that the macro would call.
//!
//! This crate is test support: it is written to be obviously right, not fast.

pub mod child;
pub mod diff;
pub mod judge;
pub mod mode;
pub mod scale;
pub mod walker;
pub mod wire;
pub mod zoo;

pub use diff::assert_same_bytes;
