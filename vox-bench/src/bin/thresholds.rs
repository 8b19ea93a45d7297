//! When compiling pays: for each workload, the work the interpreter does in the time that compiling its type takes.
//!
//! The thresholds of `vox/src/runtime/tier_up.rs` are read off this table. Build it for release.

use std::hint::black_box;
use std::time::{Duration, Instant};

use clap::Parser;
use vox_bench::workload::{self, Value, Visitor, Workload};
use vox_core::lower::LowerOptions;
use vox_core::registry::Registry;
use vox_core::sink::vec;
use vox_core::slot::Slot;
use vox_jit::{Compiler, CompilerOptions};

/// Prints when compiling pays, one workload a line.
#[derive(Debug, Parser)]
struct Arguments {
    /// Only workloads that have NAME in their name.
    #[arg(long, value_name = "NAME", default_value = "")]
    filter: String,
    /// Milliseconds of encoding per workload and tier.
    #[arg(long, default_value_t = 20)]
    milliseconds: u64,
}

const MAX_DEPTH: u64 = 128;

/// One line of the table.
struct Line {
    ops: usize,
    compile_ns: f64,
    ns_per_work: f64,
    speedup: f64,
}

impl Line {
    /// Work done in the time of the compilation.
    fn break_even(&self) -> f64 {
        self.compile_ns / self.ns_per_work
    }
}

struct Table {
    arguments: Arguments,
    lines: Vec<Line>,
}

impl Visitor for Table {
    fn wants(&mut self, workload: &Workload) -> bool {
        workload.name.contains(&self.arguments.filter)
    }

    fn visit<T: Value>(&mut self, workload: &Workload, value: &T) {
        let line = measured(value, Duration::from_millis(self.arguments.milliseconds));
        println!(
            "{:24} {:5} {:10.0} {:8.2} {:8.1} {:12.0} {:8.0}",
            workload.name,
            line.ops,
            line.compile_ns / 1e3,
            line.ns_per_work,
            line.speedup,
            line.break_even(),
            line.compile_ns / line.ops as f64 / line.ns_per_work,
        );
        self.lines.push(line);
    }
}

fn measured<T: Value>(value: &T, time: Duration) -> Line {
    let registry = Registry::new(LowerOptions {
        probed_layouts: true,
    });
    let slot = registry.slot(T::SHAPE).expect("workloads can be encoded");
    let slots = registry.closure(slot);
    let work = || slots.iter().map(|slot| slot.work()).sum::<u64>();
    let before = work();
    let mut encodes = 0_u64;
    let interpreted = timed(slot, value, time, &mut encodes);
    let work_per_encode = (work() - before) as f64 / encodes as f64;
    let compiler = Compiler::new(CompilerOptions::default()).expect("this processor");
    // The first compilation pays for much that later ones do not.
    drop(compiler.list(slot.program().expect("it is lowered")));
    let start = Instant::now();
    // SAFETY: the compiler lives to the end of this function, and so does every call.
    let batch = unsafe { compiler.compile(&slots) };
    let compile = start.elapsed();
    assert!(
        batch.programs.iter().all(Result::is_ok),
        "workloads compile"
    );
    let compiled = timed(slot, value, time, &mut encodes);
    let ops = |slot: &&Slot| slot.program().map_or(0, |it| it.code.op_count());
    Line {
        ops: slots.iter().map(ops).sum(),
        compile_ns: compile.as_nanos() as f64,
        ns_per_work: interpreted / work_per_encode,
        speedup: interpreted / compiled,
    }
}

/// Nanoseconds per encode.
fn timed<T: Value>(slot: &Slot, value: &T, time: Duration, encodes: &mut u64) -> f64 {
    let mut buffer = Vec::new();
    let address = core::ptr::from_ref(value).cast();
    let start = Instant::now();
    let mut count = 0_u64;
    while start.elapsed() < time {
        for _ in 0..16 {
            buffer.clear();
            // SAFETY: the slot encodes the value's type, which is sized, and the value is borrowed.
            let encoded = unsafe { vec::append(slot, address, &mut buffer, MAX_DEPTH) };
            let _ = black_box(encoded.expect("workloads can be encoded"));
        }
        count += 16;
    }
    *encodes += count;
    start.elapsed().as_nanos() as f64 / count as f64
}

/// The middle one.
fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_unstable_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(f64::NAN)
}

fn main() {
    println!(
        "{:24} {:>5} {:>10} {:>8} {:>8} {:>12} {:>8}",
        "workload", "ops", "compile us", "ns/work", "speed-up", "break-even", "per op"
    );
    let mut table = Table {
        arguments: Arguments::parse(),
        lines: Vec::new(),
    };
    workload::visit_rows(&mut table);
    let of = |number: fn(&Line) -> f64| median(table.lines.iter().map(number).collect());
    println!(
        "medians: {:.1} ns per work, {:.1} us of compiling per op, break-even after {:.0} work per op",
        of(|it| it.ns_per_work),
        of(|it| it.compile_ns / 1e3 / it.ops as f64),
        of(|it| it.break_even() / it.ops as f64),
    );
}
