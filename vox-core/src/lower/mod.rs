//! Lowering: from a shape to a program, once per type.
//!
//! One program per root type. What a root contains is inlined: structs flatten
//! into their parent's block, options, enums and loops get blocks of their own.
//! A type is called as a child instead, through its slot, where inlining would
//! not end (recursion) or would not pay (limits).
//!
//! The walk over the shape (`walk`) emits ops, fusing adjacent copies as it goes
//! (`fuse`). Two passes follow: recursion in last position becomes a loop
//! (`tail`), then room is reserved (`reserve`).
//!
//! Not here: what a shape is (`shape`), what an op means
//! ([`crate::program::op`]). Read next: `lower/walk.rs`.

mod array;
mod builder;
mod composite;
mod fuse;
mod limits;
mod list;
mod pointer;
mod reserve;
mod runs;
mod scope;
mod tail;
mod walk;

use facet_core::Shape;

use crate::program::Code;

use limits::MAX_ADDRESSES;
pub use limits::MAX_NESTING;

/// What lowering may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LowerOptions {
    /// Whether layouts learnt by probing may be used, instead of vtable calls.
    pub probed_layouts: bool,
}

/// A lowered shape, not yet linked: children are shapes, not slots.
#[derive(Debug)]
pub struct Lowered {
    /// The program's pure-data half.
    pub code: Code,
    /// The address of each function of `code.functions`.
    pub functions: Vec<*const ()>,
    /// The shape of each child of `code.children`.
    pub children: Vec<&'static Shape>,
    /// The way from the root to the first call of each child, as a
    /// [`LowerError`] prints it: what to put before the path of an error in the child.
    pub child_paths: Vec<String>,
    /// Shapes at other addresses that were proven to be lowered to this very
    /// program: the root itself, as met inside of it.
    pub same: Vec<&'static Shape>,
}

/// Why a shape has no program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LowerError {
    /// The way from the root to the place, in text: `.entries[].kind::File.mime`.
    pub path: String,
    /// What is there and what can be done about it.
    pub reason: String,
}

impl core::fmt::Display for LowerError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}: {}", self.path, self.reason)
    }
}

/// Lowers a shape.
///
/// The compiler may give one type's shape several addresses. A recursive type that
/// meets itself at another address is recognised, and loops instead of calling itself.
///
/// # Errors
///
/// When some part of the type cannot be encoded as serde's postcard would.
pub fn lower(shape: &'static Shape, options: &LowerOptions) -> Result<Lowered, LowerError> {
    let (mut lowered, folded) = lower_once(shape, options, true)?;
    match all_same(shape, &lowered, folded, options) {
        Some(same) => {
            lowered.same = same;
            Ok(lowered)
        }
        None => lower_once(shape, options, false).map(|(lowered, _)| lowered),
    }
}

/// The shapes that were taken for this one, if they all are.
///
/// Identity alone proves nothing: shapes made at run time share theirs. Shapes that,
/// each taken for the other, all have one program do. A shape that was taken
/// for the other only on the way to proving that is among those to prove.
fn all_same(
    shape: &'static Shape,
    lowered: &Lowered,
    folded: Vec<&'static Shape>,
    options: &LowerOptions,
) -> Option<Vec<&'static Shape>> {
    let mut all = folded;
    let mut next = 0;
    while let Some(other) = all.get(next).copied() {
        next += 1;
        let (other_lowered, more) = lower_once(other, options, true).ok()?;
        if !is_same_program((shape, lowered), (other, &other_lowered)) {
            return None;
        }
        for found in more {
            let is_known =
                core::ptr::eq(found, shape) || all.iter().any(|known| core::ptr::eq(*known, found));
            if !is_known {
                all.push(found);
            }
        }
        if all.len() > MAX_ADDRESSES {
            return None;
        }
    }
    Some(all)
}

/// Whether two shapes have one program, each being the other where they call
/// themselves.
fn is_same_program(
    (one_shape, one): (&'static Shape, &Lowered),
    (other_shape, other): (&'static Shape, &Lowered),
) -> bool {
    let same_children = one.children.len() == other.children.len()
        && core::iter::zip(&one.children, &other.children).all(|(one, other)| {
            let both_call_themselves =
                core::ptr::eq(*one, one_shape) && core::ptr::eq(*other, other_shape);
            both_call_themselves || core::ptr::eq(*one, *other)
        });
    same_children && one.code == other.code && one.functions == other.functions
}

/// Lowers a shape, taking shapes with its identity for itself if it `folds`;
/// answers those, too.
fn lower_once(
    shape: &'static Shape,
    options: &LowerOptions,
    folds: bool,
) -> Result<(Lowered, Vec<&'static Shape>), LowerError> {
    let mut called = walk::Called::new();
    loop {
        let walked = walk::walk(shape, options, &called, folds)?;
        if walked.cycles.is_subset(&called) {
            return Ok((walked.builder.finish(shape), walked.folded));
        }
        // A type was met inside itself: start again, calling it this time.
        called.extend(walked.cycles);
    }
}
