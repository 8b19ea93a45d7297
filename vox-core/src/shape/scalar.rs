//! Numbers, booleans and characters.

use facet_core::{NumericType, PrimitiveType, Shape, TextualType};

use super::{Kind, Refusal};

/// A scalar, by what its bytes in memory mean. `usize` and `isize` are among
/// the integers of their width: their varints are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scalar {
    Bool,
    Char,
    U8,
    U16,
    U32,
    U64,
    U128,
    I8,
    I16,
    I32,
    I64,
    I128,
    F32,
    F64,
}

/// Classifies a primitive.
pub(super) fn classify(shape: &Shape, primitive: &PrimitiveType) -> Kind {
    let size = shape.layout.sized_layout().map(|layout| layout.size()).ok();
    let scalar = match (primitive, size) {
        (PrimitiveType::Boolean, Some(1)) => Scalar::Bool,
        (PrimitiveType::Textual(TextualType::Char), Some(4)) => Scalar::Char,
        (PrimitiveType::Textual(TextualType::Str), None) => return Kind::Str,
        (PrimitiveType::Never, _) => return Kind::Never,
        (PrimitiveType::Numeric(NumericType::Float), Some(4)) => Scalar::F32,
        (PrimitiveType::Numeric(NumericType::Float), Some(8)) => Scalar::F64,
        (PrimitiveType::Numeric(NumericType::Integer { signed }), Some(size)) => {
            match (signed, size) {
                (false, 1) => Scalar::U8,
                (false, 2) => Scalar::U16,
                (false, 4) => Scalar::U32,
                (false, 8) => Scalar::U64,
                (false, 16) => Scalar::U128,
                (true, 1) => Scalar::I8,
                (true, 2) => Scalar::I16,
                (true, 4) => Scalar::I32,
                (true, 8) => Scalar::I64,
                (true, 16) => Scalar::I128,
                _ => return Kind::Unsupported(Refusal::Unknown),
            }
        }
        _ => return Kind::Unsupported(Refusal::Unknown),
    };
    Kind::Scalar(scalar)
}
