//! What the first calls cost: the first encode of a type, in a fresh process and later, and the first calls of
//! many types while the background thread compiles them. Build it for release.

use std::time::{Duration, Instant};

use facet::{
    Def, FieldBuilder, PtrConst, Repr, Shape, ShapeBuilder, StructKind, StructType, Type, UserType,
};
use facet_reflect::Peek;
use vox::{Runtime, Tier};
use vox_bench::switches::Switches;

const FIELDS: usize = 16;

/// Calls that take longer are told one by one.
const SLOW: Duration = Duration::from_micros(300);

/// The memory every value lies in.
static MEMORY: [u64; 2 * FIELDS] = [300; 2 * FIELDS];

/// A struct of sixteen integers, each time another one.
fn made(number: usize) -> &'static Shape {
    let field = |index: usize| {
        // Which of two words the field is in makes the type another.
        let word = 2 * index + (number >> (index % 12) & 1);
        match index % 3 {
            0 => FieldBuilder::new("field", facet::shape_of::<u64>, word * 8).build(),
            1 => FieldBuilder::new("field", facet::shape_of::<u32>, word * 8).build(),
            _ => FieldBuilder::new("field", facet::shape_of::<i16>, word * 8).build(),
        }
    };
    let fields: Vec<_> = (0..FIELDS).map(field).collect();
    let structure = StructType {
        repr: Repr::default(),
        kind: StructKind::Struct,
        fields: fields.leak(),
    };
    let shape = ShapeBuilder::for_sized::<[u64; 2 * FIELDS]>("Made")
        .ty(Type::User(UserType::Struct(structure)))
        .def(Def::Undefined)
        .build();
    Box::leak(Box::new(shape))
}

/// One encode, timed.
fn encode(runtime: &Runtime, shape: &'static Shape, buffer: &mut Vec<u8>) -> Duration {
    // SAFETY: the fields of the shape lie within the memory, and are of types any bits are values of.
    let peek = unsafe { Peek::unchecked_new(PtrConst::new(&raw const MEMORY), shape) };
    buffer.clear();
    let start = Instant::now();
    let encoded = runtime.peek_to_bytes_in(peek, buffer);
    let time = start.elapsed();
    assert!(encoded.is_ok(), "it encodes");
    time
}

/// Times at some places of the order, in words.
fn quantiles(times: &mut [Duration]) -> String {
    times.sort_unstable();
    let at = |part: f64| {
        // The index is far below 2^52, and rounds down into the slice.
        let index = (part * (times.len() - 1) as f64) as usize;
        times[index]
    };
    format!(
        "median {:?}, 99 % {:?}, 99.9 % {:?}, worst {:?}",
        at(0.5),
        at(0.99),
        at(0.999),
        at(1.0)
    )
}

fn main() {
    let mut buffer = Vec::with_capacity(1024);
    let shapes: Vec<_> = (0..1200).map(made).collect();
    let (first, others) = shapes.split_at(1);
    let start = Instant::now();
    let runtime = Runtime::global();
    let made = start.elapsed();
    let fresh = made + encode(runtime, first[0], &mut buffer);
    println!(
        "first encode of a type of {FIELDS} fields, in a fresh process: {fresh:?}, {made:?} of it for the runtime"
    );

    let (warm, many) = others.split_at(999);
    let mut times: Vec<_> = warm
        .iter()
        .map(|shape| encode(runtime, shape, &mut buffer))
        .collect();
    println!(
        "first encodes of {} more: {}",
        warm.len(),
        quantiles(&mut times)
    );

    // Hot almost at once, so that all of them are compiled while they are used.
    let runtime = Runtime::builder().compile_after(1_000).build();
    let mut times = Vec::with_capacity(200 * 10_000);
    let mut slow = Vec::new();
    let mut before = Switches::now();
    for _ in 0..10_000 {
        for shape in many {
            let time = encode(&runtime, shape, &mut buffer);
            let now = Switches::now();
            if time > SLOW {
                let added = now.zip(before).map(|(now, before)| now.since(before));
                slow.push((time, added));
            }
            before = now;
            times.push(time);
        }
    }
    println!(
        "first 10,000 calls of {} types: {}",
        many.len(),
        quantiles(&mut times)
    );
    println!("of those, {} took more than {SLOW:?}:", slow.len());
    for (time, added) in slow {
        match added {
            Some(it) => println!(
                "  {time:?}: preempted {} times, waited {} times",
                it.preempted, it.waited
            ),
            None => println!("  {time:?}"),
        }
    }
    let compiled = many
        .iter()
        .filter(|shape| runtime.report_shape(shape).tier == Tier::Optimized)
        .count();
    println!(
        "{compiled} of them were compiled meanwhile\n{}",
        runtime.stats()
    );
}
