//! A way to encode, applied to values in turns.
//!
//! Whoever enters is judged first: every value, against serde postcard. What is timed is then the encoding and, for
//! new vectors, their allocation and release.

use std::cell::Cell;
use std::collections::VecDeque;
use std::fmt;
use std::hint::black_box;
use std::mem;

use vox_oracle::diff;

use super::peer::Allocated;
use super::{Absence, Column, Encoded};
use crate::hand::Encode;
use crate::hand::cursor::ROOM;
use crate::measure::Subject;
use crate::workload::Encodable;

/// A way to encode, applied to the values of a workload.
pub struct Contender<'v> {
    column: Column,
    turns: Box<dyn Subject + 'v>,
}

impl Contender<'_> {
    /// The way.
    #[must_use]
    pub fn column(&self) -> Column {
        self.column
    }
}

impl fmt::Debug for Contender<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contender")
            .field("column", &self.column)
            .field("values", &self.turns.cycle())
            .finish_non_exhaustive()
    }
}

impl Subject for Contender<'_> {
    fn prepare(&mut self) {
        self.turns.prepare();
    }

    fn run(&mut self, iterations: u64) {
        self.turns.run(iterations);
    }

    fn cycle(&self) -> u64 {
        self.turns.cycle()
    }
}

/// As many outputs are kept, each of another turn.
const KEPT: usize = 16;

/// Where outputs are larger none are: they are the system's memory, which has its own ways.
const KEPT_BYTES: usize = 96 << 10;

/// Encodes values in turns. Where the allocator puts memory is luck, and some addresses are slow, which would be the luck of
/// a whole measurement: so before each turn memory is asked for that is kept, and the turn has other addresses.
struct InTurns<'v, T, S, K, A, E> {
    values: &'v [T],
    next: usize,
    state: S,
    /// Of one turn each, and what stands before it.
    kept: VecDeque<(Vec<u8>, K)>,
    /// How many are kept.
    most: usize,
    spacer: Spacer,
    take: A,
    encode: E,
}

/// Moves what is asked for next to another distance from the start of its page: outputs of one size would else lie at few, and at some of them
/// every encoder takes up to half longer.
#[derive(Default)]
struct Spacer(usize);

impl Spacer {
    /// The steps between distances: 16 bytes, as allocators have it, an odd number of times that is far from any simple part of a page.
    const STEP: usize = 16 * 99;
    const PAGE: usize = 4096;
    /// Shorter ones the allocator has in stock, from anywhere.
    const LEAST: usize = 1056;

    /// Memory nobody uses.
    fn next(&mut self) -> Vec<u8> {
        self.0 = (self.0 + Self::STEP) % Self::PAGE;
        black_box(Vec::with_capacity(Self::LEAST + self.0))
    }
}

impl<T, S, K, A, E> Subject for InTurns<'_, T, S, K, A, E>
where
    A: Fn(&mut S, usize, &T) -> K,
    E: Fn(&mut S, usize, &T),
{
    /// Takes other memory for the turn; where that is not done, encodes once.
    fn prepare(&mut self) {
        let value = &self.values[self.next];
        if self.most == 0 {
            // Whatever another contender left in the caches is no part of the turn, of which there may be few encodes.
            return (self.encode)(&mut self.state, self.next, value);
        }
        let spacer = self.spacer.next();
        let output = (self.take)(&mut self.state, self.next, value);
        self.kept.push_back((spacer, output));
        if self.kept.len() > self.most {
            self.kept.pop_front();
        }
    }

    fn run(&mut self, iterations: u64) {
        // Not read through `self` for each value: the fastest take a few nanoseconds.
        let (values, state, encode) = (self.values, &mut self.state, &self.encode);
        let mut next = self.next;
        for _ in 0..iterations {
            encode(state, next, black_box(&values[next]));
            next += 1;
            if next == values.len() {
                next = 0;
            }
        }
        self.next = next;
    }

    fn cycle(&self) -> u64 {
        u64::try_from(self.values.len()).expect("lengths have at most 64 bits")
    }
}

