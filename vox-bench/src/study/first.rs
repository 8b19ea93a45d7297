//! First encodes: in new processes, and the latency of the first calls of many types.

use std::time::Instant;

use super::child::{self, Part};
use super::{Cell, Chart, Section};
use crate::measure::median;
use crate::mixture;

/// Microseconds of the first encode of a process, and of the first of another type behind it. Both have
/// sixteen fields.
#[must_use]
pub fn first_encode() -> Vec<f64> {
    // Every fourth type of the mixture is one of sixteen integers.
    let cases = mixture::cases(5);
    let mut buffer = Vec::with_capacity(1024);
    let mut time = |idx: usize| {
        let start = Instant::now();
        cases[idx].encode_globally(&mut buffer);
        start.elapsed().as_secs_f64() * 1e6
    };
    vec![time(0), time(4)]
}

/// The section on new processes, of which there are so many.
#[must_use]
pub fn section(processes: usize) -> Section {
    let mut section = Section::new(
        "First encode",
        "Microseconds until the first encode of a type of sixteen fields is done, the median over processes: as the first \
         of its process, and after another type was encoded.",
        &[
            "setting",
            "first of the process, us",
            "of another type after it, us",
            "processes",
        ],
    );
    for tier in ["auto", "interpreter", "optimized"] {
        let mut samples = Vec::new();
        for _ in 0..processes {
            match child::run(Part::First, tier).as_deref() {
                Ok(&[cold, warm]) => samples.push((cold, warm)),
                Ok(numbers) => section.state(format!("{tier}: not understood: {numbers:?}"), false),
                Err(error) => section.state(format!("{tier}: not measured: {error}"), false),
            }
        }
        if samples.is_empty() {
            continue;
        }
        let cold = median(samples.iter().map(|it| it.0).collect());
        let warm = median(samples.iter().map(|it| it.1).collect());
        section.line(vec![
            Cell::text(tier),
            Cell::number(Some(cold), 1),
            Cell::number(Some(warm), 1),
            // Exact below 2^53.
            Cell::number(Some(samples.len() as f64), 0),
        ]);
        if tier == "auto" {
            let text = format!("by default {cold:.0} us in a new process, at most 50");
            section.state(text, cold <= 50.0);
            section.state(
                format!("and {warm:.1} us after that, at most 10"),
                warm <= 10.0,
            );
        }
    }
    section
}

/// Upper ends of the buckets, in nanoseconds; the last bucket has none.
const BUCKETS: [u64; 8] = [100, 300, 1_000, 3_000, 10_000, 30_000, 100_000, 1_000_000];

/// The section on the first calls of many types, by the global runtime, which compiles in the background meanwhile.
#[must_use]
pub fn latencies(types: usize, calls: usize) -> Section {
    let mut section = Section::new(
        "Latency of first calls",
        "So many calls of every type, in turns, by the default policy of a process that has not seen them: machine \
         code is made on a background thread meanwhile. A call that waits for the system's scheduler counts \
         like any other.",
        &["up to", "calls"],
    );
    let cases = mixture::cases(types);
    let mut counts = [0_u64; BUCKETS.len() + 1];
    let mut worst = 0;
    let mut buffer = Vec::with_capacity(4096);
    for _ in 0..calls {
        for case in &cases {
            buffer.clear();
            let start = Instant::now();
            case.encode_globally(&mut buffer);
            let nanos = u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX);
            counts[bucket(nanos)] += 1;
            worst = worst.max(nanos);
        }
    }
    let mut groups = Vec::new();
    for (idx, count) in counts.into_iter().enumerate() {
        let name = match BUCKETS.get(idx) {
            Some(nanos) => format!("{} us", *nanos as f64 / 1e3),
            None => "more".to_owned(),
        };
        // Exact below 2^53.
        let count = count as f64;
        section.line(vec![Cell::text(name.clone()), Cell::number(Some(count), 0)]);
        groups.push((name, vec![(count > 0.0).then_some(count)]));
    }
    section.charts.push(Chart {
        title: "Latency of first calls".to_owned(),
        unit: "calls".to_owned(),
        series: vec![format!("{types} types, {calls} calls each")],
        groups,
    });
    let micros = worst as f64 / 1e3;
    section.state(
        format!("the worst call took {micros:.0} us, at most 1,000 outside scheduling noise"),
        worst <= 1_000_000,
    );
    section
}

/// The bucket of a latency.
fn bucket(nanos: u64) -> usize {
    BUCKETS.partition_point(|end| *end < nanos)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_include_their_ends() {
        assert_eq!(bucket(0), 0);
        assert_eq!(bucket(100), 0);
        assert_eq!(bucket(101), 1);
        assert_eq!(bucket(1_000_000), 7);
        assert_eq!(bucket(1_000_001), 8);
    }

    #[test]
    fn every_call_is_counted() {
        let section = latencies(8, 5);
        let counted: f64 = section
            .lines
            .iter()
            .map(|line| match &line[1] {
                Cell::Number { value, .. } => *value,
                cell => panic!("{cell:?}"),
            })
            .sum();
        assert!((counted - 40.0).abs() < 1e-9, "{section:?}");
    }
}
