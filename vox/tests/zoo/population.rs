//! Who lives in the zoo: the families, and how many there are.

use std::collections::BTreeSet;

use vox_oracle::zoo::Member;

/// Members that belong together.
pub(crate) struct Family {
    pub(crate) name: &'static str,
    pub(crate) members: &'static [&'static [&'static [Member]]],
}

impl Family {
    pub(crate) fn members(&self) -> impl Iterator<Item = &'static Member> {
        self.members.iter().copied().flatten().copied().flatten()
    }
}

pub(crate) const FAMILIES: &[Family] = &[
    Family {
        name: "scalars",
        members: &[crate::scalars::FORMS],
    },
    Family {
        name: "options",
        members: &[crate::options::FORMS, &[crate::options::MEMBERS]],
    },
    Family {
        name: "containers",
        members: &[crate::containers::FORMS, &[crate::containers::MEMBERS]],
    },
    Family {
        name: "pointers",
        members: &[crate::pointers::FORMS],
    },
    Family {
        name: "standard",
        members: &[crate::standard::FORMS],
    },
    Family {
        name: "crates",
        members: &[crate::crates::FORMS, &[crate::crates::TWINS]],
    },
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
        name: "attributes",
        members: &[&[crate::attributes::MEMBERS, crate::attributes::NUMERIC]],
    },
    Family {
        name: "proxies",
        members: &[&[crate::proxies::MEMBERS]],
    },
    Family {
        name: "weak",
        members: &[crate::weak::FORMS, &[crate::weak::MEMBERS]],
    },
    Family {
        name: "recursion",
        members: &[&[crate::recursion::MEMBERS]],
    },
];

/// The promise: four hundred types that derive, told apart by their identity.
#[test]
fn the_zoo_is_large() {
    let mut derived = BTreeSet::new();
    let mut all = BTreeSet::new();
    for family in FAMILIES {
        let before = all.len();
        for member in family.members() {
            let shape = (member.shape)();
            let id = format!("{:?}", shape.id);
            if shape
                .module_path
                .is_some_and(|path| path.starts_with("zoo"))
            {
                derived.insert(id.clone());
            }
            all.insert(id);
        }
        println!("{}: {} types", family.name, all.len() - before);
    }
    println!("{} types, {} of them derive", all.len(), derived.len());
    assert!(derived.len() >= 400, "{} types derive", derived.len());
}
