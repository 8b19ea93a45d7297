//! First encodes: in new processes, and the latency of the first calls of many types.

use core::iter;
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use super::child::{self, Installed, Part};
use super::{Cell, Chart, Section};
use crate::measure::median;
use crate::mixture;
use crate::switches::Switches;

/// Other types that are encoded behind the first one of a process. The code of each is its own, and may be in a page that the process has not
/// touched before: several, so that this does not decide.
const OTHERS: usize = 5;

/// Microseconds of the first encode of a process, and of the first of another type behind it, the median of [`OTHERS`]. All have
/// sixteen fields.
#[must_use]
pub fn first_encode() -> Vec<f64> {
    // Every fourth type of the mixture is one of sixteen integers.
    const EVERY: usize = 4;
    let cases = mixture::cases(EVERY * OTHERS + 1);
    let mut buffer = Vec::with_capacity(1024);
    let mut time = |idx: usize| {
        let start = Instant::now();
        cases[idx].encode_globally(&mut buffer);
        start.elapsed().as_secs_f64() * 1e6
    };
    let first = time(0);
    let others = (1..=OTHERS).map(|other| time(EVERY * other)).collect();
    vec![first, median(others)]
}

/// The section on new processes, of which there are so many.
#[must_use]
pub fn section(processes: usize) -> Section {
    let mut section = Section::new(
        "First encode",
        &format!(
            "Microseconds until the first encode of a type of sixteen fields is done, the median over processes of a copy of this program: as the \
             first of its process, and after other types were encoded, the median of {OTHERS}."
        ),
        &[
            "setting",
            "first of the process, us",
            "of others after it, us",
            "processes",
        ],
    );
    let program = match Installed::new() {
        Ok(program) => program,
        Err(error) => {
            section.state(format!("not measured: {error}"), false);
            return section;
        }
    };
    for tier in ["auto", "interpreter", "optimized"] {
        let found = child::medians(processes, || program.run(Part::First, tier));
        let (cold, warm) = match found.as_deref() {
            Ok(&[cold, warm]) => (cold, warm),
            Ok(numbers) => {
                section.state(format!("{tier}: not understood: {numbers:?}"), false);
                continue;
            }
            Err(error) => {
                section.state(format!("{tier}: not measured: {error}"), false);
                continue;
            }
        };
        section.line(vec![
            Cell::text(tier),
            Cell::number(Some(cold), 1),
            Cell::number(Some(warm), 1),
            // Exact below 2^53.
            Cell::number(Some(processes as f64), 0),
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

/// Times of calls, in buckets, and the worst of them.
#[derive(Debug, Default)]
struct Latencies {
    counts: [u64; BUCKETS.len() + 1],
    /// Of those in which the scheduler did not take the processor away, as far as the system tells.
    worst: u64,
    /// Of those in which it did.
    worst_preempted: u64,
    preempted: u64,
    /// Calls of a millisecond and more in which the thread waited for something.
    waits: u64,
}

impl Latencies {
    /// Times one call. What the system counts is read outside of the time.
    fn time(&mut self, call: impl FnOnce()) {
        let before = Switches::now();
        let start = Instant::now();
        call();
        let nanos = u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let added = Switches::now()
            .zip(before)
            .map(|(now, then)| now.since(then));
        self.add(nanos, added.unwrap_or_default());
    }

    fn add(&mut self, nanos: u64, added: Switches) {
        self.counts[bucket(nanos)] += 1;
        self.waits += u64::from(added.waited > 0 && nanos > 1_000_000);
        if added.preempted > 0 {
            self.preempted += 1;
            self.worst_preempted = self.worst_preempted.max(nanos);
        } else {
            self.worst = self.worst.max(nanos);
        }
    }
}

/// Calls of the same length without vox, beside a thread that keeps a processor busy as the compiler does.
fn control(calls: u64) -> Latencies {
    let mut latencies = Latencies::default();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                std::hint::spin_loop();
            }
        });
        for _ in 0..calls {
            latencies.time(|| {
                for step in 0..60_u32 {
                    black_box(step);
                }
            });
        }
        done.store(true, Ordering::Relaxed);
    });
    latencies
}

/// The section on the first calls of many types, by the global runtime, which compiles in the background meanwhile.
#[must_use]
pub fn latencies(types: usize, calls: usize) -> Section {
    let mut section = Section::new(
        "Latency of first calls",
        "So many calls of every type, in turns, by the default policy of a process that has not seen them: machine \
         code is made on a background thread meanwhile. The control is as many calls of a loop without vox, beside a \
         thread that is busy.",
        &["up to", "calls", "calls of the control"],
    );
    let cases = mixture::cases(types);
    let mut of_vox = Latencies::default();
    let mut buffer = Vec::with_capacity(4096);
    for _ in 0..calls {
        for case in &cases {
            buffer.clear();
            of_vox.time(|| case.encode_globally(&mut buffer));
        }
    }
    // A product of two counts of calls that were made.
    let of_control = control((types * calls) as u64);
    let mut groups = Vec::new();
    for (idx, (count, control)) in iter::zip(of_vox.counts, of_control.counts).enumerate() {
        let name = match BUCKETS.get(idx) {
            Some(nanos) => format!("{} us", *nanos as f64 / 1e3),
            None => "more".to_owned(),
        };
        // Exact below 2^53.
        let (count, control) = (count as f64, control as f64);
        section.line(vec![
            Cell::text(name.clone()),
            Cell::number(Some(count), 0),
            Cell::number(Some(control), 0),
        ]);
        let shown = |number: f64| (number > 0.0).then_some(number);
        groups.push((name, vec![shown(count), shown(control)]));
    }
    section.charts.push(Chart {
        title: "Latency of first calls".to_owned(),
        unit: "calls".to_owned(),
        series: vec![
            format!("{types} types, {calls} calls each"),
            "control without vox".to_owned(),
        ],
        groups,
    });
    judge(&mut section, &of_vox, &of_control);
    section
}

/// The worst calls against what was aimed at, and against the control.
fn judge(section: &mut Section, of_vox: &Latencies, of_control: &Latencies) {
    let micros = |nanos: u64| nanos as f64 / 1e3;
    section.state(
        format!(
            "the worst call the scheduler did not interrupt took {:.0} us, at most 1,000 (of the control {:.0} us); it interrupted {} \
             calls, the worst of {:.0} us, and {} of the control, the worst of {:.0} us",
            micros(of_vox.worst),
            micros(of_control.worst),
            of_vox.preempted,
            micros(of_vox.worst_preempted),
            of_control.preempted,
            micros(of_control.worst_preempted)
        ),
        of_vox.worst <= 1_000_000,
    );
    section.state(
        format!(
            "{} calls of a millisecond and more waited for something, none should",
            of_vox.waits
        ),
        of_vox.waits == 0,
    );
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
    fn interrupted_calls_are_kept_apart() {
        let mut latencies = Latencies::default();
        let preempted = Switches {
            waited: 0,
            preempted: 1,
        };
        let waited = Switches {
            waited: 1,
            preempted: 0,
        };
        latencies.add(500, Switches::default());
        latencies.add(9_000_000, preempted);
        latencies.add(2_000_000, waited);
        latencies.add(2_000, waited);
        assert_eq!(
            (latencies.worst, latencies.worst_preempted),
            (2_000_000, 9_000_000)
        );
        assert_eq!((latencies.preempted, latencies.waits), (1, 1));
        assert_eq!(latencies.counts.iter().sum::<u64>(), 4);
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
