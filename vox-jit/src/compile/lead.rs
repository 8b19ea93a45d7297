//! Where in a cache line a function starts: so that its loops lie in as few lines as they can.
//!
//! Cranelift aligns functions and not loops, and a loop of two lines that lies across three takes up to a third longer:
//! the front end of a processor fetches lines. The distance from a function's start to its loops is known when
//! it is compiled, and where it starts is free. Only innermost loops count, and only short ones; each as much as any other, for
//! nobody knows which is run most.
//!
//! Not here: placing code ([`crate::memory`]).

use core::ops::Range;

use crate::memory::FUNCTION_ALIGN;

/// Starts are multiples of this: constants behind the code are aligned to it.
const STEP: usize = 16;

/// A longer loop is fetched in many lines wherever it starts.
const LONGEST: usize = 512;

/// Control flow between the basic blocks of a function, by their offsets from its start.
#[derive(Debug, Clone, Copy)]
pub(super) struct Flow<'a> {
    /// Where blocks start, in order.
    pub(super) starts: &'a [usize],
    /// From which block to which there are jumps.
    pub(super) edges: &'a [(usize, usize)],
    /// Where the code ends.
    pub(super) end: usize,
}

/// How many bytes behind the start of a line the function starts best; the least such number.
pub(super) fn best(flow: Flow<'_>) -> usize {
    let loops = innermost(flow);
    let lines = |lead: usize| -> usize {
        let lines_of = |body: &Range<usize>| {
            (body.end + lead).div_ceil(FUNCTION_ALIGN) - (body.start + lead) / FUNCTION_ALIGN
        };
        loops.iter().map(lines_of).sum()
    };
    let leads = (0..FUNCTION_ALIGN).step_by(STEP);
    leads.min_by_key(|lead| lines(*lead)).unwrap_or_default()
}

/// Short loops without another inside.
fn innermost(flow: Flow<'_>) -> Vec<Range<usize>> {
    let loops = loops(flow);
    let contains = |outer: &Range<usize>, inner: &Range<usize>| {
        outer != inner && outer.start <= inner.start && inner.end <= outer.end
    };
    loops
        .iter()
        .filter(|body| body.len() <= LONGEST)
        .filter(|body| !loops.iter().any(|inner| contains(body, inner)))
        .cloned()
        .collect()
}

/// From the head of each loop to the end of the block that jumps back to it.
fn loops(flow: Flow<'_>) -> Vec<Range<usize>> {
    let mut search = Search {
        flow,
        seen: vec![State::New; flow.starts.len()],
        loops: Vec::new(),
    };
    search.run();
    search.loops
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    /// On the way from the start to the block at hand.
    Open,
    Done,
}

/// Depth first: a jump to a block that is on the way is a jump back.
struct Search<'a> {
    flow: Flow<'a>,
    seen: Vec<State>,
    loops: Vec<Range<usize>>,
}

impl Search<'_> {
    fn run(&mut self) {
        let mut edges = self.flow.edges.to_vec();
        edges.sort_unstable();
        let targets = |block: usize| -> Vec<usize> {
            let from = self.flow.starts[block];
            let first = edges.partition_point(|edge| edge.0 < from);
            let of_block = edges[first..].iter().take_while(|edge| edge.0 == from);
            of_block
                .filter_map(|edge| self.flow.starts.binary_search(&edge.1).ok())
                .collect()
        };
        if self.flow.starts.is_empty() {
            return;
        }
        // Blocks on the way, each with the targets that were not followed yet.
        let mut way = vec![(0, targets(0))];
        self.seen[0] = State::Open;
        while let Some((block, left)) = way.last_mut() {
            let block = *block;
            let Some(target) = left.pop() else {
                self.seen[block] = State::Done;
                way.pop();
                continue;
            };
            match self.seen[target] {
                State::Done => {}
                State::New => {
                    self.seen[target] = State::Open;
                    way.push((target, targets(target)));
                }
                State::Open if target <= block => {
                    let behind = self.flow.starts.get(block + 1).copied();
                    let end = behind.unwrap_or(self.flow.end);
                    self.loops.push(self.flow.starts[target]..end);
                }
                State::Open => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flow<'a>(starts: &'a [usize], edges: &'a [(usize, usize)], end: usize) -> Flow<'a> {
        Flow { starts, edges, end }
    }

    fn heads_and_ends(flow: Flow<'_>) -> Vec<(usize, usize)> {
        let loops = innermost(flow).into_iter();
        loops.map(|body| (body.start, body.end)).collect()
    }

    #[test]
    fn straight_code_starts_a_line() {
        assert_eq!(best(flow(&[], &[], 0)), 0);
        assert_eq!(best(flow(&[0], &[], 100)), 0);
        assert_eq!(best(flow(&[0, 70], &[(0, 70)], 100)), 0);
    }

    #[test]
    fn a_loop_of_two_lines_lies_in_two() {
        // 100 to 220: three lines from 64 on, and two from 128 on.
        let flow = flow(&[0, 100, 220], &[(0, 100), (100, 100), (100, 220)], 240);
        assert_eq!(heads_and_ends(flow), [(100, 220)]);
        assert_eq!(best(flow), 32);
    }

    #[test]
    fn only_the_innermost_loops_count() {
        let edges = [(0, 10), (10, 50), (50, 50), (50, 60), (60, 10), (60, 90)];
        let flow = flow(&[0, 10, 50, 60, 90], &edges, 95);
        assert_eq!(heads_and_ends(flow), [(50, 60)]);
        assert_eq!(best(flow), 0);
    }

    /// Rare blocks are at the end and jump back into the middle of a loop: that is no loop of its own.
    #[test]
    fn a_jump_from_a_rare_block_is_no_loop() {
        let edges = [(0, 10), (10, 30), (10, 90), (90, 30), (30, 10), (30, 60)];
        let flow = flow(&[0, 10, 30, 60, 90], &edges, 99);
        assert_eq!(heads_and_ends(flow), [(10, 60)]);
    }

    #[test]
    fn a_long_loop_does_not_count() {
        let flow = flow(&[0, 10, 900], &[(0, 10), (10, 10), (10, 900)], 901);
        assert_eq!(heads_and_ends(flow), []);
        assert_eq!(best(flow), 0);
    }
}
