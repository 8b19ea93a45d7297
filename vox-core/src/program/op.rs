//! The ops: the vocabulary every tier speaks.
//!
//! Each op is documented with the bytes it writes. An op that writes a bounded
//! number of bytes needs that much *spare* room, asked for by an earlier
//! [`Op::Reserve`]; an op whose output depends on the value makes its own room
//! and leaves `reserve` spare bytes behind for the ops that follow (see
//! [`super::spare_after`]). No op merges integer widths: a length cut to 16 bits
//! starts as two match arms that looked alike.
//!
//! Not here: the steps an op takes ([`crate::interp`]).

use super::field::Field;
use super::{BlockId, ChildId, FunctionId, IterId, Literal, Offset, PathId, ProxyId, TableId};

/// How an op finds the address and the number of a contiguous run of elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Two words in memory at these distances from the op's `at`: a probed
    /// layout of `Vec`, `String`, `Box<[T]>` or a wide reference, or a pair
    /// (address, metadata) that vox itself stored, for which they are 0 and
    /// one word.
    Words {
        /// Where the address of the first element is.
        ptr: Offset,
        /// Where the number of elements is.
        len: Offset,
    },
    /// `ListVTable::len` and `ListVTable::as_ptr`, given a thin pointer to `at`.
    List {
        /// The length function.
        len: FunctionId,
        /// The address function.
        as_ptr: FunctionId,
    },
    /// `SliceVTable::len` and `SliceVTable::as_ptr`, given the wide pointer
    /// whose two words (address, metadata) are at `at`.
    Slice {
        /// The length function.
        len: FunctionId,
        /// The address function.
        as_ptr: FunctionId,
    },
    /// A function of ours that reads the two words of a Rust value whose shape
    /// has no functions for it (`String`, for one). See [`crate::entry::AccessorFn`].
    Accessor {
        /// The accessor.
        parts: FunctionId,
    },
}

/// How an op finds the first element of an array.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArraySource {
    /// The array starts at the op's `at`: Rust promises that for `[T; N]`.
    Inline,
    /// `ArrayVTable::as_ptr`.
    Vtable {
        /// The address function.
        as_ptr: FunctionId,
    },
}

/// How an op learns whether an option is `Some`, and where its payload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptionSource {
    /// `OptionVTable::get_value`, which answers null for `None`.
    GetValue {
        /// The payload function.
        get_value: FunctionId,
    },
    /// `OptionVTable::is_some`; used where the payload writes nothing and its
    /// address is not needed. The payload block must be empty.
    IsSome {
        /// The test function.
        is_some: FunctionId,
    },
    /// A pointer-sized option of which Rust promises that null is `None` and
    /// anything else is the payload itself (`Option<&T>`, `Option<Box<T>>`, `T: Sized`).
    NullIsNone,
    /// A probed layout: the option is `None` if and only if the number at `tag_at` is
    /// `none`, and the payload is at `payload`. Both are distances from the op's `at`.
    Tagged {
        /// How to read the number.
        tag: TagWidth,
        /// Where the number is.
        tag_at: Offset,
        /// What it is in `None`.
        none: i64,
        /// Where the payload is.
        payload: Offset,
    },
}

/// How an op follows a pointer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PointerSource {
    /// `PointerVTable::borrow_fn`, which answers a thin pointer: the block's base.
    BorrowThin {
        /// The borrow function.
        borrow: FunctionId,
    },
    /// `PointerVTable::borrow_fn`, which answers a wide pointer. Its address
    /// (tag cleared) and metadata are stored as a pair; the pair is the
    /// block's base.
    BorrowWide {
        /// The borrow function.
        borrow: FunctionId,
    },
    /// The word at `at` is the address of the pointee, as Rust promises for `&T` and `Box<T>` of a sized
    /// `T`; or of counts, where the layout of `Arc` and `Rc` was probed, and the pointee is a known
    /// distance behind them.
    Word,
    /// A probed layout of an `Arc` or `Rc` of a slice or string, by distances from `at`. The address of the
    /// pointee and its length are stored as a pair; the pair is the block's base.
    Counted {
        /// Where the address of the counts is.
        ptr: Offset,
        /// Where the length is.
        len: Offset,
        /// How far the pointee is behind the counts.
        behind: Offset,
    },
}

