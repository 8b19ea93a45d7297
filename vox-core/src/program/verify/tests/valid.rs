//! Random programs that are right.

use crate::program::text::random::Random;
use crate::program::{
    Arm, ArraySource, Block, BlockId, ChildId, Code, FunctionId, FunctionKind, Iter, IterId,
    IterObject, Literal, NoForm, Offset, Op, OptionSource, PathId, PointerSource, Proxy, ProxyId,
    Source, TableId, TagWidth,
};

/// How deep the blocks of a random program nest.
const DEPTH: u32 = 5;

/// The number of a function of this kind: [`code`] gives every program one of each.
fn function(kind: FunctionKind) -> FunctionId {
    let index = FunctionKind::ALL.iter().position(|known| *known == kind);
    FunctionId::from_index(index.expect("a kind is one of all kinds"))
}

struct Builder<'a> {
    code: Code,
    random: &'a mut Random,
}

/// What the generator must heed in a block.
#[derive(Debug, Clone, Copy)]
struct Here {
    depth: u32,
    /// Bytes there are to read.
    size: u32,
    /// Whether the block may end in a repeat, once it has `followed` a pointer.
    tail: bool,
    followed: bool,
    /// The block may not make room.
    bounded: bool,
}

/// A random program that passes.
pub(super) fn code(random: &mut Random) -> Code {
    use FunctionKind as Kind;
    let iter = |next| Iter {
        next: function(next),
        object: Some(IterObject {
            init: function(Kind::IterInit),
            dealloc: function(Kind::IterDealloc),
        }),
    };
    let table = |next| Iter {
        next: function(next),
        object: None,
    };
    let proxy = |size, align, drop| Proxy {
        convert: function(Kind::ProxyConvert),
        drop,
        size,
        align,
    };
    let mut code = Code {
        type_name: "T".to_owned(),
        functions: FunctionKind::ALL.to_vec(),
        iters: vec![
            iter(Kind::IterNext),
            table(Kind::TableItems),
            iter(Kind::MapIterNext),
            table(Kind::TableEntries),
        ],
        proxies: vec![
            proxy(64, 8, Some(function(Kind::DropShape))),
            proxy(0, 1, None),
        ],
        children: vec!["U".to_owned()],
        ..Code::default()
    };
    code.paths.intern(".a");
    let mut builder = Builder { code, random };
    let root = Here {
        depth: 0,
        size: 1000,
        tail: true,
        followed: false,
        bounded: false,
    };
    builder.block(root, 0);
    builder.code
}

