//! Types made at run time: structs of random scalars at random offsets, as many as wanted, each with a
//! program of its own. What they encode to is put together from what serde writes for each field.

use facet::{
    Def, Facet, Field, FieldBuilder, Repr, Shape, ShapeBuilder, StructKind, StructType, Type,
    UserType,
};
use facet_reflect::Peek;
use serde::Serialize;
use vox::{EncodeError, Runtime};

const WORDS: usize = 64;

/// The memory every value of a made type lies in.
type Memory = [u64; WORDS];

/// A type made at run time, a value of it, and the bytes of that.
pub(crate) struct Made {
    pub(crate) shape: &'static Shape,
    memory: Box<Memory>,
    pub(crate) bytes: Vec<u8>,
}

/// A small generator of numbers, the same on every run.
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn next(&mut self) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }
}

/// Appends a field of `T` at a random place, and what serde writes for the value there.
fn add<T: Facet<'static> + Serialize + Copy>(
    numbers: &mut Numbers,
    memory: &Memory,
    fields: &mut Vec<Field>,
    bytes: &mut Vec<u8>,
) {
    let places = WORDS * size_of::<u64>() / size_of::<T>();
    let index = numbers.below(places);
    fields.push(FieldBuilder::new("field", facet::shape_of::<T>, index * size_of::<T>()).build());
    // SAFETY: within the memory and aligned; any bits are a value of the integer types used here.
    let value = unsafe { memory.as_ptr().cast::<T>().add(index).read() };
    bytes.extend(postcard::to_allocvec(&value).expect("serde encodes it"));
}

/// A type of 1 to `most` fields.
pub(crate) fn one(numbers: &mut Numbers, most: usize) -> Made {
    let mut memory: Box<Memory> = Box::new([0; WORDS]);
    for word in memory.iter_mut() {
        // Of all lengths as varints.
        *word = numbers.next() >> numbers.below(64);
    }
    let (mut fields, mut bytes) = (Vec::new(), Vec::new());
    for _ in 0..=numbers.below(most) {
        let add = match numbers.below(8) {
            0 => add::<u8>,
            1 => add::<u16>,
            2 => add::<u32>,
            3 => add::<u64>,
            4 => add::<i16>,
            5 => add::<i32>,
            6 => add::<i64>,
            _ => add::<f64>,
        };
        add(numbers, &memory, &mut fields, &mut bytes);
    }
    let structure = StructType {
        repr: Repr::default(),
        kind: StructKind::Struct,
        fields: fields.leak(),
    };
    let shape = ShapeBuilder::for_sized::<Memory>("Made")
        .ty(Type::User(UserType::Struct(structure)))
        .def(Def::Undefined)
        .build();
    Made {
        shape: Box::leak(Box::new(shape)),
        memory,
        bytes,
    }
}

/// So many types.
pub(crate) fn many(seed: u64, count: usize, most: usize) -> Vec<Made> {
    let mut numbers = Numbers(seed);
    (0..count).map(|_| one(&mut numbers, most)).collect()
}

impl Made {
    /// Encodes the value into an emptied buffer.
    pub(crate) fn encode(
        &self,
        runtime: &Runtime,
        buffer: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        buffer.clear();
        let address = facet::PtrConst::new(core::ptr::from_ref(&*self.memory));
        // SAFETY: the fields of the shape lie within the memory, and are of types any bits are values of.
        let peek = unsafe { Peek::unchecked_new(address, self.shape) };
        runtime.peek_to_bytes_in(peek, buffer).map(drop)
    }

    /// Encodes the value and compares the bytes.
    pub(crate) fn check(&self, runtime: &Runtime) {
        let mut buffer = Vec::new();
        self.encode(runtime, &mut buffer).expect("it encodes");
        assert!(
            buffer == self.bytes,
            "{buffer:?}, expected {:?}",
            self.bytes
        );
    }
}
