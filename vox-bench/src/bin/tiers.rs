//! Times the tiers against each other: one type in a loop, 64 types in random order, and what making the
//! baseline costs. Everything is checked against the interpreter's bytes first.

#![allow(dead_code, reason = "facet reads these fields, rustc does not see it")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use facet::Facet;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};
use vox::{Runtime, Tier};

/// Rounds of each measurement, of which the fastest counts; tiers take turns.
const ROUNDS: usize = 25;

/// Encodes one value behind the buffer's end.
type Encode = Box<dyn Fn(&Runtime, &mut Vec<u8>)>;

macro_rules! family {
    ($random:expr; $($name:ident { $($field:ident: $ty:ty),* }),* $(,)?) => {{
        let mut encodes: Vec<(&'static str, Encode)> = Vec::new();
        $(
            #[derive(Facet, Clone)]
            struct $name<const N: usize> { mark: [u8; N], $($field: $ty),* }
            family!(@sizes encodes, $random, $name { $($field),* }, 1 2 3 4 5 6 7 8);
        )*
        encodes
    }};
    (@sizes $encodes:ident, $random:expr, $name:ident $fields:tt, $($n:literal)*) => {
        $( family!(@one $encodes, $random, $name $fields, $n); )*
    };
    (@one $encodes:ident, $random:expr, $name:ident { $($field:ident),* }, $n:literal) => {
        let value = $name::<$n> { mark: [7; $n], $($field: Some_::some($random)),* };
        $encodes.push((
            concat!(stringify!($name), "_", stringify!($n)),
            Box::new(move |runtime, buffer| {
                runtime.to_bytes_in(black_box(&value), buffer).expect("it encodes");
            }),
        ));
    };
}

/// Some value of a type.
trait Some_ {
    fn some(random: &mut Xoshiro256PlusPlus) -> Self;
}

macro_rules! some {
    ($($ty:ty: |$random:ident| $value:expr;)*) => { $(
        impl Some_ for $ty {
            fn some($random: &mut Xoshiro256PlusPlus) -> Self { $value }
        }
    )* };
}

some! {
    u8: |random| random.next_u32().to_le_bytes()[0];
    u16: |random| u16::from_le_bytes([u8::some(random), u8::some(random) & 3]);
    u32: |random| random.next_u32() >> (random.next_u32() % 32);
    u64: |random| random.next_u64() >> (random.next_u32() % 64);
    i32: |random| u32::some(random).cast_signed();
    i64: |random| u64::some(random).cast_signed();
    f64: |random| f64::from(random.next_u32());
    bool: |random| random.next_u32().is_multiple_of(2);
    String: |random| "text of some length".chars().take((random.next_u32() % 20) as usize).collect();
    Vec<u32>: |random| (0..random.next_u32() % 8).map(|_| u32::some(random)).collect();
    Option<u32>: |random| bool::some(random).then(|| u32::some(random));
    Option<String>: |random| bool::some(random).then(|| String::some(random));
    Vec<(u32, String)>: |random| (0..random.next_u32() % 4).map(|_| (u32::some(random), String::some(random))).collect();
}

fn types(random: &mut Xoshiro256PlusPlus) -> Vec<(&'static str, Encode)> {
    family! { random;
        Integers { a: u32, b: u32, c: u32, d: u32, e: u32, f: u32, g: u32, h: u32, i: u32, j: u32, k: u32, l: u32 },
        Mixed { a: u64, b: u16, c: i32, d: i64, e: u8, f: bool, g: f64, h: u32 },
        Text { a: String, b: u32, c: String, d: u64 },
        Options { a: Option<u32>, b: Option<u32>, c: Option<String>, d: u32 },
        Lists { a: Vec<u32>, b: u32, c: Vec<u32> },
        Records { a: u32, b: Vec<(u32, String)> },
        Floats { a: f64, b: f64, c: f64, d: bool, e: bool },
        Wide { a: u64, b: String, c: Option<u32>, d: Vec<u32>, e: i64, f: u16, g: u16, h: i32 },
    }
}

fn runtime(tier: Tier) -> Runtime {
    Runtime::builder().tier(tier).background(false).build()
}

/// Nanoseconds per encode, the fastest of all rounds for each tier.
fn race(runtimes: &[(Tier, Runtime)], encodes: &[(&str, Encode)], order: &[usize]) -> Vec<f64> {
    let mut best = vec![Duration::MAX; runtimes.len()];
    let mut buffer = Vec::with_capacity(1 << 20);
    for _ in 0..ROUNDS {
        for (best, (_, runtime)) in best.iter_mut().zip(runtimes) {
            buffer.clear();
            let start = Instant::now();
            for index in order {
                if buffer.len() > 1 << 19 {
                    buffer.clear();
                }
                encodes[*index].1(runtime, &mut buffer);
            }
            *best = (*best).min(start.elapsed());
        }
    }
    best.iter()
        .map(|time| time.as_secs_f64() * 1e9 / order.len() as f64)
        .collect()
}

fn print(name: &str, times: &[f64]) {
    print!("{name:<24}");
    for time in times {
        print!("{time:>14.1}");
    }
    println!("{:>14.2}", times[0] / times[1]);
}

fn main() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(6);
    let encodes = types(&mut random);
    let tiers = vox::available_tiers();
    let runtimes: Vec<(Tier, Runtime)> = tiers.iter().map(|tier| (*tier, runtime(*tier))).collect();
    for (name, encode) in &encodes {
        let outputs: Vec<Vec<u8>> = runtimes
            .iter()
            .map(|(_, runtime)| {
                let mut buffer = Vec::new();
                encode(runtime, &mut buffer);
                buffer
            })
            .collect();
        assert!(outputs.iter().all(|it| *it == outputs[0]), "{name}");
    }
    if tiers.len() < 2 {
        println!("there is no machine code on this processor");
        return;
    }
    print!("{:<24}", "ns per encode");
    tiers
        .iter()
        .for_each(|tier| print!("{:>14}", tier.to_string()));
    println!("{:>14}", "1st / 2nd");
    for (index, (name, _)) in encodes.iter().enumerate().step_by(8) {
        print(name, &race(&runtimes, &encodes, &[index; 2000]));
    }
    let order: Vec<usize> = (0..20_000)
        .map(|_| random.next_u32() as usize % encodes.len())
        .collect();
    print("64 types, random order", &race(&runtimes, &encodes, &order));
    let runs: Vec<usize> = order
        .iter()
        .step_by(16)
        .flat_map(|index| [*index; 16])
        .collect();
    print("64 types, runs of 16", &race(&runtimes, &encodes, &runs));
}
