//! Types larger than anyone writes down: 70,000 fields, 70,000 variants, fields billions of bytes apart.
//!
//! Numbers in programs and machine code have widths: 16 bits for what is usually small, 32 signed ones for distances. A type that
//! needs more must get its right bytes or an error, in every tier, and in a time that grows with the type and
//! not with its square. Compilers are slow on such types, so their shapes are made here.
//!
//! Not for limits of values (lengths, depth): those are tests of `vox`, and [`crate::stack`].

use core::alloc::Layout;
use std::time::{Duration, Instant};

use facet::Facet;
use facet_core::{
    BaseRepr, Def, EnumRepr, EnumType, Field, FieldBuilder, PtrConst, Repr, Shape, ShapeBuilder,
    ShapeLayout, StructKind, StructType, Type, UserType, Variant, VariantBuilder,
};
use facet_reflect::Peek;
use serde::Serialize;
use vox::EncodeErrorKind;
use vox_oracle::diff::compare;
use vox_oracle::mode::{self, Mode};

use crate::arena::Arena;

/// More than 16 bits count.
const MANY: usize = 70_000;

/// What one mode may take for lowering, compiling and encoding such a type once. A debug build on a busy machine takes a fraction; work
/// that grows with the square takes minutes.
const BOUND: Duration = Duration::from_secs(60);

/// A shape made here; only its layout and contents differ from the next one.
///
/// # Safety
///
/// As for [`Arena::keep`].
unsafe fn keep(
    arena: &mut Arena,
    name: &'static str,
    layout: Layout,
    ty: UserType,
) -> &'static Shape {
    let shape = Shape {
        layout: ShapeLayout::Sized(layout),
        ..ShapeBuilder::for_sized::<u8>(name)
            .ty(Type::User(ty))
            .def(Def::Undefined)
            .build()
    };
    // SAFETY: the caller's duty.
    unsafe { arena.keep(shape) }
}

/// # Safety
///
/// As for [`Arena::keep`].
unsafe fn fields(arena: &mut Arena, fields: &[Field]) -> StructType {
    StructType {
        repr: Repr {
            base: BaseRepr::C,
            packed: false,
        },
        kind: StructKind::Struct,
        // SAFETY: the caller's duty.
        fields: unsafe { arena.keep_all(fields) },
    }
}

/// Encodes what is at an address in a mode.
///
/// # Safety
///
/// A value of the shape is there.
unsafe fn encode(
    mode: &Mode,
    shape: &'static Shape,
    value: *const u8,
) -> Result<Vec<u8>, vox::EncodeError> {
    // SAFETY: the caller's duty; it is only read.
    let peek = unsafe { Peek::unchecked_new(PtrConst::new_sized(value), shape) };
    mode.runtime.peek_to_bytes(peek)
}

/// A run in every tier, each in a runtime that has not seen the shapes, in a bounded time.
///
/// Modes of one tier differ in how they call vtable functions; types of numbers have none, and one mode of a tier is enough.
fn in_every_tier(run: impl Fn(&Mode)) {
    let mut modes = mode::fresh(None);
    modes.dedup_by_key(|mode| mode.tier);
    in_bounded_time(&modes, run);
}

fn in_bounded_time(modes: &[Mode], run: impl Fn(&Mode)) {
    for mode in modes {
        let start = Instant::now();
        run(mode);
        let took = start.elapsed();
        println!("{}: {took:?}", mode.name);
        assert!(took < BOUND, "{}: {took:?}", mode.name);
    }
}

/// Where a type ended up: a compiler may refuse what is too large for it, and the tier below serves.
fn tell_tier(mode: &Mode, shape: &'static Shape) {
    println!(
        "{}: served by {}",
        mode.name,
        mode.runtime.report_shape(shape).tier
    );
}

fn assert_bytes(mode: &Mode, expected: &[u8], bytes: &[u8]) {
    if let Err(difference) = compare(expected, bytes) {
        panic!("{}: {difference}", mode.name);
    }
}

