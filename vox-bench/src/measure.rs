//! Timing several subjects against each other, in turns.
//!
//! A machine that does other things too gets slower and faster while one
//! looks. So the subjects take turns of a few milliseconds, in rounds, and each
//! round begins with another subject: whatever happens, happens to all. The
//! median over the rounds is robust against what happened to one.
//!
//! Not for: what is run ([`crate::contender`]). The clock is a parameter, so that
//! the arithmetic is tested without a real one.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

/// Something that tells the time since some beginning.
pub trait Clock {
    /// The time now.
    fn now(&mut self) -> Duration;
}

/// The clock of the machine.
#[derive(Debug, Clone, Copy)]
pub struct WallClock(Instant);

impl WallClock {
    /// A clock that begins now.
    #[must_use]
    pub fn start() -> Self {
        Self(Instant::now())
    }
}

impl Clock for WallClock {
    fn now(&mut self) -> Duration {
        self.0.elapsed()
    }
}

/// What is timed.
pub trait Subject {
    /// Does before a turn what is not the thing, and not timed.
    fn prepare(&mut self) {}

    /// Does the thing this many times.
    fn run(&mut self, iterations: u64);

    /// Turns do a multiple of so many iterations, for subjects whose
    /// iterations differ from each other.
    fn cycle(&self) -> u64 {
        1
    }
}

/// How long to measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// In so many rounds, which should be odd: the median is then a turn that happened.
    pub rounds: usize,
    /// In each of which every subject has a turn of about this time.
    pub turn: Duration,
}

impl Plan {
    /// For results worth printing. Turns are shorter than the slices in which
    /// systems hand out processors, so that on a busy machine most turns are
    /// undisturbed and the median is one of them.
    pub const FULL: Self = Self {
        rounds: 101,
        turn: Duration::from_millis(2),
    };

    /// For a look, and for tests of the machinery.
    pub const QUICK: Self = Self {
        rounds: 5,
        turn: Duration::from_micros(500),
    };
}

/// The time of one iteration, in nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Timing {
    /// In the median round.
    pub median_ns: f64,
    /// A quarter of the rounds was faster.
    pub lower_quartile_ns: f64,
    /// A quarter of the rounds was slower.
    pub upper_quartile_ns: f64,
    /// Iterations in each turn.
    pub iterations: u64,
}

/// Times the subjects in turns. The answers are in the subjects' order.
pub fn interleave<S: Subject>(
    clock: &mut impl Clock,
    plan: Plan,
    subjects: &mut [S],
) -> Vec<Timing> {
    let iterations: Vec<u64> = subjects
        .iter_mut()
        .map(|subject| calibrate(clock, plan.turn, subject))
        .collect();
    let mut samples = vec![Vec::with_capacity(plan.rounds); subjects.len()];
    for round in 0..plan.rounds {
        for turn in 0..subjects.len() {
            let idx = (round + turn) % subjects.len();
            let elapsed = time(clock, &mut subjects[idx], iterations[idx]);
            samples[idx].push(nanos_each(elapsed, iterations[idx]));
        }
    }
    samples
        .into_iter()
        .zip(iterations)
        .map(|(samples, iterations)| summarise(samples, iterations))
        .collect()
}

/// The iterations that take about one turn: whole cycles, at least one. Running
/// them on the way warms the subject up.
fn calibrate<S: Subject>(clock: &mut impl Clock, turn: Duration, subject: &mut S) -> u64 {
    let cycle = subject.cycle().max(1);
    let mut cycles = 1_u64;
    loop {
        let elapsed = time(clock, subject, cycles * cycle);
        // Long enough for the clock's grain and the start-up not to matter.
        if elapsed * 4 >= turn {
            let per_turn = turn.as_secs_f64() / elapsed.as_secs_f64().max(f64::MIN_POSITIVE);
            // At most four times what was just run, and floats saturate.
            let cycles = (cycles as f64 * per_turn).round() as u64;
            return cycles.max(1) * cycle;
        }
        cycles *= 2;
    }
}

fn time<S: Subject>(clock: &mut impl Clock, subject: &mut S, iterations: u64) -> Duration {
    subject.prepare();
    let before = clock.now();
    subject.run(iterations);
    clock.now().saturating_sub(before)
}

fn nanos_each(elapsed: Duration, iterations: u64) -> f64 {
    elapsed.as_secs_f64() * 1e9 / iterations as f64
}

fn summarise(mut samples: Vec<f64>, iterations: u64) -> Timing {
    samples.sort_by(f64::total_cmp);
    Timing {
        median_ns: quantile(&samples, 0.5),
        lower_quartile_ns: quantile(&samples, 0.25),
        upper_quartile_ns: quantile(&samples, 0.75),
        iterations,
    }
}

/// The median; NaN when there is no sample.
#[must_use]
pub fn median(mut samples: Vec<f64>) -> f64 {
    samples.sort_by(f64::total_cmp);
    quantile(&samples, 0.5)
}

