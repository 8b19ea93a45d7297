//! What baseline code costs to emit, per op of a program.

use std::hint::black_box;
use std::time::Instant;

use facet::{Facet, Shape};
use vox_core::lower::LowerOptions;
use vox_core::program::Program;
use vox_core::registry::Registry;
use vox_jit::baseline::{self, Generator};

use super::{Cell, Section};
use crate::measure::quantile;
use crate::workload::{borrows, enums, gnarly, maps, options, scalars, tree};

/// The most an op may take.
const MOST_NANOS: f64 = 10.0;
/// And in code.
const MOST_BYTES: f64 = 20.0;

/// How often a program is emitted between two looks at the clock, which takes as long to read as two ops to emit.
const AT_ONCE: usize = 4;

/// A program, and what it took to emit.
struct Emitted {
    name: &'static str,
    registry: Registry,
    shape: &'static Shape,
    /// Nanoseconds of each time.
    samples: Vec<f64>,
    bytes: usize,
}

impl Emitted {
    fn new<T: Facet<'static>>(name: &'static str) -> Self {
        Self {
            name,
            registry: Registry::new(LowerOptions {
                probed_layouts: true,
            }),
            shape: T::SHAPE,
            samples: Vec::new(),
            bytes: 0,
        }
    }

    fn program(&self) -> &Program {
        let slot = self.registry.slot(self.shape).expect("the type is encoded");
        slot.program().expect("slots that are answered have one")
    }

    /// Emits it, a few times.
    fn emit(&mut self, generator: &mut Generator, codes: &mut Vec<u8>) {
        codes.clear();
        let program = self.program();
        let start = Instant::now();
        for _ in 0..AT_ONCE {
            codes.extend_from_slice(generator.generate(program).expect("the program is small"));
        }
        let nanos = start.elapsed().as_secs_f64() * 1e9;
        self.bytes = black_box(codes).len() / AT_ONCE;
        self.samples.push(nanos / AT_ONCE as f64);
    }

    fn ops(&self) -> f64 {
        // Exact below 2^53.
        self.program().code.op_count() as f64
    }

    /// A quarter of the times took less: what else runs on the processor can only make it slower.
    fn nanos(&self) -> f64 {
        quantile(&self.samples, 0.25)
    }

    fn median(&self) -> f64 {
        quantile(&self.samples, 0.5)
    }
}

/// The section; each program is emitted so many times, in turns.
#[must_use]
pub fn section(times: usize) -> Section {
    let mut section = Section::new(
        "Emitting baseline code",
        "From a program to bytes of code, appended to others as for publishing, which is not included; by a generator that made others before. The ops of all \
         blocks are counted, prologue and cold paths are counted to them. A quarter of the times took less than what is told first.",
        &[
            "type",
            "ops",
            "ns",
            "ns, median",
            "bytes",
            "ns per op",
            "bytes per op",
        ],
    );
    if !baseline::IS_AVAILABLE {
        section.state(
            "there is a baseline tier on this processor".to_owned(),
            false,
        );
        return section;
    }
    let mut all = [
        Emitted::new::<gnarly::GnarlyPayload>("gnarly"),
        Emitted::new::<Vec<options::Record>>("list of records of 32 options"),
        Emitted::new::<Vec<enums::Event>>("list of enums of 16 variants"),
        Emitted::new::<scalars::Mixed>("64 scalars, types taking turns"),
        Emitted::new::<maps::Maps>("maps"),
        Emitted::new::<Vec<borrows::Record<'static>>>("list of records of pointers"),
        Emitted::new::<tree::Node>("tree"),
    ];
    let (mut generator, mut codes) = (Generator::default(), Vec::new());
    for _ in 0..times.max(1) {
        for one in &mut all {
            one.emit(&mut generator, &mut codes);
        }
    }
    for one in &mut all {
        one.samples.sort_by(f64::total_cmp);
        line(&mut section, one);
    }
    state(&mut section, &all);
    section
}

fn line(section: &mut Section, one: &Emitted) {
    let bytes = one.bytes as f64;
    section.line(vec![
        Cell::text(one.name),
        Cell::number(Some(one.ops()), 0),
        Cell::number(Some(one.nanos()), 0),
        Cell::number(Some(one.median()), 0),
        Cell::number(Some(bytes), 0),
        Cell::number(Some(one.nanos() / one.ops()), 1),
        Cell::number(Some(bytes / one.ops()), 1),
    ]);
}

/// What an op takes, of all programs.
fn state(section: &mut Section, all: &[Emitted]) {
    let total = |part: fn(&Emitted) -> f64| all.iter().map(part).sum::<f64>();
    let ops = total(Emitted::ops);
    let (nanos, median) = (total(Emitted::nanos) / ops, total(Emitted::median) / ops);
    let bytes = total(|it| it.bytes as f64) / ops;
    section.state(
        format!("an op takes {nanos:.1} ns to emit, at most {MOST_NANOS} (median {median:.1})"),
        nanos <= MOST_NANOS,
    );
    section.state(
        format!("and {bytes:.1} bytes of code, at most {MOST_BYTES}"),
        bytes <= MOST_BYTES,
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_program_has_ops_and_bytes() {
        if !baseline::IS_AVAILABLE {
            return;
        }
        let section = section(1);
        assert_eq!(section.lines.len(), 7);
        for line in &section.lines {
            assert!(line[1..].iter().all(Cell::is_positive), "{line:?}");
        }
        assert_eq!(section.statements.len(), 2);
    }
}
