//! The tiers against each other: one type in a loop, 64 types in random order, runs of sixteen; and how many calls it
//! takes until a tier has paid for itself.

use std::time::Instant;

use vox::{Runtime, Tier};

use super::mix::{Mix, Shared, long, random_order};
use super::{Cell, Chart, Section};
use crate::measure::{self, Plan, WallClock};
use crate::mixture::{self, Case};

/// The types of the mix.
const TYPES: usize = 64;
/// Calls of one type before the next, in runs.
const RUN: usize = 16;
/// What the tiers are judged by.
const MIX: &str = "64 types in random order";

/// How much faster than the interpreter the baseline is to be on types in random order.
const GOAL: f64 = 2.0;

/// A tier's runtime with every type in it, and what that took.
struct Made {
    tier: Tier,
    runtime: Runtime,
    /// Microseconds per type.
    micros: f64,
}

fn make(tier: Tier, cases: &[Case]) -> Option<Made> {
    let runtime = Runtime::builder().tier(tier).background(false).build();
    // What happens once in a runtime is not the types' cost.
    mixture::cases(TYPES + 1)[TYPES]
        .prepare(&runtime, tier)
        .ok()?;
    let start = Instant::now();
    for case in cases {
        case.prepare(&runtime, tier).ok()?;
    }
    // Exact below 2^53.
    let micros = start.elapsed().as_secs_f64() * 1e6 / cases.len() as f64;
    Some(Made {
        tier,
        runtime,
        micros,
    })
}

/// The sections.
#[must_use]
pub fn sections(plan: Plan) -> [Section; 2] {
    let cases = mixture::cases(TYPES);
    let tiers = vox::available_tiers();
    let made: Vec<Made> = tiers
        .iter()
        .filter_map(|&tier| make(tier, &cases))
        .collect();
    let random = random_order(TYPES);
    let runs: Vec<usize> = random[..4_096].iter().flat_map(|&idx| [idx; RUN]).collect();
    let orders: [(&str, Vec<usize>); 6] = [
        ("16 integers", vec![4]),
        ("text and numbers", vec![5]),
        ("8 options", vec![6]),
        ("text, numbers and 8 options, nested", vec![7]),
        ("64 types in runs of 16", runs),
        (MIX, random),
    ];
    let mut section = Section::new(
        "Tiers",
        "Nanoseconds per encode of small messages into a reused vector, lookup of the type included: one type in a loop, and many. \
         The first number is what the loop takes that encodes nothing, and calls a function for each type instead. A quarter of the turns took \
         less than what is told: code that changes all the time suffers most from what else runs on the processor's core.",
        &["", "nothing"],
    );
    let tiers = made.iter().map(|made| made.tier.to_string());
    section.head.extend(tiers.clone());
    let mut groups: Vec<(String, Vec<Option<f64>>)> = Vec::new();
    let mut of_mix = Vec::new();
    for (name, order) in &orders {
        let plan = if order.len() > 1 { long(plan) } else { plan };
        let (nothing, times) = time(&made, &cases, order, plan);
        let mut line = vec![Cell::text(*name), Cell::number(Some(nothing), 1)];
        line.extend(times.iter().map(|&nanos| Cell::number(Some(nanos), 1)));
        section.line(line);
        if *name == MIX {
            of_mix = times.iter().map(|nanos| nanos - nothing).collect();
        }
        groups.push(((*name).to_owned(), times.into_iter().map(Some).collect()));
    }
    state(&mut section, &made, &of_mix);
    let even = break_even(&made, &of_mix);
    section.charts.push(Chart {
        title: "Tiers".to_owned(),
        unit: "nanoseconds, with the loop".to_owned(),
        series: tiers.collect(),
        groups,
    });
    [section, even]
}

/// Whether the baseline is what it is for.
fn state(section: &mut Section, made: &[Made], of_mix: &[f64]) {
    let of = |tier| {
        let place = made.iter().position(|made| made.tier == tier)?;
        of_mix.get(place)
    };
    if let Some((interpreter, baseline)) = of(Tier::Interpreter).zip(of(Tier::Baseline)) {
        let times = interpreter / baseline;
        let text = format!(
            "{MIX}, without what the loop takes that encodes nothing, the baseline is {times:.2} times as fast as the \
             interpreter, at least {GOAL}"
        );
        section.state(text, *baseline > 0.0 && times >= GOAL);
    }
}

/// What the loop takes that encodes nothing, and what each tier takes.
fn time(made: &[Made], cases: &[Case], order: &[usize], plan: Plan) -> (f64, Vec<f64>) {
    let buffer = Shared::default();
    let runtimes = made.iter().map(|made| Some(&made.runtime));
    let mut mixes: Vec<_> = core::iter::once(None)
        .chain(runtimes)
        .map(|runtime| Mix {
            encode: move |case: &Case, buffer: &mut Vec<u8>| match runtime {
                Some(runtime) => case.encode(runtime, buffer),
                None => case.touch(buffer),
            },
            cases,
            order,
            next: 0,
            buffer: &buffer,
        })
        .collect();
    let timings = measure::interleave(&mut WallClock::start(), plan, &mut mixes);
    let mut times = timings.iter().map(|timing| timing.lower_quartile_ns);
    let nothing = times.next().expect("the first of them");
    (nothing, times.collect())
}

/// After how many calls of a type a higher tier has paid for being made, in the random mix.
fn break_even(made: &[Made], nanos: &[f64]) -> Section {
    let mut section = Section::new(
        "Break-even",
        "Microseconds to make a type's code, the mean over 64 small types, and the number of calls after which \
         the higher tier has saved what it cost, in the random mix. The interpreter's cost is lowering, which all need.",
        &[
            "from",
            "to",
            "cost of the higher, us",
            "ns per call saved",
            "calls until even",
        ],
    );
    for (lower_idx, lower) in made.iter().enumerate() {
        for (idx, higher) in made.iter().enumerate().skip(lower_idx + 1) {
            let saved = nanos[lower_idx] - nanos[idx];
            let calls = calls_until_even(higher.micros, saved);
            section.line(vec![
                Cell::text(lower.tier.to_string()),
                Cell::text(higher.tier.to_string()),
                Cell::number(Some(higher.micros), 1),
                Cell::number(Some(saved), 1),
                calls.map_or(Cell::text("never"), |calls| Cell::number(Some(calls), 0)),
            ]);
        }
    }
    section
}

/// The calls it takes, unless nothing is saved.
fn calls_until_even(cost_micros: f64, saved_nanos: f64) -> Option<f64> {
    (saved_nanos > 0.0).then(|| (cost_micros * 1e3 / saved_nanos).ceil())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_saves_nothing_is_never_even() {
        assert_eq!(calls_until_even(300.0, 20.0), Some(15_000.0));
        assert_eq!(calls_until_even(300.0, 0.0), None);
        assert_eq!(calls_until_even(300.0, -1.0), None);
    }

    #[test]
    fn every_tier_there_is_has_a_column() {
        let plan = Plan {
            rounds: 1,
            turn: std::time::Duration::from_micros(50),
        };
        let sections = sections(plan);
        let tiers = vox::available_tiers().len();
        assert_eq!(sections[0].head.len(), 2 + tiers);
        assert_eq!(sections[0].lines.len(), 6);
        let has_baseline = vox::available_tiers().contains(&Tier::Baseline);
        assert_eq!(sections[0].statements.len(), usize::from(has_baseline));
        assert_eq!(sections[1].lines.len(), tiers * (tiers - 1) / 2);
    }
}
