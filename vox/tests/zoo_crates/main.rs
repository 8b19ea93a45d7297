//! The zoo, third part: containers, pointers, and types of other crates, alone, in structs
//! and in enums. See `zoo`.

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

mod containers;
mod crates;
mod pointers;

use vox_oracle::zoo::{Family, count_derived};

const FAMILIES: &[Family] = &[
    Family {
        name: "containers",
        members: &[crate::containers::FORMS, &[crate::containers::MEMBERS]],
    },
    Family {
        name: "pointers",
        members: &[crate::pointers::FORMS, &[crate::pointers::TWINS]],
    },
    Family {
        name: "crates",
        members: &[crate::crates::FORMS, &[crate::crates::TWINS]],
    },
];

/// The three parts of the zoo promise four hundred types that derive, together.
#[test]
fn enough_types_derive() {
    let count = count_derived(FAMILIES);
    println!("{count} types derive");
    assert!(count >= 200, "{count} types derive");
}
