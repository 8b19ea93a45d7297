//! Cases of the mixture in an order: what is measured of many types.

use std::cell::Cell;
use std::hint::black_box;

use crate::measure::{Plan, Subject};
use crate::mixture::Case;
use crate::workload::{Random, SEED};

/// A buffer that subjects share: where it lies matters, as a processor that loads what lies a multiple of 4 KiB behind what it
/// just stored waits for that.
pub(super) type Shared = Cell<Vec<u8>>;

/// Cases in an order, and how they are encoded.
pub(super) struct Mix<'c, F> {
    pub(super) encode: F,
    pub(super) cases: &'c [Case],
    pub(super) order: &'c [usize],
    /// The place in the order.
    pub(super) next: usize,
    pub(super) buffer: &'c Shared,
}

impl<F: Fn(&Case, &mut Vec<u8>)> Subject for Mix<'_, F> {
    fn run(&mut self, iterations: u64) {
        let mut buffer = self.buffer.take();
        for _ in 0..iterations {
            buffer.clear();
            (self.encode)(&self.cases[self.order[self.next]], &mut buffer);
            black_box(&buffer);
            self.next += 1;
            if self.next == self.order.len() {
                self.next = 0;
            }
        }
        self.buffer.set(buffer);
    }
}

/// Numbers below `count` in an order too long to be memorised.
pub(super) fn random_order(count: usize) -> Vec<usize> {
    let mut random = Random::new(SEED);
    (0..65_536).map(|_| random.length(0..=count - 1)).collect()
}

/// As a plan, with turns in which a processor has learnt the branches of many types again, which it forgot in the turns of the
/// others, before most of the turn is over.
pub(super) fn long(plan: Plan) -> Plan {
    Plan {
        rounds: (plan.rounds / 3) | 1,
        turn: plan.turn * 15,
    }
}
