//! The zoo, second part: scalars, options of everything, and the rest of the standard library,
//! alone, in structs and in enums. See `zoo`.

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

mod options;
mod scalars;
mod standard;

use vox_oracle::zoo::{Family, count_derived};

const FAMILIES: &[Family] = &[
    Family {
        name: "scalars",
        members: &[crate::scalars::FORMS],
    },
    Family {
        name: "options",
        members: &[crate::options::FORMS, &[crate::options::MEMBERS]],
    },
    Family {
        name: "standard",
        members: &[crate::standard::FORMS, &[crate::standard::TWINS]],
    },
];

/// The three parts of the zoo promise four hundred types that derive, together.
#[test]
fn enough_types_derive() {
    let count = count_derived(FAMILIES);
    println!("{count} types derive");
    assert!(count >= 130, "{count} types derive");
}
