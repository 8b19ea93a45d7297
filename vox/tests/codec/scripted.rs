//! Containers that only an iterator can read: a list that is not contiguous,
//! and containers of our own that keep to the rules.

use vox_oracle::codec_test;

#[path = "../support/script.rs"]
mod script;

use script::{ScriptedList, ScriptedMap, ScriptedSet};

/// Sizes around the batches in which items are fetched.
const SIZES: &[usize] = &[0, 1, 31, 32, 33, 64, 65, 1000];

codec_test!(
    fn honest_containers(judge: &Judge) {
        for size in SIZES {
            let items = script::items(*size);
            let what = |name: &str| format!("{name} of {size}");
            judge.by_twin(&what("list"), &ScriptedList::honest(*size), &items);
            judge.by_twin(&what("set"), &ScriptedSet::honest(*size), &items);
            let entries: Vec<_> = items.iter().map(|item| (*item, *item)).collect();
            judge.by_twin(&what("map"), &ScriptedMap::honest(*size), &entries);
        }
        assert_eq!(script::live_iterators(), 0);
    }
);

codec_test!(
    scripted_among_others as twin:
    (
        (1_u8, ScriptedList::honest(40), 2_u8, Some(ScriptedSet::honest(2))),
        (1_u8, script::items(40), 2_u8, Some(script::items(2)))
    ),
    (vec![ScriptedList::honest(1), ScriptedList::honest(0)], vec![script::items(1), script::items(0)]),
);
