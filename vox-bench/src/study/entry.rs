//! What finding the code of a type costs: the free function, an encoder, and no search at all.

use std::hint::black_box;
use std::time::{Duration, Instant};

use facet::Facet;
use vox::{EncodeError, Encoder};

use super::child::{self, Part};
use super::mix::{Mix, Shared, random_order};
use super::{Cell, Section};
use crate::direct::Direct;
use crate::measure::{self, Plan, Subject, WallClock};
use crate::mixture::{self, Case};

/// How long types may wait for their code before they are timed as they are.
const PATIENCE: Duration = Duration::from_secs(10);

/// As little to encode as there can be, so that the rest is seen.
#[derive(Facet)]
struct Tiny {
    byte: u8,
}

static TINY: Encoder<Tiny> = Encoder::new();

/// One way to encode a byte.
struct One<'c> {
    way: Way,
    buffer: &'c Shared,
}

#[derive(Clone, Copy)]
enum Way {
    /// With the slot at hand.
    Direct(Direct<Tiny>),
    Encoder,
    Function,
    /// As `Encoder`, to a new vector each time.
    EncoderFresh,
    /// As `Function`, to a new vector each time.
    FunctionFresh,
}

impl Subject for One<'_> {
    fn run(&mut self, iterations: u64) {
        let mut buffer = self.buffer.take();
        match self.way {
            Way::Direct(direct) => repeat(iterations, &mut buffer, |value, buffer| {
                direct.encode_in(value, buffer)
            }),
            Way::Encoder => repeat(iterations, &mut buffer, |value, buffer| {
                TINY.encode_in(value, buffer)
            }),
            Way::Function => repeat(iterations, &mut buffer, vox::to_bytes_in),
            Way::EncoderFresh => repeat_fresh(iterations, |value| TINY.encode(value)),
            Way::FunctionFresh => repeat_fresh(iterations, vox::to_bytes),
        }
        self.buffer.set(buffer);
    }
}

#[inline]
fn repeat(
    iterations: u64,
    buffer: &mut Vec<u8>,
    encode: impl Fn(&Tiny, &mut Vec<u8>) -> Result<usize, EncodeError>,
) {
    let value = Tiny { byte: 7 };
    for _ in 0..iterations {
        buffer.clear();
        drop(encode(black_box(&value), buffer));
        black_box(&*buffer);
    }
}

#[inline]
fn repeat_fresh(iterations: u64, encode: impl Fn(&Tiny) -> Result<Vec<u8>, EncodeError>) {
    let value = Tiny { byte: 7 };
    for _ in 0..iterations {
        drop(black_box(encode(black_box(&value))));
    }
}

/// Nanoseconds of one encode of one byte, into a reused vector with the slot at hand, by an encoder, by
/// the free function, and to new vectors by the last two; and of 64 types in random order, as the first three. All by the interpreter, so that
/// the same code runs behind; this process must have been started so.
#[must_use]
pub fn overheads() -> Vec<f64> {
    let mut nanos = of_one_type();
    nanos.extend(in_random_order(
        Plan::FULL,
        [
            Case::encode_directly,
            Case::encode_by_encoder,
            Case::encode_globally,
        ],
    ));
    nanos
}

fn of_one_type() -> Vec<f64> {
    let buffer = Shared::default();
    let ways = [
        Way::Direct(Direct::new()),
        Way::Encoder,
        Way::Function,
        Way::EncoderFresh,
        Way::FunctionFresh,
    ];
    let mut subjects = ways.map(|way| One {
        way,
        buffer: &buffer,
    });
    let timings = measure::interleave(&mut WallClock::start(), Plan::FULL, &mut subjects);
    // What else runs on the processor can only add.
    let nanos = timings.iter().map(|timing| timing.lower_quartile_ns);
    nanos.collect()
}

