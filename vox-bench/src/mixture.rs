//! Many small types, for what one type in a loop cannot show: cold types, and types in random order.
//!
//! Four kinds of messages, each in fifty types that differ by a constant only: to vox they are two hundred
//! types with a slot, a program and code of their own each. Not for: bytes, which the workloads prove; a
//! test compares some here all the same.

use std::fmt;
use std::hint::black_box;
use std::sync::{Arc, OnceLock};

use facet::Facet;
use serde::Serialize;
use vox::{Encoder, PrepareError, Runtime, Tier};

use crate::direct::Direct;
use crate::workload::{Draw, Random, SEED};

/// Types of each kind.
pub const TYPES_PER_KIND: usize = 50;

/// A type of the mixture, with a value of it.
#[derive(Clone)]
pub struct Case {
    /// The type's name.
    pub name: String,
    run: Arc<dyn Run>,
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Case").field(&self.name).finish()
    }
}

impl Case {
    /// Brings the type to a tier.
    ///
    /// # Errors
    ///
    /// When the tier is not to be had.
    pub fn prepare(&self, runtime: &Runtime, tier: Tier) -> Result<Tier, PrepareError> {
        self.run.prepare(runtime, tier)
    }

    /// Appends the value's bytes by a runtime, which looks the type up.
    pub fn encode(&self, runtime: &Runtime, buffer: &mut Vec<u8>) {
        self.run.encode(runtime, buffer);
    }

    /// Appends the value's bytes by the global runtime's free function.
    pub fn encode_globally(&self, buffer: &mut Vec<u8>) {
        self.run.encode_globally(buffer);
    }

    /// Appends the value's bytes by an [`Encoder`].
    pub fn encode_by_encoder(&self, buffer: &mut Vec<u8>) {
        self.run.encode_by_encoder(buffer);
    }

    /// Finds the type's slot, for [`Self::encode_directly`]. Not done where the case is made: of a cold type nothing shall have been looked at.
    pub fn find_slot(&self) {
        self.run.find_slot();
    }

    /// Appends the value's bytes with the slot at hand.
    ///
    /// # Panics
    ///
    /// Panics if the slot was not found before.
    pub fn encode_directly(&self, buffer: &mut Vec<u8>) {
        self.run.encode_directly(buffer);
    }

    /// What any use of the case takes, whatever it does: calls a function that was instantiated for the type, with the value.
    pub fn touch(&self, buffer: &mut Vec<u8>) {
        self.run.touch(buffer);
    }

    /// The value's bytes by serde postcard.
    #[must_use]
    pub fn expected(&self) -> Vec<u8> {
        self.run.expected()
    }

    /// Bytes of machine code of the type's own program, in a runtime.
    #[must_use]
    pub fn code_bytes(&self, runtime: &Runtime) -> Option<usize> {
        self.run.code_bytes(runtime)
    }
}

trait Run {
    fn prepare(&self, runtime: &Runtime, tier: Tier) -> Result<Tier, PrepareError>;
    fn encode(&self, runtime: &Runtime, buffer: &mut Vec<u8>);
    fn encode_globally(&self, buffer: &mut Vec<u8>);
    fn encode_by_encoder(&self, buffer: &mut Vec<u8>);
    fn find_slot(&self);
    fn encode_directly(&self, buffer: &mut Vec<u8>);
    fn touch(&self, buffer: &mut Vec<u8>);
    fn expected(&self) -> Vec<u8>;
    fn code_bytes(&self, runtime: &Runtime) -> Option<usize>;
}

/// A type's own statics, whose addresses its functions know: as a program has them, and as the type's shape is found. In the value's memory a processor
/// that ran ahead into another type's function would already fetch them for the right one.
trait Known: Facet<'static> + Serialize + Sized {
    fn encoder() -> &'static Encoder<Self>;
    fn direct() -> &'static OnceLock<Direct<Self>>;
}

struct Typed<T> {
    value: T,
}

const ENCODES: &str = "every type of the mixture has an encoding";

impl<T: Known> Run for Typed<T> {
    fn prepare(&self, runtime: &Runtime, tier: Tier) -> Result<Tier, PrepareError> {
        runtime.prepare::<T>(tier)
    }

    fn encode(&self, runtime: &Runtime, buffer: &mut Vec<u8>) {
        runtime.to_bytes_in(&self.value, buffer).expect(ENCODES);
    }

    fn encode_globally(&self, buffer: &mut Vec<u8>) {
        vox::to_bytes_in(&self.value, buffer).expect(ENCODES);
    }

