//! Which ops were executed, in which tier.
//!
//! An op that stands in a program need not be reached by a value. What counts is what the
//! interpreter executed for the very values ([`vox_core::interp::counts`]); a compiled tier that encoded the same
//! values by the same program, and rightly, has executed the same ops.

use std::collections::BTreeMap;
use std::fmt;

use vox::Tier;
use vox_core::interp::counts;
use vox_core::program::Op;

/// Ops that lowering never emits on this machine: where memory has the order of the wire,
/// a float is copied. Programs written by hand execute them in `vox-jit`'s tests.
#[cfg(target_endian = "little")]
const NEVER_LOWERED: &[&str] = &["write_f32", "write_f64"];
#[cfg(target_endian = "big")]
const NEVER_LOWERED: &[&str] = &[];

/// How often each op was executed.
#[derive(Debug, Clone, Copy)]
pub struct OpCounts(pub counts::OpCounts);

impl Default for OpCounts {
    fn default() -> Self {
        Self([0; Op::NAMES.len()])
    }
}

impl OpCounts {
    /// Adds other counts.
    pub fn add(&mut self, other: &Self) {
        for (count, more) in self.0.iter_mut().zip(other.0) {
            *count += more;
        }
    }
}

/// The ops executed in each tier.
#[derive(Debug, Clone, Default)]
pub struct Coverage {
    by_tier: BTreeMap<Tier, OpCounts>,
}

impl Coverage {
    /// Adds what a tier has executed.
    pub fn add(&mut self, tier: Tier, executed: &OpCounts) {
        self.by_tier.entry(tier).or_default().add(executed);
    }

    /// Adds all of another coverage.
    pub fn merge(&mut self, other: &Self) {
        for (tier, executed) in &other.by_tier {
            self.add(*tier, executed);
        }
    }

    /// The ops each of these tiers never executed, by name, and those it executed though they are
    /// said to be never lowered here: then that is not so any more.
    #[must_use]
    pub fn missing(&self, tiers: &[Tier]) -> Vec<(Tier, &'static str)> {
        let mut missing = Vec::new();
        for tier in tiers {
            let executed = self.by_tier.get(tier).copied().unwrap_or_default();
            for (name, count) in Op::NAMES.iter().zip(executed.0) {
                if (count == 0) != NEVER_LOWERED.contains(name) {
                    missing.push((*tier, *name));
                }
            }
        }
        missing
    }
}

/// A table: a line for each op, a column for each tier.
impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:20}", "op executed")?;
        for tier in self.by_tier.keys() {
            write!(f, " {:>12}", tier.to_string())?;
        }
        for (index, name) in Op::NAMES.iter().enumerate() {
            write!(f, "\n{name:20}")?;
            for executed in self.by_tier.values() {
                write!(f, " {:>12}", executed.0[index])?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use facet::Facet;
    use vox::{Runtime, Tier};

    use super::*;

    /// What the interpreter executes for a value, by name.
    fn executed<T: Facet<'static>>(value: &T) -> BTreeMap<&'static str, u64> {
        let runtime = Runtime::builder().tier(Tier::Interpreter).build();
        let _ = counts::take();
        runtime.to_bytes(value).expect("it encodes");
        let counted = Op::NAMES.iter().copied().zip(counts::take());
        counted.filter(|(_, count)| *count != 0).collect()
    }

    #[derive(Facet, Clone)]
    #[repr(u8)]
    #[allow(dead_code, reason = "facet reads it")]
    enum Unit {
        A,
        B,
        C,
    }

    /// Ops that are executed with the one before count as any other.
    #[test]
    fn every_op_counts_once() {
        let units = executed(&vec![Unit::B; 10]);
        assert_eq!((units["switch"], units["write_const"]), (10, 10));
        let number = executed(&Box::new(300_u64));
        assert_eq!((number["borrow"], number["write_var_u64"]), (1, 1));
        let text = executed(&Arc::<str>::from("text"));
        assert_eq!((text["borrow"], text["write_bytes"]), (1, 1));
        let options = executed(&(Some(Some(300_u64)), Some(String::from("text"))));
        assert_eq!(options["write_option"], 3);
        assert_eq!((options["write_var_u64"], options["write_bytes"]), (1, 1));
        let pair = (String::from("a"), String::from("b"));
        assert_eq!(executed(&vec![pair; 10])["write_bytes"], 20);
        let lists = BTreeMap::from([(String::from("a"), vec![String::from("b")])]);
        let map = executed(&lists);
        assert_eq!((map["write_map"], map["write_list"]), (1, 1));
        assert_eq!(map["write_bytes"], 2);
        // Written at once where the processor can.
        let numbers = executed(&(1_u64, 2_u64, 3_u64, 4_u64, 5_u64, 6_u64, 7_u64, 8_u64));
        assert_eq!((numbers["write_run"], numbers["write_var_u64"]), (1, 8));
    }
}
