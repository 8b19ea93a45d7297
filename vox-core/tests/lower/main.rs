//! Lowering, judged by the programs it makes: what bytes they write is the
//! business of the tests that run them.

#![allow(
    missing_docs,
    dead_code,
    reason = "tests, and types made for their shapes alone"
)]

mod common;
mod everyday;
