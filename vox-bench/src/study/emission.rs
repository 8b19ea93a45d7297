//! What baseline code costs to emit, per op of a program.

use std::time::Instant;

use facet::Facet;
use vox_core::lower::LowerOptions;
use vox_core::registry::Registry;
use vox_jit::baseline::{self, Generator};

use super::{Cell, Section};
use crate::measure::median;
use crate::workload::{borrows, enums, gnarly, maps, options, scalars, tree};

/// The most an op may take.
const MOST_NANOS: f64 = 10.0;
/// And in code.
const MOST_BYTES: f64 = 20.0;

/// How often a program is emitted between two looks at the clock, which takes as long to read as two ops to emit.
const AT_ONCE: usize = 4;

/// What one program's code took.
struct Emitted {
    ops: f64,
    bytes: f64,
    nanos: f64,
}

/// The section; each program is emitted so many times, and the median counts.
#[must_use]
pub fn section(times: usize) -> Section {
    let mut section = Section::new(
        "Emitting baseline code",
        "From a program to bytes of code in memory of their own: emission alone, without publishing, by a generator that made others before. The ops of all \
         blocks are counted, prologue and cold paths are counted to them.",
        &["type", "ops", "ns", "bytes", "ns per op", "bytes per op"],
    );
    if !baseline::IS_AVAILABLE {
        section.state(
            "there is a baseline tier on this processor".to_owned(),
            false,
        );
        return section;
    }
    let all = [
        line::<gnarly::GnarlyPayload>(&mut section, "gnarly", times),
        line::<Vec<options::Record>>(&mut section, "list of records of 32 options", times),
        line::<Vec<enums::Event>>(&mut section, "list of enums of 16 variants", times),
        line::<scalars::Mixed>(&mut section, "64 scalars, types taking turns", times),
        line::<maps::Maps>(&mut section, "maps", times),
        line::<Vec<borrows::Record<'static>>>(&mut section, "list of records of pointers", times),
        line::<tree::Node>(&mut section, "tree", times),
    ];
    let total = |part: fn(&Emitted) -> f64| all.iter().map(part).sum::<f64>();
    let ops = total(|it| it.ops);
    let (nanos, bytes) = (total(|it| it.nanos) / ops, total(|it| it.bytes) / ops);
    section.state(
        format!("an op takes {nanos:.1} ns to emit, at most {MOST_NANOS}"),
        nanos <= MOST_NANOS,
    );
    section.state(
        format!("and {bytes:.1} bytes of code, at most {MOST_BYTES}"),
        bytes <= MOST_BYTES,
    );
    section
}

fn line<T: Facet<'static>>(section: &mut Section, name: &str, times: usize) -> Emitted {
    let emitted = emit::<T>(times.max(1));
    section.line(vec![
        Cell::text(name),
        Cell::number(Some(emitted.ops), 0),
        Cell::number(Some(emitted.nanos), 0),
        Cell::number(Some(emitted.bytes), 0),
        Cell::number(Some(emitted.nanos / emitted.ops), 1),
        Cell::number(Some(emitted.bytes / emitted.ops), 1),
    ]);
    emitted
}

fn emit<T: Facet<'static>>(times: usize) -> Emitted {
    let registry = Registry::new(LowerOptions {
        probed_layouts: true,
    });
    let slot = registry.slot(T::SHAPE).expect("the type is encoded");
    let program = slot.program().expect("slots that are answered have one");
    let mut bytes = 0;
    let mut generator = Generator::default();
    let samples = (0..times).map(|_| {
        let mut codes = [const { Vec::new() }; AT_ONCE];
        let start = Instant::now();
        for code in &mut codes {
            *code = generator.generate(program).expect("the program is small");
        }
        let nanos = start.elapsed().as_secs_f64() * 1e9;
        bytes = codes[0].len();
        nanos / AT_ONCE as f64
    });
    let nanos = median(samples.collect());
    // Exact below 2^53.
    Emitted {
        ops: program.code.op_count() as f64,
        bytes: bytes as f64,
        nanos,
    }
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
