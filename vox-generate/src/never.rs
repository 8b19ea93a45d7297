//! The one op no valid value reaches: a value of a type that has none.
//!
//! The generator makes valid values only, so this one is made by hand: a result that says it is an error
//! of a type without values. It must be an error of the encode, with the same text in every tier.

use core::convert::Infallible;

use facet_core::{Def, Facet, PtrConst, ResultDef, Shape, ShapeBuilder};
use facet_reflect::Peek;
use vox_core::interp::counts;
use vox_oracle::mode::Mode;

use crate::coverage::OpCounts;
use crate::functions;

const TEXT: &str = "cannot encode `Impossible::Err`: a value of an uninhabited type";

static SHAPE: Shape = ShapeBuilder::for_sized::<[u32; 2]>("Impossible")
    .def(Def::Result(ResultDef::new(
        functions::RESULT_AT_4,
        u32::SHAPE,
        Infallible::SHAPE,
    )))
    .build();

/// Encodes it in a mode; answers what the interpreter executed.
///
/// # Errors
///
/// When it is encoded, or refused with another text.
pub(crate) fn check(mode: &Mode) -> Result<OpCounts, String> {
    // The first byte is the tag.
    let value = [u32::from_ne_bytes([1; 4]), 0];
    // SAFETY: but for the payload that cannot be, the value is what the shape says; its
    // functions read the tag and take addresses.
    let peek = unsafe { Peek::unchecked_new(PtrConst::new_sized(value.as_ptr()), &SHAPE) };
    let _ = counts::take();
    let result = mode.runtime.peek_to_bytes(peek);
    let executed = OpCounts(counts::take());
    match result {
        Ok(bytes) => Err(format!("a value that cannot be was encoded as {bytes:?}")),
        Err(error) if error.to_string() == TEXT => Ok(executed),
        Err(error) => Err(error.to_string()),
    }
}
