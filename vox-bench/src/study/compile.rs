//! What machine code costs to make: time and bytes, per scalar field.
//!
//! Scalars beside each other are written by one routine on some processors, and cost next to nothing then. So there is
//! a type whose scalars stand between strings as well: what it costs more than one of the strings alone is theirs.

use std::time::Instant;

use facet::Facet;
use vox::{Runtime, Tier};

use super::{Cell, Section};
use crate::measure::median;
use crate::workload::scalars::{Mixed, Runs};
use crate::workload::{enums, gnarly, options};

/// The most a scalar field may take.
const MOST_MICROS: f64 = 15.0;
/// And in code.
const MOST_BYTES: f64 = 70.0;

/// Strings, and nothing else.
#[derive(Facet)]
#[allow(dead_code, reason = "facet reads it")]
struct Strings {
    a: String,
    b: String,
    c: String,
    d: String,
    e: String,
    f: String,
    g: String,
    h: String,
    i: String,
    j: String,
    k: String,
    l: String,
    m: String,
    n: String,
    o: String,
    p: String,
}

/// The same strings, a scalar behind each.
#[derive(Facet)]
#[allow(dead_code, reason = "facet reads it")]
struct Between {
    a: String,
    aa: u32,
    b: String,
    bb: u64,
    c: String,
    cc: i32,
    d: String,
    dd: u16,
    e: String,
    ee: i64,
    f: String,
    ff: f64,
    g: String,
    gg: bool,
    h: String,
    hh: char,
    i: String,
    ii: u32,
    j: String,
    jj: u64,
    k: String,
    kk: i32,
    l: String,
    ll: u16,
    m: String,
    mm: i64,
    n: String,
    nn: f64,
    o: String,
    oo: bool,
    p: String,
    pp: char,
}

/// The section; each compile is done so many times.
#[must_use]
pub fn section(times: usize) -> Section {
    let mut section = Section::new(
        "Making machine code",
        "Each compile in a runtime of its own that has compiled another type before; the median. The last two columns \
         are per scalar field, where the type is nothing else; and of those behind strings, what they add to the strings alone.",
        &[
            "type",
            "us",
            "bytes of code",
            "us per field",
            "bytes per field",
        ],
    );
    if !vox::available_tiers().contains(&Tier::Optimized) {
        section.state("this build of vox makes machine code".to_owned(), false);
        return section;
    }
    let alone = line::<Mixed>(&mut section, "64 scalars, types taking turns", times, 64);
    line::<Runs>(&mut section, "64 scalars in runs of a type", times, 64);
    // In turns, for it is the difference that counts.
    let name = "16 strings, a scalar behind each";
    let both = [compile::<Strings>, compile::<Between>];
    if let Some([strings, between]) = measure(&mut section, name, times, both) {
        section.line(cells("16 strings", strings, None));
        let scalars = Made {
            micros: between.micros - strings.micros,
            bytes: between.bytes - strings.bytes,
        };
        section.line(cells(name, between, Some(scalars.part(16))));
        state(
            &mut section,
            "a scalar field behind a string",
            scalars.part(16),
        );
    }
    line::<gnarly::GnarlyPayload>(&mut section, "gnarly", times, 0);
    line::<Vec<options::Record>>(&mut section, "list of records of 32 options", times, 0);
    line::<Vec<enums::Event>>(&mut section, "list of enums of 16 variants", times, 0);
    if let Some(made) = alone {
        state(&mut section, "a scalar field", made.part(64));
    }
    section
}

/// What one compile takes and makes.
#[derive(Debug, Clone, Copy)]
struct Made {
    micros: f64,
    bytes: f64,
}

impl Made {
    /// The part of one of so many fields.
    fn part(self, fields: u32) -> Self {
        Self {
            micros: self.micros / f64::from(fields),
            bytes: self.bytes / f64::from(fields),
        }
    }
}

fn state(section: &mut Section, what: &str, Made { micros, bytes }: Made) {
    let text = format!("{what} takes {micros:.1} us, at most {MOST_MICROS}");
    section.state(text, micros <= MOST_MICROS);
    let text = format!("and {bytes:.0} bytes of code, at most {MOST_BYTES}");
    section.state(text, bytes <= MOST_BYTES);
}

/// Adds a line of a type of so many scalar fields, 0 where there is something else.
fn line<T: Facet<'static>>(
    section: &mut Section,
    name: &str,
    times: usize,
    fields: u32,
) -> Option<Made> {
    let [made] = measure(section, name, times, [compile::<T>])?;
    section.line(cells(name, made, (fields > 0).then(|| made.part(fields))));
    Some(made)
}

/// The medians of so many compiles of each type, which take turns.
fn measure<const TYPES: usize>(
    section: &mut Section,
    name: &str,
    times: usize,
    compiles: [fn() -> Option<Made>; TYPES],
) -> Option<[Made; TYPES]> {
    let turn = || compiles.iter().map(|compile| compile()).collect();
    let turns: Option<Vec<Vec<Made>>> = (0..times).map(|_| turn()).collect();
    let Some(turns) = turns.filter(|turns| !turns.is_empty()) else {
        section.state(format!("{name}: compiled"), false);
        return None;
    };
    Some(core::array::from_fn(|idx| Made {
        micros: median(turns.iter().map(|turn| turn[idx].micros).collect()),
        bytes: turns[0][idx].bytes,
    }))
}

fn cells(name: &str, made: Made, part: Option<Made>) -> Vec<Cell> {
    vec![
        Cell::text(name),
        Cell::number(Some(made.micros), 0),
        Cell::number(Some(made.bytes), 0),
        Cell::number(part.map(|part| part.micros), 1),
        Cell::number(part.map(|part| part.bytes), 0),
    ]
}

/// Microseconds and bytes of one compile.
fn compile<T: Facet<'static>>() -> Option<Made> {
    let runtime = Runtime::builder()
        .tier(Tier::Optimized)
        .background(false)
        .build();
    runtime.prepare::<Vec<String>>(Tier::Optimized).ok()?;
    let start = Instant::now();
    runtime.prepare::<T>(Tier::Optimized).ok()?;
    let micros = start.elapsed().as_secs_f64() * 1e6;
    // Exact below 2^53.
    let bytes = runtime.report::<T>().code_bytes? as f64;
    Some(Made { micros, bytes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_compile_takes_time_and_bytes() {
        if !vox::available_tiers().contains(&Tier::Optimized) {
            return;
        }
        let section = section(1);
        assert_eq!(section.lines.len(), 7, "{section:?}");
        for line in &section.lines {
            assert!(line[1].is_positive() && line[2].is_positive(), "{line:?}");
        }
    }
}