    fn encode_by_encoder(&self, buffer: &mut Vec<u8>) {
        T::encoder().encode_in(&self.value, buffer).expect(ENCODES);
    }

    fn find_slot(&self) {
        T::direct().get_or_init(Direct::new);
    }

    fn encode_directly(&self, buffer: &mut Vec<u8>) {
        let direct = T::direct().get().expect("the slot was found before");
        direct.encode_in(&self.value, buffer).expect(ENCODES);
    }

    fn touch(&self, buffer: &mut Vec<u8>) {
        // The shape, so that the functions are not all the same, and one.
        black_box((T::SHAPE, &self.value, buffer));
    }

    fn expected(&self) -> Vec<u8> {
        postcard::to_allocvec(&self.value).expect(ENCODES)
    }

    fn code_bytes(&self, runtime: &Runtime) -> Option<usize> {
        runtime.report::<T>().code_bytes
    }
}

macro_rules! kind {
    ($(#[$doc:meta])* $name:ident { $($field:ident: $kind:ty,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Facet, Serialize)]
        struct $name<const TYPE: usize> {
            $($field: $kind,)*
        }

        impl<const TYPE: usize> Draw for $name<TYPE> {
            fn draw(random: &mut Random) -> Self {
                Self { $($field: random.draw(),)* }
            }
        }
    };
}

kind! {
    /// Sixteen integers.
    Integers {
        a: u64, b: u32, c: i32, d: u16, e: u64, f: u8, g: i64, h: u32,
        i: u64, j: u32, k: i32, l: u16, m: u64, n: u8, o: i64, p: u32,
    }
}

kind! {
    /// Text and numbers.
    Labels {
        id: u64, name: String, count: u32, title: String, ratio: f64, flag: bool,
    }
}

kind! {
    /// Options.
    Options {
        a: Option<u32>, b: Option<u64>, c: Option<String>, d: Option<bool>,
        e: Option<u64>, f: Option<i32>, g: Option<String>, h: Option<u8>,
    }
}

kind! {
    /// A pair of another kind each.
    Nested { id: u64, label: Labels<TYPE>, option: Options<TYPE>, }
}

/// Does something with every type of the mixture; neighbours are of different kinds.
macro_rules! each_type {
    ($then:ident) => {
        each_type! { $then
            0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24
            25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49
        }
    };
    ($then:ident $($number:literal)*) => {$(
        $then!(Integers<$number>);
        $then!(Labels<$number>);
        $then!(Options<$number>);
        $then!(Nested<$number>);
    )*};
}

macro_rules! known {
    ($type:ty) => {
        impl Known for $type {
            fn encoder() -> &'static Encoder<Self> {
                static ENCODER: Encoder<$type> = Encoder::new();
                &ENCODER
            }

            fn direct() -> &'static OnceLock<Direct<Self>> {
                static DIRECT: OnceLock<Direct<$type>> = OnceLock::new();
                &DIRECT
            }
        }
    };
}

each_type!(known);

/// So many types of the mixture, at most four times [`TYPES_PER_KIND`]; neighbours are of different kinds.
///
/// # Panics
///
/// Panics if there are not so many.
#[must_use]
pub fn cases(count: usize) -> Vec<Case> {
    let mut random = Random::new(SEED);
    let mut cases = Vec::new();
    macro_rules! push {
        ($type:ty) => {
            cases.push(case::<$type>(stringify!($type), &mut random));
        };
    }
    each_type!(push);
    assert!(count <= cases.len(), "the mixture has {}", cases.len());
    cases.truncate(count);
    cases
}

fn case<T: Known + Draw>(name: &str, random: &mut Random) -> Case {
    let typed = Typed {
        value: T::draw(random),
    };
    Case {
        name: name.to_owned(),
        run: Arc::new(typed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_gives_serdes_bytes() {
        let runtime = Runtime::builder().tier(Tier::Interpreter).build();
        for case in cases(12) {
            case.find_slot();
            let expected = case.expected();
            let mut bytes = Vec::new();
            case.encode(&runtime, &mut bytes);
            case.encode_globally(&mut bytes);
            case.encode_by_encoder(&mut bytes);
            case.encode_directly(&mut bytes);
            assert_eq!(bytes, expected.repeat(4), "{}", case.name);
        }
    }

    #[test]
    fn there_are_two_hundred_types() {
        assert_eq!(cases(4 * TYPES_PER_KIND).len(), 200);
    }
}
