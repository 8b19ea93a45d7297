//! Many types and many values at random: what a row cannot show, where one type has the predictors and caches to itself.
//!
//! Every rotation takes part, all of them small values. Only encoders of postcard's bytes that take every type are compared, and the copy of what is
//! finished, for what the jump to a type takes; the other formats lack some types.

use super::mix::{long, random_order};
use super::speed::SHOWN;
use super::{Cell, Section};
use crate::contender::{Column, Contender, Lineup};
use crate::measure::{self, Plan, Subject, WallClock};
use crate::rows;
use crate::workload::{ROTATION_COUNT, SEED, Scale, Value, Visitor, Workload, visit_rotations};

/// Encodes in a cycle: the rotations in an order that is too long to be memorised. Each goes on to its next value every time.
const ORDER: usize = 4_096;

/// A way to encode, applied to one rotation after the other.
struct Types<'o, S> {
    rotations: Vec<S>,
    order: &'o [usize],
    next: usize,
}

impl<S: Subject> Subject for Types<'_, S> {
    fn prepare(&mut self) {
        for rotation in &mut self.rotations {
            rotation.prepare();
        }
    }

    fn run(&mut self, iterations: u64) {
        for _ in 0..iterations {
            self.rotations[self.order[self.next]].run(1);
            self.next += 1;
            if self.next == self.order.len() {
                self.next = 0;
            }
        }
    }

    fn cycle(&self) -> u64 {
        u64::try_from(self.order.len()).expect("lengths have at most 64 bits")
    }
}

/// Enters every rotation there is for every column.
struct Entering<'v> {
    lineup: &'v Lineup,
    columns: Vec<(Column, Vec<Contender<'v>>)>,
    count: usize,
    /// Bytes of all values, and how many those are.
    bytes: usize,
    values: usize,
    failures: Vec<String>,
}

impl Visitor for Entering<'_> {
    fn visit<T: Value>(&mut self, workload: &Workload, value: &T) {
        self.visit_rotation(workload, std::slice::from_ref(value));
    }

    fn visit_rotation<T: Value>(&mut self, workload: &Workload, values: &[T]) {
        // They are kept until the process ends: contenders of other types come after these, and run beside them.
        let values: &'static [T] = values.to_vec().leak();
        self.count += 1;
        self.values += values.len();
        self.bytes += rows::encoded_len(values);
        for (column, rotations) in &mut self.columns {
            match self.lineup.enter(*column, values) {
                Ok(contender) => rotations.push(contender),
                Err(absence) => {
                    let text = format!("{column} on {}: {absence}", workload.name);
                    self.failures.push(text);
                }
            }
        }
    }
}

/// Who takes every type.
fn columns() -> impl Iterator<Item = Column> {
    let takes_all = |it: &Column| it.missing().is_none() && !it.is_peer();
    SHOWN.into_iter().filter(takes_all)
}

/// The section.
#[must_use]
pub fn section(plan: Plan, scale: Scale) -> Section {
    let lineup = Lineup::new();
    let mut entering = Entering {
        lineup: &lineup,
        columns: columns().map(|column| (column, Vec::new())).collect(),
        count: 0,
        bytes: 0,
        values: 0,
        failures: Vec::new(),
    };
    visit_rotations(&mut entering, SEED, scale.count(ROTATION_COUNT));
    let order = &random_order(entering.count)[..ORDER];
    let who: Vec<Column> = entering.columns.iter().map(|(column, _)| *column).collect();
    let mut subjects: Vec<Types<'_, Contender<'_>>> = entering
        .columns
        .into_iter()
        // Who does not take every type would have less to do.
        .filter(|(_, rotations)| rotations.len() == entering.count)
        .map(|(_, rotations)| Types {
            rotations,
            order,
            next: 0,
        })
        .collect();
    let mut section = Section::new(
        "Many types, many values",
        &format!(
            "Nanoseconds per encode into a new vector: {} rotations in random order, each going on to its next value every time; all their values are {}, of {:.0} bytes in \
             the mean. The jump to the code of another type, which no processor guesses well, is in everybody's time, and in that of the copy too.",
            entering.count,
            entering.values,
            // Exact below 2^53.
            entering.bytes as f64 / entering.values as f64,
        ),
        &["", "ns", "times serde postcard", "/ hand-written"],
    );
    for failure in entering.failures {
        section.state(failure, false);
    }
    if subjects.len() < who.len() {
        return section;
    }
    let timings = measure::interleave(&mut WallClock::start(), long(plan), &mut subjects);
    let of = |column| {
        let place = who.iter().position(|it| *it == column)?;
        Some(timings[place].median_ns)
    };
    for &column in &who {
        let ratio = |than| Some(of(than)? / of(column)?);
        section.line(vec![
            Cell::text(column.title()),
            Cell::number(of(column), 1),
            Cell::number(ratio(Column::SerdePostcard), 2),
            Cell::number(ratio(Column::Hand).map(f64::recip), 2),
        ]);
    }
    for column in [Column::Probed, Column::Interpreter] {
        if let Some((nanos, serde)) = of(column).zip(of(Column::SerdePostcard)) {
            let text = format!(
                "{}: {:.2} times serde's speed, more than 1",
                column.title(),
                serde / nanos
            );
            section.state(text, serde > nanos);
        }
    }
    section
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    #[test]
    fn every_column_there_is_has_a_line() {
        let plan = Plan {
            rounds: 1,
            turn: std::time::Duration::from_micros(1),
        };
        let section = section(plan, Scale::new(0.01).expect("above zero"));
        assert_eq!(section.lines.len(), columns().count());
        for line in &section.lines {
            assert!(line[1..].iter().all(Cell::is_positive), "{line:?}");
        }
        // Whether they hold is not for a test.
        let stated = [Column::Probed, Column::Interpreter];
        let stated = stated.iter().filter(|it| it.missing().is_none());
        assert_eq!(section.statements.len(), stated.count());
    }

    /// Notes what it is asked to do, with its name.
    struct Noting<'n>(usize, &'n RefCell<Vec<(usize, u64)>>);

    impl Subject for Noting<'_> {
        fn run(&mut self, iterations: u64) {
            self.1.borrow_mut().push((self.0, iterations));
        }
    }

    #[test]
    fn rotations_are_taken_one_encode_at_a_time() {
        let notes = RefCell::new(Vec::new());
        let mut types = Types {
            rotations: vec![Noting(0, &notes), Noting(1, &notes)],
            order: &[1, 0, 0],
            next: 0,
        };
        types.run(2);
        types.run(2);
        assert_eq!(*notes.borrow(), [(1, 1), (0, 1), (0, 1), (1, 1)]);
        assert_eq!(types.cycle(), 3);
    }
}
