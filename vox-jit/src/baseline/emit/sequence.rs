//! Strings, lists, arrays: an address, a length, and for elements with a block a loop.

use vox_core::cx::EncodeCx;
use vox_core::entry::BulkFn;
use vox_core::program::{ArraySource, BlockId, Offset, Op, PathId, Source};

use super::super::handlers::Handler;
use super::super::isa::{Assembler, Range, Word};
use super::cold::Cold;
use super::{Emitter, Refusal, SLOT, Scope, names, size};

/// What writes a whole list: `(cx, out, ptr, len, spare)`.
#[derive(Clone, Copy)]
pub(super) enum Kernel {
    Handler(Handler),
    /// Of the set the program is linked with.
    Address(u64),
}

/// The elements of a loop.
#[derive(Clone, Copy)]
pub(super) struct Elements {
    pub(super) stride: u32,
    pub(super) each: BlockId,
    pub(super) bound: u32,
    pub(super) path: PathId,
    pub(super) reserve: u32,
}

/// Where the address of the first element is, once the length was taken.
#[derive(Clone, Copy)]
enum First {
    /// At this offset.
    Follow(u32),
    /// In the frame.
    Word(Word),
    /// At this offset itself.
    Inline(u32),
}

impl<A: Assembler> Emitter<'_, '_, A> {
    /// A string or list of bytes.
    pub(super) fn bytes(
        &mut self,
        at: u32,
        source: &Source,
        reserve: u32,
        scope: Scope,
    ) -> Result<(), Refusal> {
        let Source::Words { ptr, len } = *source else {
            return self.by_kernel(Kernel::Handler(Handler::Bytes), at, source, reserve, scope);
        };
        let handler = match (ptr.0, len.0, reserve) {
            (0, 8, 0) => Handler::LastAt0,
            (8, 16, 0) => Handler::LastAt8,
            (0, 8, _) => Handler::StringAt0,
            (8, 16, _) => Handler::StringAt8,
            _ => {
                return self.by_kernel(Kernel::Handler(Handler::Bytes), at, source, reserve, scope);
            }
        };
        let handler = handler.index();
        if reserve == 0 {
            self.asm.call_with_cx_and_at(handler, at);
        } else {
            self.asm.call_with_cx_at_and_const(handler, at, reserve);
        }
        self.asm.jump_if_null(scope.failed);
        Ok(())
    }

    /// A routine of the set the program is linked with.
    pub(super) fn kernel(&self, routine: BulkFn, number: u32) -> Kernel {
        let address = || {
            let routine = vox_core::entry_address!(
                routine,
                (*mut EncodeCx, *mut u8, *const u8, usize, usize) -> *mut u8
            );
            routine.addr() as u64
        };
        Kernel::Address(self.names.address(address, names::KERNEL, number))
    }

    /// A list that one kernel writes.
    pub(super) fn by_kernel(
        &mut self,
        kernel: Kernel,
        at: u32,
        source: &Source,
        reserve: u32,
        scope: Scope,
    ) -> Result<(), Refusal> {
        self.args_out_and_run(1, at, source)?;
        self.asm.arg_cx(0);
        self.asm.arg_const(4, reserve.into());
        match kernel {
            Kernel::Handler(handler) => self.call(handler),
            Kernel::Address(address) => self.asm.call_address(address),
        }
        self.asm.jump_if_null(scope.failed);
        Ok(())
    }

    /// Passes the cursor as argument `out`, and the address and length of a run as arguments 2 and 3.
    fn args_out_and_run(&mut self, out: usize, at: u32, source: &Source) -> Result<(), Refusal> {
        match *source {
            Source::Words { ptr, len } => {
                self.asm.arg_out(out);
                self.asm.arg_load(2, sum(at, ptr.0)?);
                self.asm.arg_load(3, sum(at, len.0)?);
            }
            _ => {
                let pair = A::pair_words(self.take_words(2)?);
                self.list_parts(at, source, pair.ptr);
                self.asm.arg_out(out);
                self.asm.arg_word(2, pair.ptr);
                self.asm.arg_word(3, pair.len);
                self.give_words(2);
            }
        }
        Ok(())
    }

