//! Places: addresses of things in the value being encoded.

use cranelift_codegen::ir::{InstBuilder, Type, Value, types};
use vox_core::program::Offset;

use super::emitter::Emitter;

/// What the offsets of a block are relative to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Base {
    address: Value,
    offset: i64,
    /// The words at the address that are at hand: both where the base is a pair of ours, one where it was looked at.
    words: [Option<Value>; 2],
}

/// Where one thing is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place(Base);

impl Base {
    pub(super) fn new(address: Value) -> Self {
        Self {
            address,
            offset: 0,
            words: [None; 2],
        }
    }

    /// A pair in a stack slot, whose words are at hand as well.
    pub(super) fn pair(address: Value, words: [Value; 2]) -> Self {
        Self {
            address,
            offset: 0,
            words: words.map(Some),
        }
    }

    /// The address as one value.
    pub(super) fn address(self, e: &mut Emitter<'_, '_>) -> Value {
        e.add(self.address, self.offset)
    }

    /// The base moved by an offset.
    pub(super) fn moved(self, at: Offset) -> Self {
        Self {
            address: self.address,
            offset: self.offset + i64::from(at.0),
            words: if at.0 == 0 { self.words } else { [None; 2] },
        }
    }

    /// The base whose first word is this.
    pub(super) fn with_word(self, word: Value) -> Self {
        let [_, second] = self.words;
        Self {
            words: [Some(word), second],
            ..self
        }
    }

    /// The place at an offset.
    pub(super) fn at(self, at: Offset) -> Place {
        Place(self.moved(at))
    }
}

impl Place {
    /// The place as what other offsets are relative to.
    pub(super) fn base(self) -> Base {
        self.0
    }

    /// The address as one value.
    pub(super) fn address(self, e: &mut Emitter<'_, '_>) -> Value {
        self.0.address(e)
    }

    /// Loads a value in the machine's own byte order.
    pub(super) fn load(self, e: &mut Emitter<'_, '_>, ty: Type) -> Value {
        self.load_at(e, ty, 0)
    }

    /// Loads a value some bytes further.
    pub(super) fn load_at(self, e: &mut Emitter<'_, '_>, ty: Type, delta: u32) -> Value {
        let flags = Emitter::read_flags();
        let offset = self.0.offset + i64::from(delta);
        match i32::try_from(offset) {
            Ok(offset) => e.builder.ins().load(ty, flags, self.0.address, offset),
            Err(_) => {
                let base = e.add(self.0.address, offset);
                e.builder.ins().load(ty, flags, base, 0)
            }
        }
    }

    /// Loads the two words of a pair at this place.
    pub(super) fn pair(self, e: &mut Emitter<'_, '_>) -> [Value; 2] {
        self.words(e, Offset(0), Offset(8))
    }

    /// Loads the words at two distances.
    pub(super) fn words(
        self,
        e: &mut Emitter<'_, '_>,
        first: Offset,
        second: Offset,
    ) -> [Value; 2] {
        [self.word(e, first), self.word(e, second)]
    }

    /// Loads the word at a distance.
    pub(super) fn word(self, e: &mut Emitter<'_, '_>, at: Offset) -> Value {
        let at_hand = match at.0 {
            0 => self.0.words[0],
            8 => self.0.words[1],
            _ => None,
        };
        at_hand.unwrap_or_else(|| self.load_at(e, types::I64, at.0))
    }
}