#[test]
fn seventy_thousand_fields() {
    let mut arena = Arena::default();
    // On the wire in another order than in memory, so that they are no array.
    let place = |index: usize| index * 7919 % MANY;
    let made: Vec<Field> = (0..MANY)
        .map(|index| FieldBuilder::new("field", facet::shape_of::<u32>, place(index) * 4).build())
        .collect();
    let mut values = vec![0_u32; MANY];
    let mut expected = Vec::new();
    for index in 0..MANY {
        // Every width of a varint.
        let value = u32::MAX >> (index % 32);
        values[place(index)] = value;
        expected = postcard::to_extend(&value, expected).expect("serde encodes it");
    }
    let layout = Layout::array::<u32>(MANY).expect("it is small");
    // SAFETY: the arena outlives the runtimes, which are made behind it.
    let shape = unsafe {
        let ty = fields(&mut arena, &made);
        keep(&mut arena, "Wide", layout, UserType::Struct(ty))
    };
    in_every_tier(|mode| {
        // SAFETY: there are as many numbers as fields.
        let bytes = unsafe { encode(mode, shape, values.as_ptr().cast()) }.expect("it encodes");
        assert_bytes(mode, &expected, &bytes);
        tell_tier(mode, shape);
    });
}

/// An enum of four bytes of tag, then a byte that every other variant has; discriminants `step` apart.
fn variants_apart(step: u32) {
    let mut arena = Arena::default();
    let payload = [FieldBuilder::new("payload", facet::shape_of::<u8>, 4).build()];
    // SAFETY: the arena outlives the runtimes, which are made behind it.
    let shape = unsafe {
        let with = fields(&mut arena, &payload);
        let without = fields(&mut arena, &[]);
        let variants: Vec<Variant> = (0_u32..)
            .take(MANY)
            .map(|index| Variant {
                discriminant: Some(i64::from(index * step)),
                ..VariantBuilder::new("Variant", if index % 2 == 0 { without } else { with })
                    .build()
            })
            .collect();
        let ty = EnumType {
            repr: Repr::default(),
            enum_repr: EnumRepr::U32,
            variants: arena.keep_all(&variants),
            is_cow: false,
        };
        let layout = Layout::from_size_align(8, 4).expect("it is small");
        keep(&mut arena, "Many", layout, UserType::Enum(ty))
    };
    in_every_tier(|mode| {
        for index in [
            0_u32, 1, 127, 128, 255, 256, 16_383, 16_384, 65_535, 65_536, 69_999,
        ] {
            let value = [index * step, u32::from_ne_bytes([0x5a; 4])];
            let mut expected = postcard::to_allocvec(&index).expect("serde encodes it");
            expected.extend((index % 2 == 1).then_some(0x5a));
            // SAFETY: the tag is a variant's, and the byte is there.
            let bytes = unsafe { encode(mode, shape, value.as_ptr().cast()) }.expect("it encodes");
            assert_bytes(mode, &expected, &bytes);
        }
        // No value of an enum is like this, but memory may be.
        for tag in [70_000 * step, u32::MAX] {
            // SAFETY: the memory is the value's; that no variant has its tag is what is tested.
            let error =
                unsafe { encode(mode, shape, [tag, 0].as_ptr().cast()) }.expect_err("no variant");
            assert_eq!(error.kind(), EncodeErrorKind::InvalidValue, "{}", mode.name);
        }
        tell_tier(mode, shape);
    });
}

#[test]
fn seventy_thousand_variants() {
    variants_apart(1);
}

#[test]
fn seventy_thousand_sparse_variants() {
    variants_apart(60_000);
}

/// Memory of which only the touched pages exist.
#[cfg(target_pointer_width = "64")]
struct Reservation {
    memory: *mut u8,
    layout: Layout,
}

#[cfg(target_pointer_width = "64")]
impl Reservation {
    /// `None` when the system does not promise so much.
    fn new(layout: Layout) -> Option<Self> {
        // SAFETY: the size is not 0.
        let memory = unsafe { std::alloc::alloc_zeroed(layout) };
        (!memory.is_null()).then_some(Self { memory, layout })
    }
}