    /// A list of elements that are `width` bytes on the wire as in memory.
    pub(super) fn fixed_list(
        &mut self,
        at: u32,
        source: &Source,
        width: u32,
        reserve: u32,
        scope: Scope,
    ) -> Result<(), Refusal> {
        self.args_out_and_run(0, at, source)?;
        self.asm.arg_cx(1);
        self.asm.arg_const(4, width.into());
        self.asm.arg_const(5, reserve.into());
        self.call(Handler::FixedList);
        self.asm.jump_if_null(scope.failed);
        Ok(())
    }

    /// A list of elements without bytes.
    pub(super) fn unit_list(
        &mut self,
        at: u32,
        source: &Source,
        reserve: u32,
        scope: Scope,
    ) -> Result<(), Refusal> {
        match *source {
            Source::Words { len, .. } => {
                self.asm.arg_out(0);
                self.asm.arg_load(2, sum(at, len.0)?);
            }
            _ => {
                let pair = A::pair_words(self.take_words(2)?);
                self.list_parts(at, source, pair.ptr);
                self.asm.arg_out(0);
                self.asm.arg_word(2, pair.len);
                self.give_words(2);
            }
        }
        self.asm.arg_cx(1);
        self.asm.arg_const(3, reserve.into());
        self.call(Handler::BeginList);
        self.asm.jump_if_null(scope.failed);
        Ok(())
    }

    /// A length, and each element by a block.
    pub(super) fn list(
        &mut self,
        at: u32,
        source: &Source,
        elements: Elements,
        scope: Scope,
    ) -> Result<(), Refusal> {
        if let Some(handler) = self.of_strings(source, elements) {
            self.asm.arg_const(3, elements.reserve.into());
            self.asm.arg_const(4, elements.path.0.into());
            self.asm.arg_word(5, SLOT);
            self.asm.call_with_cx_and_at(handler.index(), at);
            self.asm.jump_if_null(scope.failed);
            return Ok(());
        }
        let pair = A::pair_words(self.take_words(2)?);
        let first = match *source {
            Source::Words { ptr, len } => {
                self.asm.keep_load(sum(at, len.0)?);
                First::Follow(sum(at, ptr.0)?)
            }
            _ => {
                self.list_parts(at, source, pair.ptr);
                self.asm.keep_word(pair.len);
                First::Word(pair.ptr)
            }
        };
        let work = self
            .asm
            .call_with_kept_and_later(Handler::BeginLoop.index(), SLOT);
        self.asm.jump_if_null(scope.failed);
        let of_each = self.elements(first, elements, scope)?;
        self.asm.fill(work, of_each);
        self.give_words(2);
        Ok(())
    }

    /// What writes the whole list, when it and its elements have the layouts that strings and lists of them are found to
    /// have today: a loop around a call would be longer and slower.
    fn of_strings(&self, source: &Source, elements: Elements) -> Option<Handler> {
        let block = self.program.code.blocks.get(elements.each.index())?;
        let [
            Op::WriteBytes {
                at: Offset(0),
                source: string,
                reserve: 0,
            },
        ] = block.ops.as_slice()
        else {
            return None;
        };
        if elements.bound != 0 {
            return None;
        }
        match (words(source)?, words(string)?, elements.stride) {
            ((8, 16), (8, 16), 24) => Some(Handler::StringsAt8),
            ((0, 8), (8, 16), 24) => Some(Handler::StringsAt0),
            ((8, 16), (0, 8), 16) => Some(Handler::SlicesAt8),
            ((0, 8), (0, 8), 16) => Some(Handler::SlicesAt0),
            _ => None,
        }
    }

