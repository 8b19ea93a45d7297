//! Where in a cache line a function starts: so that its loops lie in as few lines as they can.
//!
//! Cranelift aligns functions and not loops, and a loop of two lines that lies across three takes up to a third longer:
//! the front end of a processor fetches lines. The distance from a function's start to its loops is known when
//! it is compiled, and where it starts is free. Only innermost loops count, each as much as any other, for
//! nobody knows which is run most. Of a long one that is its head: all turns begin there, and go on somewhere else (a list of enums of
//! sixteen variants took a seventh longer where the jump to the variant was in another line than the head).
//!
//! Where loops are is told by source locations, which the emitter uses for nothing else ([`crate::emit::loop_of`]). Blocks and jumps that Cranelift tells
//! of would say it as well, but 0.135 mixes up blocks as soon as one of them is cold.
//!
//! Not here: placing code ([`crate::memory`]).

use core::ops::Range;

use crate::memory::FUNCTION_ALIGN;

/// Starts are multiples of this: constants behind the code are aligned to it.
const STEP: usize = 16;

/// A longer loop is fetched in many lines wherever it starts.
const LONGEST: usize = 512;

/// What counts of a longer one.
const HEAD: usize = 48;

/// What is shorter has come out of its loop, as the code of constants does.
const SHORTEST: usize = 16;

/// A stretch of code, by offsets from the function's start, and the loop it belongs to: numbered in the order of their heads; 0 for none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) bytes: Range<usize>,
    pub(super) of_loop: u32,
}

/// How many bytes behind the start of a line the function starts best; the least such number. The stretches are in order.
pub(super) fn best(stretches: &[Stretch]) -> usize {
    let loops = innermost(stretches);
    let lines = |lead: usize| -> usize {
        let lines_of = |body: &Range<usize>| {
            (body.end + lead).div_ceil(FUNCTION_ALIGN) - (body.start + lead) / FUNCTION_ALIGN
        };
        loops.iter().map(lines_of).sum()
    };
    let leads = (0..FUNCTION_ALIGN).step_by(STEP);
    leads.min_by_key(|lead| lines(*lead)).unwrap_or_default()
}

/// Loops without another inside, or the heads of those that are long.
fn innermost(stretches: &[Stretch]) -> Vec<Range<usize>> {
    let most = stretches.iter().map(|it| it.of_loop).max().unwrap_or(0);
    let loops: Vec<Range<usize>> = (1..=most).filter_map(|id| hot(stretches, id)).collect();
    let contains = |outer: &Range<usize>, inner: &Range<usize>| {
        outer != inner && outer.start <= inner.start && inner.end <= outer.end
    };
    loops
        .iter()
        .filter(|body| !loops.iter().any(|inner| contains(body, inner)))
        .map(|body| match body.len() {
            0..=LONGEST => body.clone(),
            _ => body.start..body.start + HEAD,
        })
        .collect()
}

/// The bytes of a loop and of those in it, without rare ones, which are behind everything else.
fn hot(stretches: &[Stretch], id: u32) -> Option<Range<usize>> {
    let is_inside = |stretch: &Stretch| stretch.of_loop >= id;
    let mut rest = stretches;
    loop {
        // Loops in it have higher numbers, and between it and one behind it there is something else.
        let first = rest.iter().position(|it| it.of_loop == id)?;
        let len = rest[first..].iter().take_while(|it| is_inside(it)).count();
        let run = &rest[first..first + len];
        let bytes = run.first()?.bytes.start..run.last()?.bytes.end;
        if bytes.len() >= SHORTEST {
            return Some(bytes);
        }
        rest = &rest[first + len..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Stretches that follow each other: where each ends, and its loop.
    fn stretches(ends: &[(usize, u32)]) -> Vec<Stretch> {
        let mut start = 0;
        let stretch = |(end, of_loop): &(usize, u32)| {
            let bytes = start..*end;
            start = *end;
            Stretch {
                bytes,
                of_loop: *of_loop,
            }
        };
        ends.iter().map(stretch).collect()
    }

    fn heads_and_ends(stretches: &[Stretch]) -> Vec<(usize, usize)> {
        let loops = innermost(stretches).into_iter();
        loops.map(|body| (body.start, body.end)).collect()
    }

    #[test]
    fn straight_code_starts_a_line() {
        assert_eq!(best(&[]), 0);
        assert_eq!(best(&stretches(&[(100, 0)])), 0);
    }

    #[test]
    fn a_loop_of_two_lines_lies_in_two() {
        // 100 to 220: three lines from 64 on, and two from 128 on.
        let stretches = stretches(&[(100, 0), (220, 1), (240, 0)]);
        assert_eq!(heads_and_ends(&stretches), [(100, 220)]);
        assert_eq!(best(&stretches), 32);
    }

    #[test]
    fn only_the_innermost_loops_count() {
        let stretches = stretches(&[
            (10, 0),
            (50, 1),
            (90, 2),
            (120, 1),
            (150, 0),
            (200, 3),
            (210, 0),
        ]);
        assert_eq!(heads_and_ends(&stretches), [(50, 90), (150, 200)]);
    }

    /// Rare blocks are at the end, and belong to loops as well.
    #[test]
    fn what_is_rare_does_not_count() {
        let stretches = stretches(&[(10, 0), (60, 1), (70, 0), (400, 1), (410, 0)]);
        assert_eq!(heads_and_ends(&stretches), [(10, 60)]);
    }

    #[test]
    fn what_came_out_of_a_loop_is_not_its_start() {
        let stretches = stretches(&[(10, 0), (17, 1), (40, 0), (90, 1), (99, 0)]);
        assert_eq!(heads_and_ends(&stretches), [(40, 90)]);
    }

    #[test]
    fn of_a_long_loop_the_head_counts() {
        let stretches = stretches(&[(168, 0), (1900, 1), (1910, 0)]);
        assert_eq!(heads_and_ends(&stretches), [(168, 216)]);
        assert_eq!(best(&stretches), 32);
    }
}