fn turns<'v, T: Encodable, S: 'v, K: 'v>(
    column: Column,
    values: &'v [T],
    state: S,
    take: impl Fn(&mut S, usize, &T) -> K + 'v,
    encode: impl Fn(&mut S, usize, &T) + 'v,
) -> Contender<'v> {
    let is_small = expect(&values[0]).is_ok_and(|bytes| bytes.len() <= KEPT_BYTES);
    Contender {
        column,
        turns: Box::new(InTurns {
            values,
            next: 0,
            state,
            kept: VecDeque::new(),
            most: if is_small { KEPT } else { 0 },
            spacer: Spacer::default(),
            take,
            encode,
        }),
    }
}

/// The same, where each value goes to memory of its own: memory just given back is what the allocator hands out next.
fn turns_fresh<'v, T: Encodable, R: 'v>(
    column: Column,
    values: &'v [T],
    encode: impl FnMut(usize, &T) -> R + 'v,
) -> Contender<'v> {
    turns(
        column,
        values,
        encode,
        |encode, index, value| encode(index, value),
        |encode, index, value| {
            // Looked at where it is: a move would read as one two words that may have been written as two just now, which takes
            // as long as a small encode.
            let result = encode(index, value);
            black_box(&result);
        },
    )
}

/// The same, where all values go to one vector, which is cleared: each turn has another as large.
fn turns_reused<'v, T: Encodable>(
    column: Column,
    values: &'v [T],
    buffer: Vec<u8>,
    encode: impl FnMut(usize, &T, &mut Vec<u8>) + 'v,
) -> Contender<'v> {
    turns(
        column,
        values,
        (buffer, encode),
        |(buffer, _), _, _| {
            let other = Vec::with_capacity(buffer.capacity());
            mem::replace(buffer, other)
        },
        |(buffer, encode), index, value| {
            buffer.clear();
            encode(index, value, buffer);
            black_box(&*buffer);
        },
    )
}

/// What serde postcard makes of a value.
fn expect<T: Encodable>(value: &T) -> Result<Vec<u8>, Absence> {
    postcard::to_allocvec(value)
        .map_err(|error| Absence::Refuses(format!("serde postcard: {error}")))
}

/// Lets an encoder in if its bytes are right for every value; each goes to a new vector.
pub(super) fn fresh<'v, T: Encodable, E: fmt::Display + 'v>(
    column: Column,
    values: &'v [T],
    encode: impl Fn(&T) -> Result<Vec<u8>, E> + 'v,
) -> Result<Contender<'v>, Absence> {
    assert!(!values.is_empty(), "a workload has a value");
    for value in values {
        let bytes = encode(value).map_err(|error| Absence::Refuses(error.to_string()))?;
        diff::compare(&expect(value)?, &bytes).map_err(Absence::Differs)?;
    }
    // Judged above: what is timed is the encoding and the vector.
    Ok(turns_fresh(column, values, move |_, value| encode(value)))
}

/// Lets an encoder in if its bytes are right for every value; all go to one vector, which is cleared.
pub(super) fn reused<'v, T: Encodable, E: fmt::Display>(
    column: Column,
    values: &'v [T],
    mut encode: impl FnMut(&T, &mut Vec<u8>) -> Result<(), E> + 'v,
) -> Result<Contender<'v>, Absence> {
    assert!(!values.is_empty(), "a workload has a value");
    let mut buffer = Vec::new();
    for value in values {
        buffer.clear();
        encode(value, &mut buffer).map_err(|error| Absence::Refuses(error.to_string()))?;
        diff::compare(&expect(value)?, &buffer).map_err(Absence::Differs)?;
    }
    Ok(turns_reused(
        column,
        values,
        buffer,
        move |_, value, buffer| {
            // Judged above.
            drop(black_box(encode(value, buffer)));
        },
    ))
}

/// Lets an encoder of postcard in, if there is one for the type.
pub(super) fn unless_missing<T: Encodable>(
    column: Column,
    values: &[T],
    encode: Option<fn(&T) -> Allocated>,
) -> Result<Contender<'_>, Absence> {
    let encode = given(encode, "lists of bytes are no good part of this type")?;
    fresh(column, values, encode)
}

