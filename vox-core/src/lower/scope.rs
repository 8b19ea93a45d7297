//! Where lowering is: passed down by value, so that nothing has to be saved and
//! restored.

use facet_core::Shape;

use super::LowerError;
use super::limits::{FRAME_NESTING, ITERATION_NESTING, WIDE_NESTING};
use crate::program::{BlockId, Offset};

const TOO_FAR: &str =
    "reaches more than 2 GiB from the start of the type it is in; put it behind a `Box`";

/// One step from the root to a place.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part<'a> {
    /// A field by name, or by number in a tuple.
    Field(&'a str),
    /// A variant.
    Variant(&'a str),
    /// Any element of a loop.
    Elements,
    /// Any key of a map.
    Keys,
    /// Any value of a map.
    Values,
}

/// The way from the root to a place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Trail<'a> {
    parent: Option<&'a Self>,
    part: Part<'a>,
}

/// The types being inlined, innermost first.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ancestor<'a> {
    pub(super) shape: &'static Shape,
    pub(super) parent: Option<&'a Self>,
    pub(super) depth: u32,
}

/// A place that is being lowered.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope<'a> {
    /// The block ops go to.
    pub(super) block: BlockId,
    /// Where the value is, from the base of that block.
    pub(super) at: usize,
    /// Where that base is, from the last address that was looked up. In the blocks of options and of arrays it is counted from their own start, for
    /// which their whole size has been checked.
    base: usize,
    /// How deep the block is nested.
    pub(super) nesting: u32,
    /// Whether a map or set is around.
    pub(super) is_iterated: bool,
    /// Whether the value may be at an address its type does not allow.
    pub(super) unaligned: bool,
    /// The types being inlined.
    pub(super) ancestors: Option<&'a Ancestor<'a>>,
    trail: Option<&'a Trail<'a>>,
}

impl<'a> Scope<'a> {
    /// The place of the root.
    pub(super) const fn root(block: BlockId) -> Self {
        Self {
            block,
            at: 0,
            base: 0,
            nesting: 0,
            is_iterated: false,
            unaligned: false,
            ancestors: None,
            trail: None,
        }
    }

    /// The trail one step further, to be given to [`Self::along`].
    pub(super) const fn step(&self, part: Part<'a>) -> Trail<'a> {
        Trail {
            parent: self.trail,
            part,
        }
    }

    /// This place, under a longer trail.
    pub(super) const fn along(self, trail: &'a Trail<'a>) -> Self {
        Self {
            trail: Some(trail),
            ..self
        }
    }

    /// The place `offset` bytes further.
    pub(super) fn moved(self, offset: usize) -> Result<Self, LowerError> {
        let at = self
            .at
            .checked_add(offset)
            .ok_or_else(|| self.refuse(TOO_FAR))?;
        Ok(Self { at, ..self })
    }

    /// The start of a block entered from here.
    pub(super) const fn inside(self, block: BlockId) -> Self {
        Self {
            block,
            at: 0,
            base: 0,
            nesting: self.nesting + 1,
            unaligned: false,
            ..self
        }
    }

    /// This place, in a block the interpreter runs in a frame of its own.
    pub(super) const fn in_frame(self) -> Self {
        Self {
            nesting: self.nesting + FRAME_NESTING - 1,
            ..self
        }
    }

    /// This place, in a block run on a pair of words.
    pub(super) const fn on_pair(self) -> Self {
        Self {
            nesting: self.nesting + WIDE_NESTING - 1,
            ..self
        }
    }

    /// This place, in a block run by an iterator.
    pub(super) const fn in_iteration(self) -> Self {
        Self {
            nesting: self.nesting + ITERATION_NESTING - 1,
            is_iterated: true,
            ..self
        }
    }

    /// The start of a block entered from here with the base merely moved.
    pub(super) const fn inside_same(self, block: BlockId) -> Self {
        Self {
            base: self.base.saturating_add(self.at),
            unaligned: self.unaligned,
            ..self.inside(block)
        }
    }

    /// The place as an op names it. It is in reach of the last address that was looked up, however many blocks only
    /// move on from there.
    pub(super) fn offset(&self) -> Result<Offset, LowerError> {
        let reach = self.base.checked_add(self.at).map(i32::try_from);
        match (reach, u32::try_from(self.at)) {
            (Some(Ok(_)), Ok(at)) => Ok(Offset(at)),
            _ => Err(self.refuse(TOO_FAR)),
        }
    }

    /// This place, at an address its type may not allow.
    pub(super) const fn unaligned_if(self, unaligned: bool) -> Self {
        Self { unaligned, ..self }
    }

    /// This place, inside one more type.
    pub(super) const fn under(self, ancestor: &'a Ancestor<'a>) -> Self {
        Self {
            ancestors: Some(ancestor),
            ..self
        }
    }

    /// An error at this place.
    pub(super) fn refuse(&self, reason: impl Into<String>) -> LowerError {
        LowerError {
            path: self.full_path(),
            reason: reason.into(),
        }
    }

    fn trail(&self) -> Vec<Part<'a>> {
        let mut parts = Vec::new();
        let mut next = self.trail;
        while let Some(trail) = next {
            parts.push(trail.part);
            next = trail.parent;
        }
        parts.reverse();
        parts
    }

    /// The way from the root, with `[]` for every loop.
    pub(super) fn full_path(&self) -> String {
        self.trail().into_iter().fold(String::new(), append)
    }

    /// The way from the nearest loop or the root: what is known before running.
    pub(super) fn static_path(&self) -> String {
        let parts = self.trail();
        let start = parts
            .iter()
            .rposition(|part| matches!(part, Part::Elements | Part::Keys | Part::Values))
            .map_or(0, |last| last + 1);
        parts[start..].iter().copied().fold(String::new(), append)
    }
}

fn append(mut text: String, part: Part<'_>) -> String {
    match part {
        Part::Field(name) => text.extend([".", name]),
        Part::Variant(name) => text.extend(["::", name]),
        Part::Elements => text.push_str("[]"),
        Part::Keys => text.push_str(".keys[]"),
        Part::Values => text.push_str(".values[]"),
    }
    text
}
