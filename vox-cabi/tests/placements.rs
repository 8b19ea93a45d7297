//! Golden placements: where every word of a call travels, for each ABI, on any
//! host.
//!
//! The texts lie in `tests/placements`, one per ABI. After a change that is
//! meant, `VOX_BLESS=1 cargo test -p vox-cabi --test placements` rewrites them
//! and the difference is reviewed. What the texts say is executed, on the ABIs
//! the host has, by the `execution` test.

#![cfg(target_pointer_width = "64")]

#[path = "support/edges.rs"]
mod edges;
#[path = "support/vtable.rs"]
mod vtable;

use std::fmt::Write as _;
use std::path::Path;

use vox_cabi::{Abi, FunctionType, plan};

fn render(abi: Abi) -> String {
    let mut text = String::new();
    for (name, function) in vtable::ALL {
        write!(text, "{name}\n{}\n", plan(abi, function)).expect("strings take all text");
    }
    for (name, parameters, returned) in edges::EDGES {
        let function = FunctionType::new(parameters, *returned);
        write!(text, "{name}\n{}\n", plan(abi, &function)).expect("strings take all text");
    }
    text
}

fn file_name(abi: Abi) -> String {
    let name = abi.to_string().to_lowercase().replace([' ', '-'], "_");
    format!("{name}.txt")
}

#[test]
fn placements_are_as_reviewed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/placements");
    let bless = std::env::var_os("VOX_BLESS").is_some_and(|value| value == "1");
    let mut stale = Vec::new();
    for abi in Abi::ALL {
        let path = folder.join(file_name(abi));
        let text = render(abi);
        if bless {
            std::fs::write(&path, &text).expect("the folder of golden texts is writable");
        } else if std::fs::read_to_string(&path).ok().as_deref() != Some(&text) {
            stale.push(format!("{} should be:\n{text}", path.display()));
        }
    }
    assert!(stale.is_empty(), "{}", stale.join("\n"));
}

#[test]
fn every_function_type_is_listed() {
    assert_eq!(vtable::ALL.len(), 41);
}
