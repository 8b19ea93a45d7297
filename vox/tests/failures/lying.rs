//! Containers that yield another number of items than they announce.

#![allow(dead_code, reason = "facet reads these fields, rustc does not see it")]

use facet::Facet;
use vox_oracle::codec_test;

use crate::script::{self, ScriptedList, ScriptedMap, ScriptedSet};

fn text(place: &str, said: usize, what: &str) -> String {
    format!(
        "cannot encode `{place}`: the container said it has {said} items and its iterator yielded \
         {what}"
    )
}

codec_test!(
    /// Every lie by one around the batches in which items are fetched, and the
    /// large ones.
    fn lies(judge: &Judge) {
        let mut lies = vec![
            (0, 1, "more"),
            (0, 5, "more"),
            (1, 0, "fewer"),
            (0, usize::MAX, "more"),
            (40, usize::MAX, "more"),
            (usize::MAX, 0, "fewer"),
            (usize::MAX, 100, "fewer"),
            (1 << 60, 3, "fewer"),
            (1000, 0, "fewer"),
        ];
        for size in [2, 30, 31, 32, 33, 63, 64, 65, 500] {
            lies.push((size, size - 1, "fewer"));
            lies.push((size, size + 1, "more"));
        }
        for (said, yields, what) in lies {
            let label = format!("says {said}, yields {yields}");
            judge.refuses(
                &label,
                &ScriptedList::lying(said, yields),
                &text("ScriptedList", said, what),
            );
            judge.refuses(
                &label,
                &ScriptedSet::lying(said, yields),
                &text("ScriptedSet", said, what),
            );
            judge.refuses(
                &label,
                &ScriptedMap::lying(said, yields),
                &text("ScriptedMap", said, what),
            );
        }
        assert_eq!(script::live_iterators(), 0);
    }
);

#[derive(Facet)]
struct Holder {
    id: u64,
    containers: Vec<Container>,
}

#[derive(Facet)]
#[repr(u8)]
enum Container {
    List(Option<ScriptedList>),
    Set { set: Box<ScriptedSet> },
    Map(u8, ScriptedMap),
}

fn holder(last: Container) -> Holder {
    Holder {
        id: 300,
        containers: vec![
            Container::List(Some(ScriptedList::honest(40))),
            Container::Map(1, ScriptedMap::honest(3)),
            last,
        ],
    }
}

codec_test!(
    lies_inside refuses:
    (
        holder(Container::List(Some(ScriptedList::lying(3, 2)))),
        &text("Holder.containers[2]::List.0", 3, "fewer")
    ),
    (
        holder(Container::Set { set: Box::new(ScriptedSet::lying(3, 4)) }),
        &text("Holder.containers[2]::Set.set", 3, "more")
    ),
    (
        holder(Container::Map(7, ScriptedMap::lying(50, usize::MAX))),
        &text("Holder.containers[2]::Map.1", 50, "more")
    ),
);

#[test]
fn no_iterator_is_left() {
    for said in [0, 1, 40, usize::MAX] {
        for yields in [0, 2, 100] {
            if said != yields {
                let lying = holder(Container::List(Some(ScriptedList::lying(said, yields))));
                for mode in vox_oracle::mode::all() {
                    assert!(mode.runtime.to_bytes(&lying).is_err(), "{}", mode.name);
                    assert_eq!(script::live_iterators(), 0, "{}", mode.name);
                }
            }
        }
    }
}
