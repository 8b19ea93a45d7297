//! What machine code costs to make: time and bytes, per scalar field.

use std::time::Instant;

use vox::{Runtime, Tier};

use super::{Cell, Section};
use crate::measure::median;
use crate::workload::scalars::{Mixed, Runs};
use crate::workload::{Encodable, enums, gnarly, options};

/// The most a scalar field may take.
const MOST_MICROS: f64 = 15.0;
/// And in code.
const MOST_BYTES: f64 = 70.0;

/// The section; each compile is done so many times.
#[must_use]
pub fn section(times: usize) -> Section {
    let mut section = Section::new(
        "Making machine code",
        "Each compile in a runtime of its own that has compiled another type before; the median. The last two columns \
         are per scalar field, where the type is nothing else.",
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
    let mixed = line::<Mixed>(
        &mut section,
        "64 scalars, types taking turns",
        times,
        Some(64),
    );
    line::<Runs>(
        &mut section,
        "64 scalars in runs of a type",
        times,
        Some(64),
    );
    line::<gnarly::GnarlyPayload>(&mut section, "gnarly", times, None);
    line::<Vec<options::Record>>(&mut section, "list of records of 32 options", times, None);
    line::<Vec<enums::Event>>(&mut section, "list of enums of 16 variants", times, None);
    if let Some((micros, bytes)) = mixed {
        let text = format!("a scalar field takes {micros:.1} us, at most {MOST_MICROS}");
        section.state(text, micros <= MOST_MICROS);
        let text = format!("and {bytes:.0} bytes of code, at most {MOST_BYTES}");
        section.state(text, bytes <= MOST_BYTES);
    }
    section
}

/// Adds a line; answers microseconds and bytes per field.
fn line<T: Encodable>(
    section: &mut Section,
    name: &str,
    times: usize,
    fields: Option<u32>,
) -> Option<(f64, f64)> {
    let samples: Option<Vec<(f64, f64)>> = (0..times).map(|_| compile::<T>()).collect();
    let Some(samples) = samples.filter(|samples| !samples.is_empty()) else {
        section.state(format!("{name}: compiled"), false);
        return None;
    };
    let micros = median(samples.iter().map(|sample| sample.0).collect());
    let bytes = samples[0].1;
    let per_field = fields.map(|fields| (micros / f64::from(fields), bytes / f64::from(fields)));
    section.line(vec![
        Cell::text(name),
        Cell::number(Some(micros), 0),
        Cell::number(Some(bytes), 0),
        Cell::number(per_field.map(|it| it.0), 1),
        Cell::number(per_field.map(|it| it.1), 0),
    ]);
    per_field
}

/// Microseconds and bytes of one compile.
fn compile<T: Encodable>() -> Option<(f64, f64)> {
    let runtime = Runtime::builder()
        .tier(Tier::Optimized)
        .background(false)
        .build();
    runtime.prepare::<Vec<String>>(Tier::Optimized).ok()?;
    let start = Instant::now();
    runtime.prepare::<T>(Tier::Optimized).ok()?;
    let micros = start.elapsed().as_secs_f64() * 1e6;
    let bytes = runtime.report::<T>().code_bytes?;
    // Exact below 2^53.
    Some((micros, bytes as f64))
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
        assert_eq!(section.lines.len(), 5, "{section:?}");
        for line in &section.lines {
            assert!(line[1].is_positive() && line[2].is_positive(), "{line:?}");
        }
    }
}
