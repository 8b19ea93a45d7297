//! Options, results, and everything that holds any number of elements.
//!
//! Elements are counted while they are written: a container whose length
//! function and iterator disagree is an error, not a broken message.

use super::{WalkError, Walker};
use crate::wire;
use facet_core::Shape;
use facet_reflect::{Peek, ReflectError};

impl Walker {
    /// 0, or 1 and the value.
    pub(super) fn write_option(&mut self, peek: Peek<'_, '_>) -> Result<(), WalkError> {
        let option = peek.into_option().map_err(misjudged)?;
        let value = option.value();
        // Facet has two ways to ask, and encoders may rely on either.
        assert_eq!(option.is_some(), value.is_some(), "{}", peek.shape());
        wire::boolean(&mut self.out, value.is_some());
        value.map_or(Ok(()), |value| self.write(value))
    }

    /// An enum as serde has it: variant 0 is `Ok`, variant 1 is `Err`.
    pub(super) fn write_result(&mut self, peek: Peek<'_, '_>) -> Result<(), WalkError> {
        let result = peek.into_result().map_err(misjudged)?;
        let (variant, value) = if result.is_ok() {
            (0, result.ok())
        } else {
            (1, result.err())
        };
        wire::variant(&mut self.out, variant);
        self.write(value.expect("facet gives the payload of the variant it reports"))
    }

    /// Vectors and slices: the length, then the elements.
    pub(super) fn write_list(&mut self, peek: Peek<'_, '_>) -> Result<(), WalkError> {
        let list = peek.into_list_like().map_err(misjudged)?;
        wire::length(&mut self.out, list.len());
        let mut counted = 0;
        for element in list.iter() {
            self.write(element)?;
            counted += 1;
        }
        check_length(peek.shape(), list.len(), counted)
    }

    /// Arrays are tuples to serde: the elements without a length.
    pub(super) fn write_array(&mut self, peek: Peek<'_, '_>) -> Result<(), WalkError> {
        let array = peek.into_list_like().map_err(misjudged)?;
        for element in array.iter() {
            self.write(element)?;
        }
        Ok(())
    }

    /// The number of entries, then key and value of each, in the order of the
    /// map's iterator.
    pub(super) fn write_map(&mut self, peek: Peek<'_, '_>) -> Result<(), WalkError> {
        let map = peek.into_map().map_err(misjudged)?;
        let announced = map.len();
        wire::length(&mut self.out, announced);
        let mut counted = 0;
        for (key, value) in map.iter() {
            self.write(key)?;
            self.write(value)?;
            counted += 1;
        }
        check_length(peek.shape(), announced, counted)
    }

    /// The number of elements, then the elements, in the order of the set's
    /// iterator.
    pub(super) fn write_set(&mut self, peek: Peek<'_, '_>) -> Result<(), WalkError> {
        let set = peek.into_set().map_err(misjudged)?;
        let announced = set.len();
        wire::length(&mut self.out, announced);
        let mut counted = 0;
        for element in set.iter() {
            self.write(element)?;
            counted += 1;
        }
        check_length(peek.shape(), announced, counted)
    }
}

fn check_length(shape: &'static Shape, announced: usize, counted: usize) -> Result<(), WalkError> {
    if announced == counted {
        return Ok(());
    }
    Err(WalkError::LengthMismatch {
        shape: shape.to_string(),
        announced,
        counted,
    })
}

/// The caller has looked at the shape's definition before it asked facet for
/// the matching view, so facet's refusal is a bug here.
fn misjudged(error: ReflectError) -> WalkError {
    panic!("the walker misjudged a shape: {error}");
}
