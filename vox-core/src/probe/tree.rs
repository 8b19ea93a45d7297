//! Which containers are B-trees that can be learnt from.

use core::alloc::Layout;

use facet_core::{Def, Shape};

use crate::kernels::tree::{Next, Tree, is_understood};

/// Nodes are laid out as words are.
const WORD: usize = size_of::<usize>();

/// A `BTreeMap` or `BTreeSet` of keys that take room; `None` for all other types.
pub(super) fn of(shape: &'static Shape) -> Option<Tree> {
    let layout = |part: &Shape| part.layout.sized_layout().ok();
    let (init, next, dealloc, key, value) = match (shape.module_path?, &shape.def) {
        ("alloc::collections::btree_map", Def::Map(def)) => {
            let vtable = &def.vtable.iter_vtable;
            let (key, value) = (layout(def.k)?, layout(def.v)?);
            let next = Next::Entry(vtable.next);
            (vtable.init_with_value?, next, vtable.dealloc, key, value)
        }
        ("alloc::collections::btree_set", Def::Set(def)) => {
            let vtable = &def.vtable.iter_vtable;
            let key = layout(def.t)?;
            let next = Next::Item(vtable.next);
            let nothing = Layout::new::<()>();
            (vtable.init_with_value?, next, vtable.dealloc, key, nothing)
        }
        _ => return None,
    };
    let words = layout(shape)?;
    let is_three_words = words.size() == 3 * WORD && words.align() == WORD;
    let is_aligned = key.align() <= WORD && value.align() <= WORD;
    let is_known = is_three_words && is_aligned && key.size() > 0 && is_understood();
    is_known.then(|| Tree::new(init, next, dealloc, [key.size(), value.size()]))
}
