//! The goals: vox beside the hand-written encoders, which are the ceiling, and beside serde postcard.

use super::{Cell, Section};
use crate::contender::{Buffer, Column};
use crate::goals::{self, Processor};
use crate::rows::Row;

/// The most that vox may take of the hand-written encoder's time, on any row.
const MOST: f64 = 1.25;
/// And on the geometric mean of them.
const MOST_IN_THE_MEAN: f64 = 1.10;

/// The rows that have goals, and whether they are reached.
#[must_use]
pub fn section(rows: &[Row]) -> Section {
    section_on(rows, Processor::here())
}

/// As [`section`], judged as on such a processor.
fn section_on(rows: &[Row], processor: Processor) -> Section {
    let head = [
        "row",
        "serde / hand",
        "goal",
        "counts",
        "vox / hand",
        "serde / vox",
        "goal",
    ];
    let mut text = String::from(
        "A row counts where the hand-written encoder is fast enough to be a ceiling. Vox may take \
         1.25 times as long on any row, and 1.10 times in the geometric mean. Where the encoder is not fast enough, that is not enough: \
         neither may it take 1.25 times as long as one that were.",
    );
    match processor {
        Processor::WideAvx512 => {}
        Processor::HalfAvx512 => {
            text += &format!(
                " This processor does AVX-512 in halves: goals for hand-written encoders that are made of it, or of long copies, are {:.2} of what they are elsewhere.",
                goals::IN_HALVES
            );
        }
        Processor::NoAvx512 => {
            text += " This processor has no AVX-512, with which most goals for hand-written encoders were set: a few were set without it, and elsewhere nothing says whether a row counts.";
        }
    }
    let mut section = Section::new("Goals", &text, &head);
    let (mut all, mut counting) = (Vec::new(), Vec::new());
    for row in rows {
        let Some(goal) = goals::of(row.workload) else {
            continue;
        };
        let name = row.workload;
        let counts = row.counts_on(processor);
        let hand = row.ratio(Column::SerdePostcard, Column::Hand, Buffer::Fresh);
        let ratio = row.ratio(Column::Probed, Column::Hand, Buffer::Fresh);
        let speed = row.ratio(Column::SerdePostcard, Column::Probed, Buffer::Fresh);
        section.line(vec![
            Cell::text(name),
            Cell::number(hand, 2),
            Cell::number(goal.hand(processor), 2),
            Cell::text(match counts {
                Some(true) => "yes",
                Some(false) => "no",
                None => "-",
            }),
            Cell::number(ratio, 2),
            Cell::number(speed, 2),
            Cell::number(goal.vox, 1),
        ]);
        if let (Some(false), Some(hand), Some(speed)) = (counts, goal.hand(processor), speed) {
            // What an encoder would take that is just fast enough to count.
            let ratio = hand / speed;
            let text = format!(
                "{name}: {ratio:.2} of what a hand-written encoder that counts may take, at most {MOST}"
            );
            section.state(text, ratio <= MOST);
        }
        if let Some(ratio) = ratio {
            let text = format!("{name}: {ratio:.2} of the hand-written time, at most {MOST}");
            section.state(text, ratio <= MOST);
            all.push(ratio);
            counting.extend((counts != Some(false)).then_some(ratio));
        }
        if let (Some(goal), Some(speed)) = (goal.vox, speed) {
            let text = format!("{name}: {speed:.2} times serde's speed, at least {goal}");
            section.state(text, speed >= goal);
        }
    }
    state_mean(&mut section, "all of them", &all);
    if counting.len() < all.len() {
        state_mean(&mut section, "those not known to fall short", &counting);
    }
    section
}

fn state_mean(section: &mut Section, whose: &str, ratios: &[f64]) {
    if let Some(mean) = geometric_mean(ratios) {
        let text = format!(
            "{mean:.2} of the hand-written time in the mean of {whose}, at most {MOST_IN_THE_MEAN:.2}"
        );
        section.state(text, mean <= MOST_IN_THE_MEAN);
    }
}

/// The geometric mean, if there is a value.
fn geometric_mean(values: &[f64]) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    let sum: f64 = values.iter().map(|value| value.ln()).sum();
    Some((sum / values.len() as f64).exp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::tests::row;

    #[test]
    fn the_mean_is_geometric() {
        assert_eq!(geometric_mean(&[]), None);
        let mean = geometric_mean(&[1.0, 4.0]).unwrap();
        assert!((mean - 2.0).abs() < 1e-9, "{mean}");
    }

    #[test]
    fn a_row_is_judged_whether_its_ceiling_counts_or_not() {
        let times = |hand, vox, serde| {
            [
                (Column::Hand, hand),
                (Column::Probed, vox),
                (Column::SerdePostcard, serde),
            ]
        };
        let rows = [
            row("gnarly_16", &times(100.0, 120.0, 2_000.0)),
            row("gnarly_1", &times(100.0, 900.0, 300.0)),
            row("metadata_sample", &times(100.0, 900.0, 300.0)),
        ];
        let section = section_on(&rows, Processor::WideAvx512);
        assert_eq!(section.lines.len(), 2);
        assert_eq!(
            section.said(),
            [
                (
                    "gnarly_16: 1.20 of the hand-written time, at most 1.25",
                    true
                ),
                ("gnarly_16: 16.67 times serde's speed, at least 8", true),
                (
                    "gnarly_1: 31.80 of what a hand-written encoder that counts may take, at most 1.25",
                    false
                ),
                (
                    "gnarly_1: 9.00 of the hand-written time, at most 1.25",
                    false
                ),
                (
                    "3.29 of the hand-written time in the mean of all of them, at most 1.10",
                    false
                ),
                (
                    "1.20 of the hand-written time in the mean of those not known to fall short, at most 1.10",
                    false
                ),
            ]
        );
    }

    #[test]
    fn without_avx512_a_row_is_judged_by_what_is_known() {
        let times = [
            (Column::Hand, 100.0),
            (Column::Probed, 120.0),
            (Column::SerdePostcard, 300.0),
        ];
        let rows = ["gnarly_1", "scalars_64"].map(|name| row(name, &times));
        let section = section_on(&rows, Processor::NoAvx512);
        let goals = section
            .lines
            .iter()
            .map(|line| (line[2].clone(), line[3].clone()));
        let expected = [
            (Cell::number(None, 2), Cell::text("-")),
            (Cell::number(Some(4.3), 2), Cell::text("no")),
        ];
        assert!(goals.eq(expected), "{section:?}");
        assert_eq!(
            section.said(),
            [
                (
                    "gnarly_1: 1.20 of the hand-written time, at most 1.25",
                    true
                ),
                (
                    "scalars_64: 1.72 of what a hand-written encoder that counts may take, at most 1.25",
                    false
                ),
                (
                    "scalars_64: 1.20 of the hand-written time, at most 1.25",
                    true
                ),
                ("scalars_64: 2.50 times serde's speed, at least 8", false),
                (
                    "1.20 of the hand-written time in the mean of all of them, at most 1.10",
                    false
                ),
                (
                    "1.20 of the hand-written time in the mean of those not known to fall short, at most 1.10",
                    false
                ),
            ]
        );
    }
}
