//! A whole trial, and the bytes of every workload in every mode.

use vox_bench::check::{self, Checked};
use vox_bench::contender::Column;
use vox_bench::measure::Plan;
use vox_bench::progress::{Form, Progress};
use vox_bench::table;
use vox_bench::trial::{self, Options};
use vox_bench::workload::{Scale, Value, Visitor, Workload, catalogue, visit_all};
use vox_oracle::judge::Judge;
use vox_oracle::{codec_test, mode};

fn scale() -> Scale {
    Scale::from_env().unwrap_or_else(|error| panic!("{error}"))
}

/// Checks everything and collects every mismatch, not only the first.
#[derive(Default)]
struct Checks {
    checked: Vec<(Workload, Checked)>,
    wrong: Vec<String>,
}

impl Visitor for Checks {
    fn visit<T: Value>(&mut self, workload: &Workload, value: &T) {
        self.visit_rotation(workload, std::slice::from_ref(value));
    }

    fn visit_rotation<T: Value>(&mut self, workload: &Workload, values: &[T]) {
        match check::compare_bytes(mode::counting(), workload, values) {
            Ok(checked) => self.checked.push((*workload, checked)),
            Err(mismatch) => self.wrong.push(mismatch.to_string()),
        }
    }
}

#[test]
fn every_workload_has_serdes_bytes_in_every_mode() {
    let mut checks = Checks::default();
    visit_all(&mut checks, scale());
    assert!(checks.wrong.is_empty(), "{}", checks.wrong.join("\n"));
    assert_eq!(checks.checked.len(), catalogue().len());
    for (workload, checked) in &checks.checked {
        assert_eq!(checked.fallen, [], "{}", workload.name);
        assert_eq!(checked.calls.len(), mode::counting().len());
    }
}

/// Puts rows, and the first values of rotations, to the judge: every kind of
/// output, and the walker as a second witness.
struct Judged<'j>(&'j Judge);

impl Visitor for Judged<'_> {
    fn visit<T: Value>(&mut self, workload: &Workload, value: &T) {
        self.0.by_serde(workload.name, value);
    }

    fn visit_rotation<T: Value>(&mut self, workload: &Workload, values: &[T]) {
        for value in values.iter().take(scale().count(8)) {
            self.visit(workload, value);
        }
    }
}

codec_test!(
    fn every_workload_satisfies_the_judge(judge: &Judge) {
        visit_all(&mut Judged(judge), scale());
    }
);

fn options(filter: &str) -> Options {
    Options {
        filter: Some(filter.to_owned()),
        scale: Scale::new(0.05).unwrap(),
        plan: Plan {
            rounds: 3,
            ..Plan::QUICK
        },
        // Not every machine that runs tests has a cargo to ask.
        host: false,
    }
}

#[test]
fn a_trial_measures_every_column_there_is() {
    let mut said = Vec::new();
    let mut progress = Progress::new(&mut said, Form::Lines);
    let report = trial::run(&options("options"), &mut progress).unwrap();
    let said = String::from_utf8(said).unwrap();
    assert_eq!(said.lines().next(), Some("[1/4] checking options_64x32"));
    assert_eq!(
        said.lines().last(),
        Some("[4/4] timing options_16x32_rotation")
    );

    let document = table::to_json(&report);
    let document: serde_json::Value = serde_json::from_str(&document).unwrap();
    let rows = document["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 2);
    for row in rows {
        assert!(row["bytes"].as_f64().unwrap() > 1000.0, "{row}");
        let columns = row["columns"].as_object().unwrap();
        assert_eq!(columns.len(), Column::TABLE.len());
        for column in Column::TABLE {
            let cell = &columns[column.key()];
            let is_timed = cell["ns"].as_f64().is_some_and(|ns| ns > 0.0);
            assert_eq!(is_timed, column.missing().is_none(), "{column}: {cell}");
            let is_counted = cell["calls"]["vtable"].is_number();
            let counts = column.settings().is_some() && column.missing().is_none();
            assert_eq!(is_counted, counts, "{column}: {cell}");
        }
    }
    for column in Column::TABLE.iter().filter(|it| it.missing().is_some()) {
        let begin = format!("no column \"{}\"", column.title());
        let is_noted = report.notes.iter().any(|note| note.starts_with(&begin));
        assert!(is_noted, "{column}: {:?}", report.notes);
    }
}

#[test]
fn the_table_has_a_line_per_workload() {
    let report = trial::run(&options("gnarly_1_"), &mut Progress::silent()).unwrap();
    let text = table::to_text(&report);
    for name in [
        "gnarly_1_arguments",
        "gnarly_1_response",
        "gnarly_1_rotation",
    ] {
        let begins = |line: &&str| line.starts_with(name);
        assert!(text.lines().any(|line| begins(&line)), "{name}: {text}");
    }
    assert!(text.contains("3 workloads, 15 values"), "{text}");
}
