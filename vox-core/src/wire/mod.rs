//! The postcard wire format: integers, lengths, characters.
//!
//! The source is the postcard specification (<https://postcard.jamesmunns.com/wire-format>):
//! unsigned integers are LEB128 varints, signed ones are zigzag encoded first,
//! bytes and booleans are themselves, a `char` is its UTF-8 string. The functions
//! here write at a raw cursor; who makes room and how is not their business.
//!
//! Decoding will live beside each encoder, so that one file holds both
//! directions of a rule.

pub mod varint;
pub mod zigzag;