    /// Each element of an array by a block.
    pub(super) fn array(
        &mut self,
        at: u32,
        source: &ArraySource,
        count: u32,
        elements: Elements,
        scope: Scope,
    ) -> Result<(), Refusal> {
        let word = Word(self.take_words(1)?);
        let first = match *source {
            ArraySource::Inline => First::Inline(at),
            ArraySource::Vtable { .. } => {
                let source = self.part(source);
                self.asm.keep_out();
                self.asm.arg_cx(0);
                self.asm.arg_at(1, at);
                self.asm.arg_const(2, source);
                self.asm.arg_word(3, SLOT);
                self.call(Handler::ArrayFirst);
                self.asm.swap_kept();
                self.asm.store_kept(word);
                First::Word(word)
            }
        };
        self.asm.keep_const(count.into());
        let of_each = self.elements(first, elements, scope)?;
        self.work = self.work.saturating_add(of_each.saturating_mul(count));
        self.give_words(1);
        Ok(())
    }

    /// The loop over as many elements as the kept word says; answers what work each is.
    fn elements(&mut self, first: First, elements: Elements, scope: Scope) -> Result<u32, Refusal> {
        let words = self.take_words(3)?;
        let saved = Word(words);
        // How many elements are left, and were there at first.
        let kept = A::pair_words(words + 1);
        let left = kept.ptr;
        // The step from one element to the next is one instruction then.
        let is_ordinary = elements.stride <= size::FAR;
        let range = match is_ordinary {
            true => self.range_over(elements.each, 0, size::LOOP),
            false => Range::Far,
        };
        let failed = self.asm.label();
        let end = self.asm.jump_if_kept_null(range);
        self.asm.open_loop(kept, saved);
        match first {
            First::Follow(at) => self.asm.base_follow(at),
            First::Word(word) => self.asm.load_base(word),
            First::Inline(at) => self.asm.base_add(at),
        }
        let again = self.asm.here();
        // Making room is no failure of the element's.
        self.reserve(elements.bound, scope);
        let inside = Scope {
            delta: 0,
            failed,
            depth: scope.depth,
        };
        let outside = core::mem::take(&mut self.work);
        self.block(elements.each, inside)?;
        let of_each = core::mem::replace(&mut self.work, outside);
        self.asm.base_add(elements.stride);
        self.asm.count_down(left, again);
        self.asm.load_base(saved);
        self.asm.land(end);
        self.reserve(elements.reserve, scope);
        self.cold.push(Cold::Element {
            entry: failed,
            path: elements.path,
            left,
            failed: scope.failed,
        });
        self.give_words(3);
        Ok(of_each)
    }

    /// How far a jump leads over the code of a block with this delta, and so many bytes.
    pub(super) fn range_over(&self, block: BlockId, delta: u32, more: u32) -> Range {
        if size::is_short(&self.program.code, block, delta, more) {
            Range::Near
        } else {
            Range::Far
        }
    }

    /// Fills in the two words at `pair` by a call, and leaves the cursor as it was.
    fn list_parts(&mut self, at: u32, source: &Source, pair: Word) {
        let source = self.part(source);
        self.asm.keep_out();
        self.asm.arg_cx(0);
        self.asm.arg_at(1, at);
        self.asm.arg_const(2, source);
        self.asm.arg_word(3, SLOT);
        self.asm.arg_word_address(4, pair);
        self.call(Handler::ListParts);
        self.asm.take_kept();
    }

    /// The address of a part of the program.
    pub(super) fn part<T>(&self, part: &T) -> u64 {
        let address = || core::ptr::from_ref(part).addr() as u64;
        self.names.address(address, names::PART, 0)
    }
}

/// An offset and another.
pub(super) fn sum(at: u32, more: u32) -> Result<u32, Refusal> {
    let sum = at.checked_add(more);
    sum.ok_or(Refusal::FarOffset(at))
}

/// Where address and length are, if they are words.
fn words(source: &Source) -> Option<(u32, u32)> {
    match *source {
        Source::Words { ptr, len } => Some((ptr.0, len.0)),
        _ => None,
    }
}
