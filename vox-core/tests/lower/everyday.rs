//! The types of everyday messages.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use facet::Facet;
use vox_core::program::{Op, OptionSource, Source};

use crate::common::{all_ops, ops, program, unprobed};

#[derive(Facet)]
struct Payload {
    revision: u64,
    mount: String,
    entries: Vec<Entry>,
    footer: Option<String>,
    digest: Vec<u8>,
}

#[derive(Facet)]
struct Entry {
    id: u64,
    parent: Option<u64>,
    name: String,
    path: String,
    attrs: Vec<Attr>,
    chunks: Vec<Vec<u8>>,
    kind: Kind,
}

#[derive(Facet)]
struct Attr {
    key: String,
    value: String,
}

#[derive(Facet)]
#[repr(u8)]
enum Kind {
    File {
        mime: String,
        tags: Vec<String>,
    },
    Directory {
        child_count: u32,
        children: Vec<String>,
    },
    Symlink {
        target: String,
        hops: Vec<u32>,
    },
}

#[test]
fn a_payload_with_probed_layouts_calls_no_list_function() {
    let lowered = program::<Payload>();
    for op in all_ops(&lowered) {
        if let Op::WriteBytes { source, .. } | Op::WriteList { source, .. } = op {
            assert!(matches!(source, Source::Words { .. }), "{op:?}");
        }
    }
    let names: Vec<_> = ops(&lowered).iter().map(Op::name).collect();
    assert_eq!(
        names,
        [
            "reserve",
            "write_var_u64",
            "write_bytes",
            "write_list",
            "write_option",
            "write_bytes"
        ]
    );
}

#[test]
fn a_payload_without_probed_layouts_reads_no_words() {
    let lowered = unprobed::<Payload>();
    let mut accessors = 0;
    for op in all_ops(&lowered) {
        if let Op::WriteBytes { source, .. } | Op::WriteList { source, .. } = op {
            assert!(!matches!(source, Source::Words { .. }), "{op:?}");
            accessors += u32::from(matches!(source, Source::Accessor { .. }));
        }
    }
    assert!(accessors >= 5);
}

#[test]
fn maps_sets_and_boxes_lower() {
    #[derive(Facet)]
    struct Containers {
        map: HashMap<String, u32>,
        tree: BTreeMap<u16, Vec<String>>,
        set: BTreeSet<char>,
        boxed: Box<u64>,
        borrowed: &'static str,
        optional: Option<Box<u64>>,
    }
    let lowered = program::<Containers>();
    let maps = all_ops(&lowered).filter(|op| matches!(op, Op::WriteMap { .. }));
    assert_eq!(maps.count(), 2);
    let null_is_none = all_ops(&lowered).any(|op| {
        matches!(
            op,
            Op::WriteOption {
                source: OptionSource::NullIsNone,
                ..
            }
        )
    });
    assert!(null_is_none);
    unprobed::<Containers>();
}
