//! Lowering, judged by the programs it makes, and by the bytes they write where
//! an attribute has a serde twin.

#![allow(
    missing_docs,
    dead_code,
    reason = "tests, and types made for their shapes alone"
)]

mod arrays;
mod attributes;
mod common;
mod enums;
mod everyday;
mod limits;
mod lists;
mod pointers;
mod recursion;
mod refusals;
mod reserves;
mod synthetic;
