//! The zoo: hundreds of types, each with its boundary values, as root, field, element,
//! payload of an option and value of a map, in every mode. [`vox_oracle::zoo`] says how.
//!
//! Not here: other kinds of output, and what is peculiar to one type (`codec`).

#![allow(
    dead_code,
    clippy::large_enum_variant,
    clippy::box_collection,
    clippy::redundant_allocation,
    clippy::borrowed_box,
    clippy::option_option,
    reason = "the members are as odd as types can be, and facet reads fields rustc does not see read"
)]

mod attributes;
mod containers;
mod crates;
mod enums;
mod forms;
mod golden;
mod grammar;
mod options;
mod pointers;
mod population;
mod products;
mod proxies;
mod recursion;
mod refusals;
mod scalars;
mod specification;
mod standard;
mod support;
mod weak;
