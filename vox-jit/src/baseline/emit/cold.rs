//! The rare paths, emitted behind everything else.

use vox_core::program::{PathId, TagWidth};

use super::super::handlers::Handler;
use super::super::isa::{Assembler, Jump, Label, Place, Word};
use super::{Emitter, REPEATS, SLOT, Scope};

/// A piece of code that a rare path jumps to.
#[derive(Debug)]
pub(super) enum Cold {
    /// Makes room and goes back.
    Grow {
        entry: Jump,
        back: Place,
        bytes: u32,
        failed: Label,
    },
    /// Tells that the type, whose slot is argument 1, is hot, and goes back.
    Hot { entry: Jump, back: Place },
    /// A failure of which the cursor does not tell.
    Null { entry: Label, failed: Label },
    /// Records how often the program was repeated.
    Repeats { entry: Label, end: Label },
    /// Records where a failure happened.
    Path {
        entry: Label,
        path: PathId,
        failed: Label,
    },
    /// The depth limit is reached.
    Depth { entry: Jump, failed: Label },
    /// A tag that no arm has.
    Tag {
        entry: Label,
        at: u32,
        width: TagWidth,
        failed: Label,
    },
    /// An element of a list has failed.
    Element {
        entry: Label,
        path: PathId,
        /// How many elements are left, and were there at first.
        left: Word,
        failed: Label,
    },
}

impl<A: Assembler> Emitter<'_, '_, A> {
    /// Where an op that names its place goes when it fails.
    pub(super) fn failed_at(&mut self, path: PathId, scope: Scope) -> Label {
        if self.program.code.paths.get(path).is_empty() {
            return scope.failed;
        }
        let entry = self.asm.label();
        self.cold.push(Cold::Path {
            entry,
            path,
            failed: scope.failed,
        });
        entry
    }

    /// Where the whole program goes when it fails, if that is the end of it otherwise.
    pub(super) fn failed_at_last(&mut self, end: Label) -> Label {
        if !self.repeats {
            return end;
        }
        let entry = self.asm.label();
        self.cold.push(Cold::Repeats { entry, end });
        entry
    }

    /// As [`Self::failed_at`], from where the cursor is not null.
    pub(super) fn failed_without_null(&mut self, path: PathId, scope: Scope) -> Label {
        let failed = self.failed_at(path, scope);
        let entry = self.asm.label();
        self.cold.push(Cold::Null { entry, failed });
        entry
    }

    /// The last first: the loops around an element were begun before it, so the jumps from one to the next are short.
    pub(super) fn emit_cold(&mut self) {
        // None of these makes another.
        while let Some(cold) = self.cold.pop() {
            match cold {
                Cold::Grow {
                    entry,
                    back,
                    bytes,
                    failed,
                } => {
                    self.asm.land(entry);
                    self.asm.call_grow(bytes.into());
                    self.asm.jump_if_null(failed);
                    self.asm.jump_back(back);
                }
                Cold::Hot { entry, back } => {
                    self.asm.land(entry);
                    self.asm.arg_out(0);
                    self.call(Handler::TellHot);
                    self.asm.jump_back(back);
                }
                Cold::Null { entry, failed } => {
                    self.asm.bind(entry);
                    self.asm.null_out();
                    self.asm.jump(failed);
                }
                Cold::Repeats { entry, end } => {
                    self.asm.bind(entry);
                    self.asm.arg_cx(0);
                    self.asm.arg_word(1, SLOT);
                    self.asm.arg_word(2, REPEATS);
                    self.call(Handler::TraceRepeats);
                    self.asm.jump(end);
                }
                Cold::Path {
                    entry,
                    path,
                    failed,
                } => {
                    self.asm.bind(entry);
                    let handler = Handler::TracePath.index();
                    self.asm.call_with_cx_and_word(handler, SLOT, path.0.into());
                    self.asm.jump(failed);
                }
                Cold::Depth { entry, failed } => {
                    self.asm.land(entry);
                    self.asm.arg_cx(0);
                    self.call(Handler::FailDepth);
                    self.asm.jump(failed);
                }
                Cold::Tag {
                    entry,
                    at,
                    width,
                    failed,
                } => {
                    self.asm.bind(entry);
                    self.asm.arg_cx(0);
                    self.asm.arg_tag(1, at, width);
                    self.call(Handler::FailTag);
                    self.asm.jump(failed);
                }
                Cold::Element {
                    entry,
                    path,
                    left,
                    failed,
                } => {
                    self.asm.bind(entry);
                    self.asm.arg_word_address(3, left);
                    let handler = Handler::TraceElement.index();
                    self.asm.call_with_cx_and_word(handler, SLOT, path.0.into());
                    self.asm.jump(failed);
                }
            }
        }
    }
}