#[cfg(target_pointer_width = "64")]
impl Drop for Reservation {
    fn drop(&mut self) {
        // SAFETY: allocated with this layout, freed once.
        unsafe { std::alloc::dealloc(self.memory, self.layout) };
    }
}

/// A struct of fields at chosen places of a reservation, with their bytes.
#[cfg(target_pointer_width = "64")]
struct Far<'a> {
    memory: &'a Reservation,
    fields: Vec<Field>,
    expected: Vec<u8>,
    drops: Vec<(usize, crate::arena::DropFn)>,
}

#[cfg(target_pointer_width = "64")]
impl Far<'_> {
    fn put<T: Facet<'static> + Serialize>(&mut self, offset: usize, value: T) {
        assert!(offset.is_multiple_of(align_of::<T>()));
        assert!(offset + size_of::<T>() <= self.memory.layout.size());
        self.fields
            .push(FieldBuilder::new("far", facet::shape_of::<T>, offset).build());
        let expected = core::mem::take(&mut self.expected);
        self.expected = postcard::to_extend(&value, expected).expect("serde encodes it");
        // SAFETY: inside of the reservation and aligned, as asserted; the places do not overlap.
        unsafe { self.memory.memory.add(offset).cast::<T>().write(value) };
        self.drops.push((offset, crate::arena::drop_as::<T>));
    }
}

#[cfg(target_pointer_width = "64")]
impl Drop for Far<'_> {
    fn drop(&mut self) {
        for (offset, drop) in self.drops.drain(..) {
            // SAFETY: written by `put`, and dropped once.
            unsafe { drop(self.memory.memory.add(offset)) };
        }
    }
}

/// Every kind of field around a distance, in every mode.
#[cfg(target_pointer_width = "64")]
fn around(distance: usize, memory: &Reservation) {
    let mut arena = Arena::default();
    let mut far = Far {
        memory,
        fields: vec![],
        expected: vec![],
        drops: vec![],
    };
    far.put(0, 7_u8);
    far.put(distance - 8, 300_u32);
    far.put(distance, u32::MAX);
    far.put(distance + 8, Some(70_000_u32));
    far.put(distance + 64, String::from("far away"));
    far.put(distance + 128, vec![1_u64, 1 << 60]);
    far.put(distance + 192, (1_u8, i128::MIN, true));
    far.put(distance + 256, Some(vec![Some(String::new()), None]));
    far.put(
        distance + 320,
        std::collections::BTreeMap::from([(300_u16, -1_i64)]),
    );
    far.put(distance + 384, Ok::<[u16; 3], String>([1, 2, 65_535]));
    far.put(distance + 448, Box::new(-5_i32));
    far.put(16, 1.5_f64);
    // SAFETY: the arena outlives the runtimes, which are made behind it.
    let shape = unsafe {
        let ty = fields(&mut arena, &far.fields);
        keep(&mut arena, "Far", memory.layout, UserType::Struct(ty))
    };
    in_bounded_time(&mode::fresh(None), |mode| {
        // SAFETY: all fields were put there.
        match unsafe { encode(mode, shape, memory.memory) } {
            Ok(bytes) => assert_bytes(mode, &far.expected, &bytes),
            Err(error) => {
                assert_eq!(
                    error.kind(),
                    EncodeErrorKind::Unsupported,
                    "{}: {error}",
                    mode.name
                );
                assert!(distance + 512 > 1 << 31, "{}: {error}", mode.name);
                println!("{}: {error}", mode.name);
            }
        }
    });
}

#[cfg(target_pointer_width = "64")]
#[test]
fn fields_billions_of_bytes_apart() {
    for distance in [1 << 15, 1 << 24, (1 << 31) - 1024, 1 << 31, 1 << 32] {
        let layout =
            Layout::from_size_align(distance + 1024, 16).expect("it fits the address space");
        let Some(memory) = Reservation::new(layout) else {
            println!("SKIPPED {distance}: this system does not promise so much memory");
            continue;
        };
        around(distance, &memory);
    }
}
