//! The forms a payload is put into: alone, a field between others, and the two kinds of
//! variants that hold something. A newtype is no form of its own: it is a struct of one field.

/// Declares three members for each payload, in a module of its own:
/// `name(repr): Type = [values];`.
macro_rules! forms {
    ($($name:ident($repr:ident) : $ty:ty = [$($value:expr),+ $(,)?];)+) => {
        $(
            pub(crate) mod $name {
                #[allow(unused_imports, reason = "payloads of std need nothing")]
                use super::*;
                use facet::Facet;
                use serde::Serialize;

                #[derive(Facet, Serialize)]
                struct Between {
                    before: u8,
                    payload: $ty,
                    after: u16,
                }

                #[derive(Facet, Serialize)]
                #[repr($repr)]
                enum Choice {
                    Nothing,
                    One($ty),
                    Named { payload: $ty, other: u8 },
                }

                vox_oracle::zoo! { MEMBERS;
                    alone: $ty = [$($value),+];
                    between: Between = [$(Between { before: 1, payload: $value, after: 300 }),+];
                    choice: Choice = [
                        Choice::Nothing,
                        $(Choice::One($value),)+
                        $(Choice::Named { payload: $value, other: 7 }),+
                    ];
                }
            }
        )+

        pub(crate) const FORMS: &[&[vox_oracle::zoo::Member]] = &[$($name::MEMBERS),+];
    };
}
pub(crate) use forms;