/// The encoder, or why there is none for the type.
fn given<E>(encode: Option<E>, reason: &str) -> Result<E, Absence> {
    encode.ok_or_else(|| Absence::Unavailable(reason.to_owned()))
}

/// Lets an encoder of another format in, if there is one for the type and it takes every value; each goes to memory of
/// its own.
pub(super) fn derived<T: Encodable>(
    column: Column,
    values: &[T],
    encode: Option<fn(&T) -> Encoded>,
) -> Result<Contender<'_>, Absence> {
    let encode = given(encode, "it has no derive for this type")?;
    assert!(!values.is_empty(), "a workload has a value");
    for value in values {
        encode(value).map_err(Absence::Refuses)?;
    }
    Ok(turns_fresh(column, values, move |_, value| encode(value)))
}

/// An encoder that cannot fail, with the largest size so far as its hint: what a person would write.
pub(super) fn hinted<'v, T: Encodable>(
    column: Column,
    values: &'v [T],
    encode: Encode<T>,
) -> Result<Contender<'v>, Absence> {
    let hint = Cell::new(0);
    fresh(column, values, move |value| {
        let mut bytes = Vec::with_capacity(hint.get());
        encode(value, &mut bytes);
        hint.set(hint.get().max(bytes.len() + ROOM));
        Ok::<_, Absence>(bytes)
    })
}

/// The finished bytes of every value, copied to a new vector.
pub(super) fn copied<T: Encodable>(values: &[T]) -> Result<Contender<'_>, Absence> {
    let finished: Vec<Vec<u8>> = values.iter().map(expect).collect::<Result<_, _>>()?;
    Ok(turns_fresh(Column::Copied, values, move |idx, _| {
        finished[idx].clone()
    }))
}

/// The finished bytes of every value, copied to one vector.
pub(super) fn copied_again<T: Encodable>(values: &[T]) -> Result<Contender<'_>, Absence> {
    let finished: Vec<Vec<u8>> = values.iter().map(expect).collect::<Result<_, _>>()?;
    let room = finished.iter().map(Vec::len).max().unwrap_or(0);
    Ok(turns_reused(
        Column::Copied,
        values,
        Vec::with_capacity(room),
        move |idx, _, buffer| buffer.extend_from_slice(&finished[idx]),
    ))
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    #[test]
    fn values_are_taken_in_turns_across_runs() {
        let seen = RefCell::new(Vec::new());
        let encode = |value: &u8| {
            seen.borrow_mut().push(*value);
            postcard::to_allocvec(value)
        };
        let mut contender = fresh(Column::SerdePostcard, &[1_u8, 2, 3], encode).unwrap();
        seen.borrow_mut().clear();
        contender.run(2);
        contender.run(3);
        assert_eq!(*seen.borrow(), [1, 2, 3, 1, 2]);
        assert_eq!(contender.cycle(), 3);
    }

    #[test]
    fn memory_is_taken_before_a_turn_and_not_in_it() {
        let seen = Cell::new(0);
        let encode = |value: &u8| {
            seen.set(seen.get() + 1);
            postcard::to_allocvec(value)
        };
        let mut contender = fresh(Column::SerdePostcard, &[1_u8, 2, 3], encode).unwrap();
        seen.set(0);
        contender.prepare();
        assert_eq!(seen.get(), 1, "an output that is kept");
        contender.run(4);
        assert_eq!(seen.get(), 5);
    }

    #[test]
    fn wrong_bytes_are_not_let_in() {
        let wrong = |value: &u8| Ok::<_, String>(vec![value + 1]);
        let absence = fresh(Column::Probed, &[7_u8], wrong).unwrap_err();
        assert!(matches!(absence, Absence::Differs(_)), "{absence}");
        let refusing = |_: &u8| Err("not today");
        let absence = fresh(Column::Probed, &[7_u8], refusing).unwrap_err();
        assert_eq!(absence.to_string(), "it refuses the value: not today");
    }
}
