//! A case: a type made at run time, some values of it, and their bytes.

use std::fmt;

use facet_core::{PtrConst, Shape};
use facet_reflect::Peek;

use crate::arena::Arena;
use crate::plan::{self, Plan};
use crate::refusal::Refusal;
use crate::values::{self, Value};
use crate::{Choices, functions, shapes, slots};

/// The most values of one type.
const MAX_VALUES: usize = 8;

/// A type, some values of it, and their bytes.
///
/// Its shape is known to this thread alone, and only until the next case is made: a
/// runtime must have seen it by then. Runtimes that have seen it must be gone before it is.
#[derive(Debug)]
pub struct Case {
    plan: Plan,
    shape: &'static Shape,
    values: Vec<Value>,
    /// Why all values are refused.
    refusal: Option<&'static Refusal>,
    // Behind what points into it.
    _arena: Arena,
}

impl Case {
    /// The case these choices lead to.
    pub fn new(choices: &mut Choices<'_>) -> Self {
        let plan = plan::make::plan(choices);
        let mut arena = Arena::default();
        slots::clear();
        // SAFETY: shape and values are private, and given out for as long as the case
        // lives; the slots of the thread are cleared when it is dropped.
        let (shape, values) = unsafe {
            let shape = shapes::make(&plan, &mut arena);
            let count = 1 + choices.index(MAX_VALUES);
            let values = (0..count)
                .map(|_| values::make(&plan, choices, &mut arena))
                .collect();
            (shape, values)
        };
        Self {
            refusal: plan.refusal(),
            plan,
            shape,
            values,
            _arena: arena,
        }
    }

    /// How many values there are; at least one.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Never.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The shape, for as long as the case lives.
    pub(crate) fn shape(&self) -> &'static Shape {
        self.shape
    }

    pub(crate) fn plan(&self) -> &Plan {
        &self.plan
    }

    /// A value, and the bytes it must become. What whoever asks first computes, nobody has asked for.
    pub(crate) fn value(&self, index: usize) -> (Peek<'_, 'static>, &[u8]) {
        let value = &self.values[index];
        for lazy in &value.lazies {
            // SAFETY: it lives as long as the case, and what is given out before is not used
            // while the value is asked for again: nothing here encodes two at a time.
            unsafe { functions::forget_computed(*lazy, value.poison) };
        }
        // SAFETY: the value is of the shape, and lives as long as the case.
        let peek = unsafe { Peek::unchecked_new(PtrConst::new_sized(value.address), self.shape) };
        (peek, &value.bytes)
    }

    /// Whether a value has no encoding, for itself or whatever it is.
    #[must_use]
    pub fn is_refused(&self, index: usize) -> bool {
        self.refusal(index).is_some()
    }

    /// Why it has none; for itself, its bytes are then those before the part that has none.
    pub(crate) fn refusal(&self, index: usize) -> Option<&'static Refusal> {
        self.refusal.or(self.values[index].refusal)
    }

    /// Why no value of the type has an encoding.
    pub(crate) fn refusal_of_type(&self) -> Option<&'static Refusal> {
        self.refusal
    }

    /// The containers of linked nodes in a value; alive as long as the case.
    #[cfg(test)]
    pub(crate) fn chains(&self, index: usize) -> &[*mut functions::Chain] {
        &self.values[index].chains
    }

    /// Where a value is.
    pub(crate) fn address(&self, index: usize) -> *const u8 {
        self.values[index].address
    }

    /// Iterators, guards and proxies that an encode on this thread took and did not give back.
    #[must_use]
    pub fn leaks() -> isize {
        functions::live()
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.plan.fmt(f)
    }
}
