//! Random programs, valid or not, for tests.

use super::super::{
    Arm, ArraySource, Block, BlockId, ChildId, Code, FunctionId, FunctionKind, Iter, IterId,
    IterObject, Literal, NoForm, Offset, Op, OptionSource, PathId, PointerSource, Proxy, ProxyId,
    Source, TableId, TagWidth,
};

/// A seeded source of fields, ops and programs.
pub(in super::super) struct Random {
    pub(in super::super) rng: fastrand::Rng,
}

/// A type that fields of ops have.
pub(in super::super) trait RandomField {
    fn random(random: &mut Random) -> Self;
}

impl Random {
    pub(in super::super) fn new(seed: u64) -> Self {
        Self {
            rng: fastrand::Rng::with_seed(seed),
        }
    }

    /// A field of an op.
    pub(in super::super) fn field<T: RandomField>(&mut self) -> T {
        T::random(self)
    }

    /// A number that is often small and often at an edge.
    fn number(&mut self) -> u32 {
        match self.rng.u32(0..8) {
            0 => self.rng.u32(..),
            1 => *self.pick(&[0, 1, 4095, 4096, 4097, i32::MAX.unsigned_abs(), u32::MAX]),
            2 => self.rng.u32(0..300),
            _ => self.rng.u32(0..8),
        }
    }

    pub(in super::super) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.rng.usize(0..from.len())]
    }

    fn string(&mut self) -> String {
        let pieces = [
            "a",
            "Tree",
            " ",
            "\"",
            "\\",
            "\n",
            "\r",
            "\t",
            "\0",
            "é",
            "\u{85}",
            "\u{a0}",
            "\u{7f}",
            "\u{2028}",
            "#",
            "=",
            "(",
            "[",
            "->",
            "b0:",
            "\u{10ffff}",
            "'",
            "{",
            "}",
            "u{41}",
        ];
        let len = self.rng.usize(0..5);
        (0..len).map(|_| *self.pick(&pieces)).collect()
    }

    fn list<T>(&mut self, most: usize, entry: impl Fn(&mut Self) -> T) -> Vec<T> {
        let len = self.rng.usize(0..=most);
        (0..len).map(|_| entry(self)).collect()
    }

    /// Any op.
    pub(in super::super) fn op(&mut self) -> Op {
        let name = *self.pick(Op::NAMES);
        Op::random(name, self)
    }

    /// Any function kind.
    pub(in super::super) fn kind(&mut self) -> FunctionKind {
        *self.pick(FunctionKind::ALL)
    }

    /// Any program. Most make no sense.
    pub(in super::super) fn code(&mut self) -> Code {
        let mut code = Code {
            type_name: self.string(),
            blocks: self.list(6, |random| Block {
                ops: random.list(5, Self::op),
            }),
            tables: self.list(3, |random| {
                random.list(4, |random| Arm {
                    discriminant: random.discriminant(),
                    block: random.field(),
                })
            }),
            iters: self.list(3, |random| Iter {
                next: random.field(),
                object: random.rng.bool().then(|| IterObject {
                    init: random.field(),
                    dealloc: random.field(),
                }),
            }),
            proxies: self.list(3, |random| Proxy {
                convert: random.field(),
                drop: random.rng.bool().then(|| random.field()),
                size: random.field(),
                align: random.field(),
            }),
            functions: self.list(8, Self::kind),
            children: self.list(3, Self::string),
            ..Code::default()
        };
        for part in self.list(4, Self::string) {
            code.paths.intern(&part);
        }
        code
    }

    /// A discriminant that is often small and often at an edge.
    pub(in super::super) fn discriminant(&mut self) -> i64 {
        match self.rng.u32(0..4) {
            0 => self.rng.i64(..),
            1 => *self.pick(&[i64::MIN, -129, -1, 255, 256, 65536, i64::MAX]),
            _ => i64::from(self.number()),
        }
    }
}

impl RandomField for u32 {
    fn random(random: &mut Random) -> Self {
        random.number()
    }
}

macro_rules! ids {
    ($($ty:ident),*) => {
        $( impl RandomField for $ty {
            fn random(random: &mut Random) -> Self {
                Self(random.number())
            }
        } )*
    };
}

ids!(
    BlockId, FunctionId, ChildId, PathId, TableId, IterId, ProxyId, Offset
);

impl RandomField for Literal {
    fn random(random: &mut Random) -> Self {
        let bytes = random.list(Self::MAX_LEN, |random| random.rng.u8(..));
        Self::new(&bytes).expect("no longer than a literal")
    }
}

impl RandomField for TagWidth {
    fn random(random: &mut Random) -> Self {
        *random.pick(Self::ALL)
    }
}

impl RandomField for NoForm {
    fn random(random: &mut Random) -> Self {
        *random.pick(Self::ALL)
    }
}

impl RandomField for Source {
    fn random(random: &mut Random) -> Self {
        match random.rng.u32(0..4) {
            0 => Self::Words {
                ptr: random.field(),
                len: random.field(),
            },
            1 => Self::List {
                len: random.field(),
                as_ptr: random.field(),
            },
            2 => Self::Slice {
                len: random.field(),
                as_ptr: random.field(),
            },
            _ => Self::Accessor {
                parts: random.field(),
            },
        }
    }
}

impl RandomField for ArraySource {
    fn random(random: &mut Random) -> Self {
        match random.rng.bool() {
            false => Self::Inline,
            true => Self::Vtable {
                as_ptr: random.field(),
            },
        }
    }
}

impl RandomField for OptionSource {
    fn random(random: &mut Random) -> Self {
        match random.rng.u32(0..4) {
            0 => Self::GetValue {
                get_value: random.field(),
            },
            1 => Self::IsSome {
                is_some: random.field(),
            },
            2 => Self::Tagged {
                tag: random.field(),
                tag_at: random.field(),
                none: random.rng.i64(..),
                payload: random.field(),
            },
            _ => Self::NullIsNone,
        }
    }
}

impl RandomField for PointerSource {
    fn random(random: &mut Random) -> Self {
        match random.rng.u32(0..4) {
            0 => Self::BorrowThin {
                borrow: random.field(),
            },
            1 => Self::BorrowWide {
                borrow: random.field(),
            },
            2 => Self::Counted {
                ptr: random.field(),
                len: random.field(),
                behind: random.field(),
            },
            _ => Self::Word,
        }
    }
}