/// The value below which this part of the sorted samples lies, interpolated
/// between neighbours; NaN when there is no sample.
#[must_use]
pub fn quantile(sorted: &[f64], part: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else {
        return f64::NAN;
    };
    let position = part * last as f64;
    // Between 0 and `last`, both exact in f64.
    let below = position.floor() as usize;
    let above = (below + 1).min(last);
    let weight = position - position.floor();
    sorted[below] * (1.0 - weight) + sorted[above] * weight
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};

    use super::*;

    /// A clock that only subjects move.
    #[derive(Default)]
    struct World {
        now: Cell<Duration>,
        /// Whose turn it was, and how many iterations it did.
        turns: RefCell<Vec<(usize, u64)>>,
    }

    impl Clock for &World {
        fn now(&mut self) -> Duration {
            self.now.get()
        }
    }

    struct Sleeper<'w> {
        world: &'w World,
        name: usize,
        cost: Duration,
        /// What an iteration costs in the n-th call of `run`, when not `cost`.
        odd: fn(usize) -> Option<Duration>,
        cycle: u64,
        calls: usize,
        /// What preparing takes, and how often it was done.
        preparation: Duration,
        prepared: usize,
    }

    impl<'w> Sleeper<'w> {
        fn new(world: &'w World, name: usize, nanos: u64) -> Self {
            Self {
                world,
                name,
                cost: Duration::from_nanos(nanos),
                odd: |_| None,
                cycle: 1,
                calls: 0,
                preparation: Duration::ZERO,
                prepared: 0,
            }
        }
    }

    impl Subject for Sleeper<'_> {
        fn prepare(&mut self) {
            self.prepared += 1;
            self.world.now.set(self.world.now.get() + self.preparation);
        }

        fn run(&mut self, iterations: u64) {
            let cost = (self.odd)(self.calls).unwrap_or(self.cost);
            self.calls += 1;
            let iterations_32 = u32::try_from(iterations).expect("few iterations in tests");
            self.world
                .now
                .set(self.world.now.get() + cost * iterations_32);
            self.world.turns.borrow_mut().push((self.name, iterations));
        }

        fn cycle(&self) -> u64 {
            self.cycle
        }
    }

    const PLAN: Plan = Plan {
        rounds: 5,
        turn: Duration::from_micros(100),
    };

    fn close(left: f64, right: f64) -> bool {
        (left - right).abs() < 1e-6 * right.abs()
    }

    #[test]
    fn each_subject_has_its_own_time() {
        let world = World::default();
        let mut subjects = [50, 700, 1_000_000].map(|nanos| Sleeper::new(&world, 0, nanos));
        let timings = interleave(&mut &world, PLAN, &mut subjects);
        for (timing, nanos) in timings.iter().zip([50.0, 700.0, 1_000_000.0]) {
            assert!(close(timing.median_ns, nanos), "{timing:?}");
            assert!(close(timing.lower_quartile_ns, nanos), "{timing:?}");
            assert!(close(timing.upper_quartile_ns, nanos), "{timing:?}");
        }
        let iterations: Vec<u64> = timings.iter().map(|timing| timing.iterations).collect();
        assert_eq!(iterations, [2000, 143, 1], "a turn's worth, and never none");
    }

    #[test]
    fn rounds_begin_with_another_subject_each() {
        let world = World::default();
        // One turn's worth each, so that calibration is one call.
        let mut subjects = [0, 1, 2].map(|name| Sleeper::new(&world, name, 100_000));
        interleave(&mut &world, PLAN, &mut subjects);
        let order: Vec<usize> = world.turns.borrow().iter().map(|turn| turn.0).collect();
        assert_eq!(order[..3], [0, 1, 2], "calibration");
        let rounds: Vec<&[usize]> = order[3..].chunks(3).collect();
        assert_eq!(
            rounds,
            [[0, 1, 2], [1, 2, 0], [2, 0, 1], [0, 1, 2], [1, 2, 0]]
        );
    }

    #[test]
    fn a_disturbed_round_does_not_move_the_median() {
        let world = World::default();
        let mut subject = Sleeper::new(&world, 0, 100_000);
        subject.odd = |call| (call == 3).then_some(Duration::from_secs(1));
        let timings = interleave(&mut &world, PLAN, &mut [subject]);
        assert!(close(timings[0].median_ns, 100_000.0), "{timings:?}");
    }

    #[test]
    fn what_prepares_a_turn_is_not_timed() {
        let world = World::default();
        let mut subjects = [Sleeper::new(&world, 0, 100_000)];
        subjects[0].preparation = Duration::from_micros(70);
        let timings = interleave(&mut &world, PLAN, &mut subjects);
        assert!(close(timings[0].median_ns, 100_000.0), "{timings:?}");
        assert_eq!(subjects[0].prepared, subjects[0].calls, "before each turn");
    }

    #[test]
    fn turns_are_whole_cycles() {
        let world = World::default();
        let mut subject = Sleeper::new(&world, 0, 30);
        subject.cycle = 256;
        let timings = interleave(&mut &world, PLAN, &mut [subject]);
        assert_eq!(timings[0].iterations % 256, 0);
        assert_eq!(timings[0].iterations, 13 * 256);
        assert!(world.turns.borrow().iter().all(|turn| turn.1 % 256 == 0));
    }

    #[test]
    fn quantiles_lie_between_their_neighbours() {
        let sorted = [1.0, 2.0, 4.0, 8.0];
        assert!(close(quantile(&sorted, 0.5), 3.0));
        assert!(close(quantile(&sorted, 0.25), 1.75));
        assert!(close(quantile(&sorted, 1.0), 8.0));
        assert!(close(quantile(&[5.0], 0.75), 5.0));
        assert!(quantile(&[], 0.5).is_nan());
        let timing = summarise(vec![9.0, 1.0, 5.0], 7);
        assert!(close(timing.median_ns, 5.0) && timing.iterations == 7);
    }
}
