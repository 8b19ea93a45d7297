//! The fields of ops, without their ops: what printing and verifying go over.
//!
//! One function per op that lists its fields ([`super::Op::try_for_each_field`],
//! generated from the op list) lets both treat a new op right without being
//! told of it.
//!
//! Not here: how fields are spelled ([`super::text`]), what they must satisfy
//! ([`super::verify`]).

use core::fmt;

use super::{
    ArraySource, BlockId, ChildId, Code, FunctionId, IterId, Literal, NoForm, Offset, Op,
    OptionSource, PathId, PointerSource, ProxyId, Source, TableId, TagWidth,
};

/// The value of any field of an op.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Number(u32),
    Signed(i64),
    Literal(Literal),
    Offset(Offset),
    Block(BlockId),
    Table(TableId),
    Function(FunctionId),
    Child(ChildId),
    Path(PathId),
    Iter(IterId),
    Proxy(ProxyId),
    Tag(TagWidth),
    NoForm(NoForm),
    Source(Source),
    ArraySource(ArraySource),
    OptionSource(OptionSource),
    PointerSource(PointerSource),
}

macro_rules! conversions {
    ($( $ty:ident => $variant:ident, )*) => {
        $( impl From<$ty> for Field {
            fn from(value: $ty) -> Self {
                Self::$variant(value)
            }
        } )*
    };
}

conversions! {
    u32 => Number,
    i64 => Signed,
    Literal => Literal,
    Offset => Offset,
    BlockId => Block,
    TableId => Table,
    FunctionId => Function,
    ChildId => Child,
    PathId => Path,
    IterId => Iter,
    ProxyId => Proxy,
    TagWidth => Tag,
    NoForm => NoForm,
    Source => Source,
    ArraySource => ArraySource,
    OptionSource => OptionSource,
    PointerSource => PointerSource,
}

/// One of several ways, with what it needs: `list(len=f0, as_ptr=f1)`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Choice {
    /// The way.
    pub(super) name: &'static str,
    /// What it needs. An argument that stands alone has no name.
    arguments: [Option<(&'static str, Field)>; 4],
}

impl Choice {
    fn plain(name: &'static str) -> Self {
        Self {
            name,
            arguments: [None; 4],
        }
    }

    fn one(name: &'static str, argument: impl Into<Field>) -> Self {
        Self {
            name,
            arguments: [Some(("", argument.into())), None, None, None],
        }
    }

    fn two(
        name: &'static str,
        first: (&'static str, Field),
        second: (&'static str, Field),
    ) -> Self {
        Self {
            name,
            arguments: [Some(first), Some(second), None, None],
        }
    }

    /// The arguments with their names.
    pub(super) fn arguments(&self) -> impl Iterator<Item = (&'static str, Field)> {
        self.arguments.into_iter().flatten()
    }
}

impl Field {
    /// The way and its arguments, for fields that are one of several ways.
    pub(super) fn choice(self) -> Option<Choice> {
        Some(match self {
            Self::Source(source) => source_choice(source),
            Self::ArraySource(ArraySource::Inline) => Choice::plain("inline"),
            Self::ArraySource(ArraySource::Vtable { as_ptr }) => Choice::one("as_ptr", as_ptr),
            Self::OptionSource(OptionSource::GetValue { get_value }) => {
                Choice::one("get_value", get_value)
            }
            Self::OptionSource(OptionSource::IsSome { is_some }) => Choice::one("is_some", is_some),
            Self::OptionSource(OptionSource::NullIsNone) => Choice::plain("null_is_none"),
            Self::OptionSource(OptionSource::Tagged {
                tag,
                tag_at,
                none,
                payload,
            }) => Choice {
                name: "tagged",
                arguments: [
                    Some(("tag", tag.into())),
                    Some(("tag_at", tag_at.into())),
                    Some(("none", none.into())),
                    Some(("payload", payload.into())),
                ],
            },
            Self::PointerSource(PointerSource::BorrowThin { borrow }) => {
                Choice::one("borrow_thin", borrow)
            }
            Self::PointerSource(PointerSource::BorrowWide { borrow }) => {
                Choice::one("borrow_wide", borrow)
            }
            Self::PointerSource(PointerSource::Word) => Choice::plain("word"),
            Self::PointerSource(PointerSource::Counted { ptr, len, behind }) => Choice {
                name: "counted",
                arguments: [
                    Some(("ptr", ptr.into())),
                    Some(("len", len.into())),
                    Some(("behind", behind.into())),
                    None,
                ],
            },
            _ => return None,
        })
    }
}

fn source_choice(source: Source) -> Choice {
    match source {
        Source::Words { ptr, len } => {
            Choice::two("words", ("ptr", ptr.into()), ("len", len.into()))
        }
        Source::List { len, as_ptr } => {
            Choice::two("list", ("len", len.into()), ("as_ptr", as_ptr.into()))
        }
        Source::Slice { len, as_ptr } => {
            Choice::two("slice", ("len", len.into()), ("as_ptr", as_ptr.into()))
        }
        Source::Accessor { parts } => Choice::one("accessor", parts),
    }
}

/// Why an op runs a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Label {
    /// The name of the op's field that names the block.
    Field(&'static str),
    /// The discriminant of the arm.
    Arm(i64),
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(name) => f.write_str(name),
            Self::Arm(discriminant) => write!(f, "{discriminant}"),
        }
    }
}

impl Op {
    /// The blocks the op runs, those of its arms included. A table that is
    /// missing has no arms.
    ///
    /// A list rather than a visitor: who recurses over blocks should not have
    /// the frames of a visitor between its own.
    pub(super) fn blocks(&self, code: &Code) -> Vec<(Label, BlockId)> {
        let mut blocks = Vec::new();
        let infallible = self.try_for_each_field(|name, field| {
            match field {
                Field::Block(block) => blocks.push((Label::Field(name), block)),
                Field::Table(table) => {
                    let arms = code.tables.get(table.index()).into_iter().flatten();
                    blocks.extend(arms.map(|arm| (Label::Arm(arm.discriminant), arm.block)));
                }
                _ => {}
            }
            Ok::<(), core::convert::Infallible>(())
        });
        match infallible {
            Ok(()) => blocks,
        }
    }
}

impl TagWidth {
    /// Every width.
    pub const ALL: &'static [Self] = &[
        Self::U8,
        Self::U16,
        Self::U32,
        Self::U64,
        Self::I8,
        Self::I16,
        Self::I32,
        Self::I64,
    ];

    /// The width's name in the text form.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::U8 => "u8",
            Self::U16 => "u16",
            Self::U32 => "u32",
            Self::U64 => "u64",
            Self::I8 => "i8",
            Self::I16 => "i16",
            Self::I32 => "i32",
            Self::I64 => "i64",
        }
    }
}

impl NoForm {
    /// The reason's name in the text form.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Uninhabited => "uninhabited",
            Self::Skipped => "skipped",
        }
    }
}