impl Builder<'_> {
    /// Adds a block that is entered with `spare` bytes, and answers what is left.
    fn block(&mut self, here: Here, spare: u64) -> (BlockId, u64) {
        let id = BlockId::from_index(self.code.blocks.len());
        self.code.blocks.push(Block::default());
        let mut ops = Vec::new();
        let mut spare = spare;
        let len = self.random.rng.u32(0..5);
        for index in 0..len {
            let last = index + 1 == len;
            let here = Here {
                tail: here.tail && last,
                ..here
            };
            if here.tail && here.followed && self.random.rng.u32(0..3) == 0 {
                ops.push(Op::Repeat {
                    at: Offset(0),
                    path: PathId(0),
                });
                spare = u64::MAX;
            } else if last && self.random.rng.u32(0..20) == 0 {
                ops.push(Op::Never {
                    why: *self.random.pick(NoForm::ALL),
                    path: PathId(1),
                });
                spare = u64::MAX;
            } else {
                spare = self.push(here, &mut ops, spare);
            }
        }
        self.code.blocks[id.index()].ops = ops;
        (id, spare)
    }

    /// A block that may not be empty, or the reason to leave its op out.
    fn full_block(&mut self, here: Here, spare: u64) -> BlockId {
        let (id, _) = self.block(here, spare);
        if self.code.block(id).ops.is_empty() {
            let bytes = Literal::new(&[]).expect("it fits");
            self.code.blocks[id.index()]
                .ops
                .push(Op::WriteConst { bytes });
        }
        id
    }

    /// Pushes one op, with a reserve before it where it needs one and may have one.
    fn push(&mut self, here: Here, ops: &mut Vec<Op>, spare: u64) -> u64 {
        let nest = here.depth < DEPTH && self.code.blocks.len() < 60;
        match self.random.rng.u32(0..if nest { 6 } else { 3 }) {
            0 if !here.bounded => self.own_room(here, ops),
            0..=2 => self.scalar(here, ops, spare),
            3 if !here.bounded => self.elements(here, ops),
            4 if self.random.rng.bool() => self.run(here, ops, spare),
            _ => self.branch(here, ops, spare),
        }
    }

    /// Makes sure of `bytes`; false where that cannot be.
    fn room(&mut self, here: Here, ops: &mut Vec<Op>, spare: &mut u64, bytes: u32) -> bool {
        if *spare >= u64::from(bytes) {
            return true;
        }
        if here.bounded {
            return false;
        }
        let bytes = bytes + *self.random.pick(&[0, 0, 1, 20]);
        ops.push(Op::Reserve { bytes });
        *spare = u64::from(bytes);
        true
    }

    fn scalar(&mut self, here: Here, ops: &mut Vec<Op>, mut spare: u64) -> u64 {
        let at = Offset(self.random.rng.u32(0..=here.size));
        let len = self.random.rng.u32(0..30);
        let literal = Literal::new(&[7; 3]).expect("it fits");
        let (op, read, written) = *self.random.pick(&[
            (Op::WriteConst { bytes: literal }, 0, 3),
            (Op::WriteByte { at }, 1, 1),
            (Op::CopyBytes { at, len }, len, len),
            (Op::WriteF32 { at }, 4, 4),
            (Op::WriteF64 { at }, 8, 8),
            (Op::WriteVarU16 { at }, 2, 3),
            (Op::WriteVarU32 { at }, 4, 5),
            (Op::WriteVarU64 { at }, 8, 10),
            (Op::WriteVarU128 { at }, 16, 19),
            (Op::WriteVarI16 { at }, 2, 3),
            (Op::WriteVarI32 { at }, 4, 5),
            (Op::WriteVarI64 { at }, 8, 10),
            (Op::WriteVarI128 { at }, 16, 19),
            (Op::WriteChar { at }, 4, 5),
        ]);
        if at.0 + read <= here.size && self.room(here, ops, &mut spare, written) {
            ops.push(op);
            spare -= u64::from(written);
        }
        spare
    }

    /// A run of some fields, with its room.
    fn run(&mut self, here: Here, ops: &mut Vec<Op>, mut spare: u64) -> u64 {
        let mut fields = Vec::new();
        let mut most = 0;
        for _ in 0..self.random.rng.u32(0..4) {
            let at = Offset(self.random.rng.u32(0..=here.size));
            let (op, read, written) = *self.random.pick(&[
                (Op::WriteByte { at }, 1, 1),
                (Op::WriteF64 { at }, 8, 8),
                (Op::WriteVarU64 { at }, 8, 10),
                (Op::WriteVarI16 { at }, 2, 3),
            ]);
            if at.0 + read <= here.size {
                fields.push(op);
                most += written;
            }
        }
        if self.room(here, ops, &mut spare, most) {
            let each = BlockId::from_index(self.code.blocks.len());
            self.code.blocks.push(Block { ops: fields });
            ops.push(Op::WriteRun { each });
            spare -= u64::from(most);
        }
        spare
    }

    /// A source, and where it is; a place with room for three words is needed.
    fn source(&mut self, here: Here) -> Option<(Offset, Source)> {
        use FunctionKind as Kind;
        let at = Offset(self.random.rng.u32(0..=here.size.checked_sub(24)?));
        let (list, slice) = (
            Source::List {
                len: function(Kind::ListLen),
                as_ptr: function(Kind::ListAsPtr),
            },
            Source::Slice {
                len: function(Kind::SliceLen),
                as_ptr: function(Kind::SliceAsPtr),
            },
        );
        let words = Source::Words {
            ptr: Offset(8),
            len: Offset(16),
        };
        let parts = function(Kind::Accessor);
        let source = *self
            .random
            .pick(&[list, slice, words, Source::Accessor { parts }]);
        Some((at, source))
    }

    fn own_room(&mut self, here: Here, ops: &mut Vec<Op>) -> u64 {
        let reserve = *self.random.pick(&[0, 1, 10, 40]);
        let mut left = reserve;
        let path = PathId(self.random.rng.u32(0..2));
        let leaf = function(FunctionKind::Leaf);
        let start = Offset(0);
        let (at, source) = match self.source(here) {
            Some(found) if self.random.rng.u32(0..5) > 0 => found,
            _ if self.random.rng.bool() => {
                ops.push(Op::WriteLeaf {
                    at: start,
                    leaf,
                    path,
                    reserve,
                });
                return u64::from(reserve);
            }
            _ => {
                ops.push(Op::Call {
                    at: start,
                    child: ChildId(0),
                    path,
                });
                return 0;
            }
        };
        ops.push(match self.random.rng.u32(0..9) {
            0 => Op::WriteBytes {
                at,
                source,
                reserve,
            },
            1 => Op::WriteFixedList {
                at,
                source,
                width: 4,
                reserve,
            },
            2 => Op::WriteListVarU16 {
                at,
                source,
                reserve,
            },
            3 => Op::WriteListVarU32 {
                at,
                source,
                reserve,
            },
            4 => Op::WriteListVarU64 {
                at,
                source,
                reserve,
            },
            5 => Op::WriteListVarI16 {
                at,
                source,
                reserve,
            },
            6 => Op::WriteListVarI32 {
                at,
                source,
                reserve,
            },
            7 => Op::WriteListVarI64 {
                at,
                source,
                reserve,
            },
            _ => {
                left = 4096;
                Op::WriteUnitList {
                    at,
                    source,
                    reserve: left,
                }
            }
        });
        u64::from(left)
    }

    fn elements(&mut self, here: Here, ops: &mut Vec<Op>) -> u64 {
        use FunctionKind as Kind;
        let Some((at, source)) = self.source(here) else {
            return self.own_room(here, ops);
        };
        let (path, reserve) = (PathId(1), *self.random.pick(&[0, 5]));
        let bound = *self.random.pick(&[0, 0, 1, 12, 30]);
        let stride = *self.random.pick(&[0, 1, 8, 32]);
        let inside = Here {
            depth: here.depth + 1,
            tail: false,
            size: 100,
            ..here
        };
        let element = Here {
            size: stride,
            bounded: bound > 0,
            ..inside
        };
        ops.push(match self.random.rng.u32(0..5) {
            0 | 1 => Op::WriteList {
                at,
                source,
                stride,
                each: self.full_block(element, u64::from(bound)),
                bound,
                path,
                reserve,
            },
            2 => {
                let as_ptr = function(Kind::ArrayAsPtr);
                let vtable = ArraySource::Vtable { as_ptr };
                let inline = stride * 3 <= here.size - at.0;
                Op::WriteArray {
                    at,
                    source: if inline { ArraySource::Inline } else { vtable },
                    count: 3,
                    stride,
                    each: self.full_block(element, u64::from(bound)),
                    bound,
                    path,
                    reserve,
                }
            }
            3 => Op::WriteIter {
                at,
                len: function(*self.random.pick(&[Kind::SetLen, Kind::ListLen])),
                iter: IterId(*self.random.pick(&[0, 1])),
                each: self.block(inside, 0).0,
                path,
                reserve,
            },
            _ => Op::WriteMap {
                at,
                len: function(Kind::MapLen),
                iter: IterId(*self.random.pick(&[2, 3])),
                key: self.block(inside, 0).0,
                value: self.block(inside, 0).0,
                path,
                reserve,
            },
        });
        u64::from(reserve)
    }

    /// An op that runs a block at most once.
    fn branch(&mut self, here: Here, ops: &mut Vec<Op>, mut spare: u64) -> u64 {
        use FunctionKind as Kind;
        if here.size < 16 || !self.room(here, ops, &mut spare, 1) {
            return spare;
        }
        let (at, path) = (Offset(8), PathId(1));
        let moved = Here {
            depth: here.depth + 1,
            size: here.size - 8,
            ..here
        };
        let elsewhere = Here {
            size: 200,
            followed: true,
            ..moved
        };
        let inside = Here {
            tail: false,
            ..elsewhere
        };
        match self.random.rng.u32(0..7) {
            0 => {
                let get_value = function(Kind::OptionGetValue);
                let is_some = function(Kind::OptionIsSome);
                let (source, (some, after)) = match self.random.rng.u32(0..4) {
                    0 => (OptionSource::NullIsNone, self.block(moved, spare - 1)),
                    3 => {
                        let tagged = OptionSource::Tagged {
                            tag: TagWidth::U8,
                            tag_at: Offset(0),
                            none: 0,
                            payload: Offset(0),
                        };
                        (tagged, self.block(moved, spare - 1))
                    }
                    1 => (
                        OptionSource::GetValue { get_value },
                        self.block(elsewhere, spare - 1),
                    ),
                    _ => {
                        let id = BlockId::from_index(self.code.blocks.len());
                        self.code.blocks.push(Block::default());
                        (OptionSource::IsSome { is_some }, (id, spare - 1))
                    }
                };
                ops.push(Op::WriteOption { at, source, some });
                after.min(spare - 1)
            }
            1 => {
                let (ok, after_ok) = self.block(elsewhere, spare - 1);
                let (err, after_err) = self.block(elsewhere, spare - 1);
                let is_ok = function(Kind::ResultIsOk);
                let get_ok = function(Kind::ResultGetOk);
                let get_err = function(Kind::ResultGetErr);
                ops.push(Op::WriteResult {
                    at,
                    is_ok,
                    get_ok,
                    get_err,
                    ok,
                    err,
                });
                after_ok.min(after_err)
            }
            2 => self.switch(moved, ops, spare),
            3 => {
                let borrow = function(Kind::PointerBorrow);
                let source = *self
                    .random
                    .pick(&[PointerSource::Word, PointerSource::BorrowThin { borrow }]);
                let (source, entered) = match self.random.rng.u32(0..4) {
                    0 => {
                        let pair = Here {
                            size: 16,
                            tail: false,
                            ..elsewhere
                        };
                        let counted = PointerSource::Counted {
                            ptr: Offset(0),
                            len: Offset(8),
                            behind: Offset(16),
                        };
                        let wide = PointerSource::BorrowWide { borrow };
                        let fits = at.0 + 16 <= here.size;
                        let source = if fits && self.random.rng.bool() {
                            counted
                        } else {
                            wide
                        };
                        (source, pair)
                    }
                    _ => (source, elsewhere),
                };
                let (each, after) = self.block(entered, spare);
                ops.push(Op::Borrow { at, source, each });
                after
            }
            4 => {
                let (each, after) = self.block(inside, spare);
                let lock = function(*self.random.pick(&[Kind::Lock, Kind::Read]));
                ops.push(Op::WithLock {
                    at,
                    lock,
                    each,
                    path,
                });
                after
            }
            5 => {
                let proxy = ProxyId(self.random.rng.u32(0..2));
                let size = self.code.proxies[proxy.index()].size;
                let (each, after) = self.block(Here { size, ..inside }, spare);
                ops.push(Op::WithProxy {
                    at,
                    proxy,
                    each,
                    path,
                });
                after
            }
            _ => {
                let (each, after) = self.block(moved, spare);
                let skip_if = function(Kind::SkipIf);
                ops.push(Op::Unless {
                    at,
                    skip_if,
                    each,
                    path,
                });
                after.min(spare)
            }
        }
    }

    fn switch(&mut self, moved: Here, ops: &mut Vec<Op>, spare: u64) -> u64 {
        let mut least = u64::MAX;
        let mut arms = Vec::new();
        for discriminant in 0..self.random.rng.i64(1..4) {
            let (block, after) = self.block(moved, spare);
            least = least.min(after);
            arms.push(Arm {
                discriminant,
                block,
            });
        }
        let table = TableId::from_index(self.code.tables.len());
        self.code.tables.push(arms);
        ops.push(Op::Switch {
            at: Offset(8),
            tag: *self.random.pick(TagWidth::ALL),
            arms: table,
            path: PathId(1),
        });
        least
    }
}
