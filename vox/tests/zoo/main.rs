//! The zoo: hundreds of types, each with its boundary values, as root, field, element,
//! payload of an option and value of a map, in every mode. [`vox_oracle::zoo`] says how.
//!
//! This is the part of what derives: structs, enums, recursion, attributes, proxies; with the
//! support list, and what is refused. `zoo_std` and `zoo_crates` are the others: three
//! programs, so that none takes long to build.
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

#[path = "../support/forms.rs"]
mod forms;
#[path = "../support/golden.rs"]
mod golden;

mod attributes;
mod constructs;
mod enums;
mod features;
mod grammar;
mod products;
mod proxies;
mod recursion;
mod refusals;
mod specification;
mod support;
mod weak;

use vox_oracle::zoo::{Family, count_derived};

const FAMILIES: &[Family] = &[
    Family {
        name: "products",
        members: &[
            crate::products::FORMS,
            &[crate::products::MEMBERS, crate::products::TWINS],
        ],
    },
    Family {
        name: "enums",
        members: &[
            crate::enums::UNITS,
            crate::enums::DATA,
            &[crate::enums::MEMBERS],
        ],
    },
    Family {
        name: "recursion",
        members: &[&[crate::recursion::MEMBERS]],
    },
    Family {
        name: "attributes",
        members: &[&[
            crate::attributes::MEMBERS,
            crate::attributes::TWINS,
            crate::attributes::NUMERIC,
        ]],
    },
    Family {
        name: "proxies",
        members: &[&[crate::proxies::MEMBERS]],
    },
    Family {
        name: "weak",
        members: &[crate::weak::FORMS, &[crate::weak::MEMBERS]],
    },
];

/// The three parts of the zoo promise four hundred types that derive, together.
#[test]
fn enough_types_derive() {
    let count = count_derived(FAMILIES);
    println!("{count} types derive");
    assert!(count >= 100, "{count} types derive");
}