/// The width and sign of an enum's tag in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TagWidth {
    /// `repr(u8)`.
    U8,
    /// `repr(u16)`.
    U16,
    /// `repr(u32)`.
    U32,
    /// `repr(u64)`.
    U64,
    /// `repr(i8)`.
    I8,
    /// `repr(i16)`.
    I16,
    /// `repr(i32)`.
    I32,
    /// `repr(i64)`.
    I64,
}

/// Why values that an op reaches have no wire form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoForm {
    /// The type has no values: what is here cannot exist.
    Uninhabited,
    /// An enum's variant that its type says to skip.
    Skipped,
}

impl NoForm {
    /// Every reason, in the order of their numbers.
    pub const ALL: &'static [Self] = &[Self::Uninhabited, Self::Skipped];

    /// As machine code hands it over.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Uninhabited => 0,
            Self::Skipped => 1,
        }
    }

    /// The inverse of [`NoForm::number`].
    pub(crate) fn from_number(number: usize) -> Option<Self> {
        Self::ALL.get(number).copied()
    }

    /// As an error prints it behind the path.
    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Self::Uninhabited => "a value of an uninhabited type",
            Self::Skipped => "a variant marked as skipped, which has no encoding",
        }
    }
}

macro_rules! ops {
    ($( $(#[$doc:meta])* $name:ident = $text:literal { $( $(#[$field_doc:meta])* $field:ident : $ty:ty ),* $(,)? } )*) => {
        /// One step of a program. See the module documentation.
        // The number of the op in a byte of its own, for a dispatch without arithmetic.
        #[repr(u8)]
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Op {
            $( $(#[$doc])* $name { $( $(#[$field_doc])* $field: $ty ),* }, )*
        }

        impl Op {
            /// The names of all ops in the text form, in declaration order.
            pub const NAMES: &'static [&'static str] = &[ $( $text ),* ];

            /// The op's name in the text form.
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self { $( Self::$name { .. } => $text, )* }
            }

            /// The op's position in [`Self::NAMES`].
            #[must_use]
            pub const fn index(&self) -> usize {
                /// The kinds of ops, numbered by the compiler.
                enum Kind { $( $name ),* }
                match self { $( Self::$name { .. } => Kind::$name as usize, )* }
            }

            /// Calls `visit` with the name and value of each field, in
            /// declaration order, until it fails.
            pub(super) fn try_for_each_field<E>(
                &self,
                mut visit: impl FnMut(&'static str, Field) -> Result<(), E>,
            ) -> Result<(), E> {
                match self {
                    $( Self::$name { $( $field ),* } => {
                        $( visit(stringify!($field), Field::from(*$field))?; )*
                        Ok(())
                    } )*
                }
            }

            /// The op called `name`, with the fields `line` has.
            pub(super) fn parse_text(
                name: &str,
                line: &mut super::text::LineReader<'_>,
            ) -> Result<Self, super::text::ParseError> {
                match name {
                    $( $text => Ok(Self::$name { $( $field: line.field(stringify!($field))? ),* }), )*
                    _ => Err(line.error(format!("no op is called `{name}`"))),
                }
            }

            /// An op called `name` with random fields.
            #[cfg(test)]
            pub(super) fn random(name: &str, random: &mut super::text::random::Random) -> Self {
                match name {
                    $( $text => Self::$name { $( $field: random.field::<$ty>() ),* }, )*
                    _ => unreachable!("no op is called {name}"),
                }
            }

            /// Gives the field at `index` a random value; answers how many fields there are.
            #[cfg(test)]
            pub(super) fn randomise_field(
                &mut self,
                index: usize,
                random: &mut super::text::random::Random,
            ) -> usize {
                let mut count = 0;
                match self {
                    $( Self::$name { $( $field ),* } => {
                        $( if count == index { *$field = random.field::<$ty>(); } count += 1; )*
                    } )*
                }
                count
            }
        }
    };
}

ops! {
    /// Writes nothing; makes sure that at least `bytes` spare bytes follow the
    /// cursor. At most [`super::MAX_RESERVE`].
    Reserve = "reserve" {
        /// Spare bytes wanted.
        bytes: u32,
    }
    /// Writes constant bytes: variant indices, mostly.
    WriteConst = "write_const" {
        /// The bytes.
        bytes: Literal,
    }
    /// Copies one byte: `u8`, `i8` and `bool` are their own wire form.
    WriteByte = "write_byte" {
        /// Where the byte is.
        at: Offset,
    }
    /// Copies `len` bytes whose memory form is their wire form.
    CopyBytes = "copy_bytes" {
        /// Where the bytes are.
        at: Offset,
        /// How many; at most [`super::MAX_RESERVE`].
        len: u32,
    }
    /// Writes an `f32` as 4 little-endian bytes.
    WriteF32 = "write_f32" {
        /// Where the value is.
        at: Offset,
    }
    /// Writes an `f64` as 8 little-endian bytes.
    WriteF64 = "write_f64" {
        /// Where the value is.
        at: Offset,
    }
    /// Writes a `u16` as a varint of 1 to 3 bytes.
    WriteVarU16 = "write_var_u16" {
        /// Where the value is.
        at: Offset,
    }
    /// Writes a `u32` as a varint of 1 to 5 bytes.
    WriteVarU32 = "write_var_u32" {
        /// Where the value is.
        at: Offset,
    }
    /// Writes a `u64` as a varint of 1 to 10 bytes.
    WriteVarU64 = "write_var_u64" {
        /// Where the value is.
        at: Offset,
    }
    /// Writes a `u128` as a varint of 1 to 19 bytes.
    WriteVarU128 = "write_var_u128" {
        /// Where the value is.
        at: Offset,
    }
    /// Writes an `i16`, zigzag encoded, as a varint of 1 to 3 bytes.
    WriteVarI16 = "write_var_i16" {
        /// Where the value is.
        at: Offset,
    }
    /// Writes an `i32`, zigzag encoded, as a varint of 1 to 5 bytes.
    WriteVarI32 = "write_var_i32" {
        /// Where the value is.
        at: Offset,
    }
    /// Writes an `i64`, zigzag encoded, as a varint of 1 to 10 bytes.
    WriteVarI64 = "write_var_i64" {
        /// Where the value is.
        at: Offset,
    }
    /// Writes an `i128`, zigzag encoded, as a varint of 1 to 19 bytes.
    WriteVarI128 = "write_var_i128" {
        /// Where the value is.
        at: Offset,
    }
    /// Writes a `char` as its UTF-8 length (1 byte) and its 1 to 4 bytes.
    WriteChar = "write_char" {
        /// Where the value is.
        at: Offset,
    }
    /// Writes a run: fields of one value that follow each other on the wire, by a block of
    /// nothing but scalars, entered with the same base. Means what the block
    /// means; some processors do it in one step.
    WriteRun = "write_run" {
        /// Writes the fields, one op each.
        each: BlockId,
    }
    /// Writes a length and that many bytes: strings and lists of bytes.
    WriteBytes = "write_bytes" {
        /// Where the string or list is.
        at: Offset,
        /// How to find its address and length.
        source: Source,
        /// Spare bytes left behind it.
        reserve: u32,
    }
    /// Writes a length and that many elements of `width` bytes each whose
    /// memory form is their wire form.
    WriteFixedList = "write_fixed_list" {
        /// Where the list is.
        at: Offset,
        /// How to find its address and length.
        source: Source,
        /// Bytes per element in memory and on the wire; at least 2.
        width: u32,
        /// Spare bytes left behind it.
        reserve: u32,
    }
    /// Writes a length and that many `u16` varints.
    WriteListVarU16 = "write_list_var_u16" {
        /// Where the list is.
        at: Offset,
        /// How to find its address and length.
        source: Source,
        /// Spare bytes left behind it.
        reserve: u32,
    }
    /// Writes a length and that many `u32` varints.
    WriteListVarU32 = "write_list_var_u32" {
        /// Where the list is.
        at: Offset,
        /// How to find its address and length.
        source: Source,
        /// Spare bytes left behind it.
        reserve: u32,
    }
    /// Writes a length and that many `u64` varints.
    WriteListVarU64 = "write_list_var_u64" {
        /// Where the list is.
        at: Offset,
        /// How to find its address and length.
        source: Source,
        /// Spare bytes left behind it.
        reserve: u32,
    }
    /// Writes a length and that many zigzag `i16` varints.
    WriteListVarI16 = "write_list_var_i16" {
        /// Where the list is.
        at: Offset,
        /// How to find its address and length.
        source: Source,
        /// Spare bytes left behind it.
        reserve: u32,
    }
    /// Writes a length and that many zigzag `i32` varints.
    WriteListVarI32 = "write_list_var_i32" {
        /// Where the list is.
        at: Offset,
        /// How to find its address and length.
        source: Source,
        /// Spare bytes left behind it.
        reserve: u32,
    }
    /// Writes a length and that many zigzag `i64` varints.
    WriteListVarI64 = "write_list_var_i64" {
        /// Where the list is.
        at: Offset,
        /// How to find its address and length.
        source: Source,
        /// Spare bytes left behind it.
        reserve: u32,
    }
    /// Writes a length only: the elements have an empty wire form. No loop, so
    /// a `Vec<()>` of any length is one step.
    WriteUnitList = "write_unit_list" {
        /// Where the list is.
        at: Offset,
        /// How to find its length.
        source: Source,
        /// Spare bytes left behind it.
        reserve: u32,
    }
    /// Writes a length and each element by a block.
    WriteList = "write_list" {
        /// Where the list is.
        at: Offset,
        /// How to find its address and length.
        source: Source,
        /// Bytes from one element to the next.
        stride: u32,
        /// Writes one element; entered with the element's address, with `bound` spare bytes.
        each: BlockId,
        /// The most bytes `each` writes and needs reserved, when that is bounded; 0 when it
        /// reserves for itself.
        bound: u32,
        /// Names the list in errors.
        path: PathId,
        /// Spare bytes left behind it.
        reserve: u32,
    }
    /// Writes each element of an array by a block; no length.
    WriteArray = "write_array" {
        /// Where the array is.
        at: Offset,
        /// How to find its first element.
        source: ArraySource,
        /// Number of elements.
        count: u32,
        /// Bytes from one element to the next.
        stride: u32,
        /// Writes one element; entered with the element's address, with `bound` spare bytes.
        each: BlockId,
        /// The most bytes `each` writes and needs reserved, when that is bounded; 0 when it
        /// reserves for itself.
        bound: u32,
        /// Names the array in errors.
        path: PathId,
        /// Spare bytes left behind it.
        reserve: u32,
    }
    /// Writes 0 for `None`, or 1 and the payload by a block.
    WriteOption = "write_option" {
        /// Where the option is.
        at: Offset,
        /// How to test it and find the payload.
        source: OptionSource,
        /// Writes the payload; entered with the payload's address and the
        /// spare bytes the tag left.
        some: BlockId,
    }
    /// Writes 0 and the `Ok` payload, or 1 and the `Err` payload.
    WriteResult = "write_result" {
        /// Where the result is.
        at: Offset,
        /// `ResultVTable::is_ok`.
        is_ok: FunctionId,
        /// `ResultVTable::get_ok`.
        get_ok: FunctionId,
        /// `ResultVTable::get_err`.
        get_err: FunctionId,
        /// Writes the `Ok` payload.
        ok: BlockId,
        /// Writes the `Err` payload.
        err: BlockId,
    }
    /// Reads the tag and runs the block of the matching arm; the blocks write
    /// everything, the variant index included, and are entered with the base
    /// moved by `at`. A tag no arm has is an error, never success.
    Switch = "switch" {
        /// Where the enum is; its tag is its first field.
        at: Offset,
        /// How to read the tag.
        tag: TagWidth,
        /// The arms.
        arms: TableId,
        /// Names the enum in errors.
        path: PathId,
    }
    /// Follows a pointer and runs a block on what it points to. Writes nothing
    /// itself.
    Borrow = "borrow" {
        /// Where the pointer is.
        at: Offset,
        /// How to follow it.
        source: PointerSource,
        /// Writes the pointee.
        each: BlockId,
    }
    /// Writes a length and each item of an iterator by a block: sets, and
    /// lists that are not contiguous. An iterator that yields more or fewer
    /// items than the length said is an error.
    WriteIter = "write_iter" {
        /// Where the container is.
        at: Offset,
        /// The length function (`SetVTable::len`, `ListVTable::len`).
        len: FunctionId,
        /// The iterator.
        iter: IterId,
        /// Writes one item; entered with its address and no spare bytes.
        each: BlockId,
        /// Names the container in errors.
        path: PathId,
        /// Spare bytes left behind it.
        reserve: u32,
    }
    /// Writes a length and each entry of a map: the key, then the value. An
    /// iterator that yields more or fewer entries than the length said is an
    /// error.
    WriteMap = "write_map" {
        /// Where the map is.
        at: Offset,
        /// `MapVTable::len`.
        len: FunctionId,
        /// The iterator, over pairs.
        iter: IterId,
        /// Writes one key; entered with its address and no spare bytes.
        key: BlockId,
        /// Writes one value; entered with its address and no spare bytes.
        value: BlockId,
        /// Names the map in errors.
        path: PathId,
        /// Spare bytes left behind it.
        reserve: u32,
    }
    /// Writes a child type through its slot, one level deeper.
    Call = "call" {
        /// Where the child is.
        at: Offset,
        /// The child's type.
        child: ChildId,
        /// Names the child in errors.
        path: PathId,
    }
    /// Continues with this same program on the value at `at`: recursion in last
    /// position, a loop instead of a call. Must be the last op of its block,
    /// and the op that ran the block must be the last of its own, up to block
    /// 0; no loop and no open lock or proxy in between.
    Repeat = "repeat" {
        /// Where the next value is.
        at: Offset,
        /// Names the next value in errors.
        path: PathId,
    }
    /// Takes a lock, runs a block on what it protects, and lets go. The guard
    /// is held across the whole block.
    WithLock = "with_lock" {
        /// Where the lock is.
        at: Offset,
        /// `PointerVTable::lock_fn` or `read_fn`, Rust-ABI functions.
        lock: FunctionId,
        /// Writes the protected value.
        each: BlockId,
        /// Names the lock in errors.
        path: PathId,
    }
    /// Converts a value to its proxy, runs a block on the proxy, and drops it.
    WithProxy = "with_proxy" {
        /// Where the value is.
        at: Offset,
        /// The conversion.
        proxy: ProxyId,
        /// Writes the proxy.
        each: BlockId,
        /// Names the value in errors.
        path: PathId,
    }
    /// Runs a block unless a predicate (`skip_serializing_if`) says to skip;
    /// the block is entered with the base moved by `at`.
    Unless = "unless" {
        /// Where the value is.
        at: Offset,
        /// The predicate, a Rust-ABI function.
        skip_if: FunctionId,
        /// Writes the value.
        each: BlockId,
        /// Names the value in errors.
        path: PathId,
    }
    /// Writes a value by a function of ours, for types whose wire form is
    /// computed (addresses, paths, identifiers). The function makes its own room.
    WriteLeaf = "write_leaf" {
        /// Where the value is.
        at: Offset,
        /// The function. See [`crate::entry::LeafFn`].
        leaf: FunctionId,
        /// Names the value in errors.
        path: PathId,
        /// Spare bytes left behind it.
        reserve: u32,
    }
    /// A value without a wire form: reaching it is an error.
    Never = "never" {
        /// Why it has none.
        why: NoForm,
        /// Names the value in errors.
        path: PathId,
    }
}
