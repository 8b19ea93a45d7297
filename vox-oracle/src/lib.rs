//! Independent judges of vox's bytes.
//!
//! Two witnesses decide whether an encoding is right: the serde `postcard`
//! crate for types that derive both `Facet` and `Serialize`, and the
//! [`walker`] of this crate, which needs only reflection and shares no line
//! with vox's lowering, programs or tiers. [`diff`] says where two encodings
//! part, in a form a person can read.
//!
//! The [judge](judge::Judge) brings them together: it runs every value through every [`mode`] and every kind of output.
//! There is one way to it, the macro [`codec_test!`], which takes a list of values or a body that makes them; the members of
//! a [`zoo!`] are tested by the same macro. A test that gives its judge nothing fails, and `cargo xtask codec-tests` finds
//! tests of the codec that are written in another way.
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