/// The section. What the interpreter does is the median over so many processes: where one lies in memory decides by two nanoseconds how well it
/// guesses the calls of many types.
#[must_use]
pub fn section(plan: Plan, processes: usize) -> Section {
    let mut section = Section::new(
        "Finding the code of a type",
        "Nanoseconds per encode, which a quarter of the turns stayed below. One type: a struct of one byte, by the interpreter in \
         processes of its own, the median of them; the direct call takes the same steps with the slot at hand, as what they take (a frame, its end, the room in the vector) everybody \
         does who is called so. 64 types in random order: small messages, by what the global runtime makes of them after 10,000 \
         calls each, and the mean of three times 64 types.",
        &[
            "",
            "direct call",
            "Encoder",
            "free function",
            "Encoder - direct",
            "free function - Encoder",
        ],
    );
    let run = || child::run(Part::Entry, "interpreter");
    match child::medians(processes, run).as_deref() {
        Ok(
            &[
                direct,
                encoder,
                function,
                encoder_fresh,
                function_fresh,
                mixed_direct,
                mixed_encoder,
                mixed_function,
            ],
        ) => {
            let (over, over_encoder) = (encoder - direct, function - encoder);
            let name = "one type, one vector reused";
            section.line(line(name, Some(direct), encoder, function));
            let name = "one type, new vectors";
            section.line(line(name, None, encoder_fresh, function_fresh));
            section.state(
                format!("an encoder adds {over:.1} ns, at most 1"),
                over <= 1.0,
            );
            let text = format!("to_bytes_in adds {over_encoder:.1} ns to it, at most 3");
            section.state(text, over_encoder <= 3.0);
            let over_fresh = function_fresh - encoder_fresh;
            let text = format!("to_bytes adds {over_fresh:.1} ns to Encoder::encode, at most 3");
            section.state(text, over_fresh <= 3.0);
            let name = "64 types in random order, by the interpreter";
            section.line(line(
                name,
                Some(mixed_direct),
                mixed_encoder,
                mixed_function,
            ));
            let over = mixed_encoder - mixed_direct;
            let text = format!("in random order an encoder adds {over:.1} ns, at most 1");
            section.state(text, over <= 1.0);
            let over = mixed_function - mixed_encoder;
            let text = format!(
                "in random order by the interpreter to_bytes_in adds {over:.1} ns, at most 3"
            );
            section.state(text, over <= 3.0);
        }
        Ok(numbers) => section.state(format!("one type: not understood: {numbers:?}"), false),
        Err(error) => section.state(format!("one type: not measured: {error}"), false),
    }
    let [encoder, function] =
        in_random_order(plan, [Case::encode_by_encoder, Case::encode_globally]);
    let name = "64 types in random order, one vector reused";
    section.line(line(name, None, encoder, function));
    let over = function - encoder;
    let text = format!("in random order it adds {over:.1} ns, at most 3");
    section.state(text, over <= 3.0);
    section
}

/// A line; the direct call, where there is one, is at the slot.
fn line(name: &str, direct: Option<f64>, encoder: f64, function: f64) -> Vec<Cell> {
    vec![
        Cell::text(name),
        Cell::number(direct, 1),
        Cell::number(Some(encoder), 1),
        Cell::number(Some(function), 1),
        Cell::number(direct.map(|direct| encoder - direct), 1),
        Cell::number(Some(function - encoder), 1),
    ]
}

/// Types that are encoded in random order.
const TYPES: usize = 64;

/// Nanoseconds of an encode of 64 types in random order, each way: the mean of three times as many other types, for where
/// the functions for each lie in memory decides as much as what they do.
fn in_random_order<const WAYS: usize>(
    plan: Plan,
    ways: [fn(&Case, &mut Vec<u8>); WAYS],
) -> [f64; WAYS] {
    let cases = mixture::cases(3 * TYPES);
    let nanos: Vec<[f64; WAYS]> = cases
        .chunks(TYPES)
        .map(|cases| of_many_types(plan, ways, cases))
        .collect();
    // The difference of means is the mean of differences.
    core::array::from_fn(|way| {
        let sum: f64 = nanos.iter().map(|nanos| nanos[way]).sum();
        sum / nanos.len() as f64
    })
}

/// As [`in_random_order`], of these types.
fn of_many_types<const WAYS: usize>(
    plan: Plan,
    ways: [fn(&Case, &mut Vec<u8>); WAYS],
    cases: &[Case],
) -> [f64; WAYS] {
    warm(cases, &ways);
    let order = random_order(cases.len());
    let buffer = Shared::default();
    let mut subjects = ways.map(|encode| Mix {
        encode,
        cases,
        order: &order,
        next: 0,
        buffer: &buffer,
    });
    let timings = measure::interleave(&mut WallClock::start(), plan, &mut subjects);
    core::array::from_fn(|way| timings[way].lower_quartile_ns)
}

/// Encodes until every type is in the tier it stays in: all ways, for each finds the type by itself the first time. Type by type, so
/// that where programs lie in memory does not tell the ways apart.
fn warm(cases: &[Case], ways: &[fn(&Case, &mut Vec<u8>)]) {
    let mut buffer = Vec::new();
    for case in cases {
        case.find_slot();
        for _ in 0..10_000 {
            for encode in ways {
                buffer.clear();
                encode(case, &mut buffer);
            }
        }
    }
    let start = Instant::now();
    while vox::stats().waiting > 0 && start.elapsed() < PATIENCE {
        std::thread::sleep(Duration::from_millis(1));
    }
}
