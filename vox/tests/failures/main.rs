//! What cannot be encoded, and what goes wrong on the way: the same error, text
//! and path in every mode, and nothing lost.
//!
//! Not here: running out of memory (`memory`).

mod depth;
mod hashers;
mod links;
mod locks;
mod lying;
#[path = "../support/moody.rs"]
mod moody;
mod outputs;
mod panics;
mod paths;
mod refusals;
mod repeats;
#[path = "../support/script.rs"]
mod script;
mod skipped;
mod tags;
