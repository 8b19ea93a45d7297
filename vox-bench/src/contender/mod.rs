//! Who competes: the ways to encode a value that are timed side by side.
//!
//! A [`Column`] names a way, a [`Contender`] is that way applied to the values of
//! a workload. Vox as it is by default encodes by its free functions, as most callers do. For its other columns the
//! [`Lineup`] owns runtimes, one each, made for timing: they count nothing and compile nothing in the background. A
//! contender's bytes are compared with serde postcard's before it is let in.

#[cfg(feature = "peers")]
mod bytes;
mod column;
mod peer;
mod turns;

use std::fmt;

use serde::{Deserialize, Serialize};
use vox::{PrepareError, Runtime, Tier};
use vox_oracle::diff::Difference;

pub use column::{Column, Settings};
pub use peer::{Allocated, Encoded, Peers};
pub use turns::Contender;

use crate::hand;
use crate::workload::{Encodable, Value};

/// Where the bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Buffer {
    /// A new vector for each encode, which is dropped.
    Fresh,
    /// One vector for all, cleared before each.
    Reused,
}

impl Buffer {
    /// What people read.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Reused => "reused",
        }
    }
}

/// Why a contender is not let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Absence {
    /// It is not to be had here; why.
    Unavailable(String),
    /// It refuses a value; what it says.
    Refuses(String),
    /// Its bytes are not serde postcard's.
    Differs(Difference),
}

impl fmt::Display for Absence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable(reason) => f.write_str(reason),
            Self::Refuses(reason) => write!(f, "it refuses the value: {reason}"),
            Self::Differs(difference) => write!(f, "its bytes differ: {difference}"),
        }
    }
}

impl std::error::Error for Absence {}

/// Makes contenders, and owns the runtimes they use.
#[derive(Debug)]
pub struct Lineup {
    runtimes: Vec<(Column, Runtime)>,
}

impl Lineup {
    /// A runtime for every column of vox this build can have, but for [`Column::Probed`].
    #[must_use]
    pub fn new() -> Self {
        let columns = Column::TABLE.into_iter().chain([Column::Baseline]);
        let runtime = |column: Column| {
            (column != Column::Probed && column.missing().is_none()).then_some(())?;
            Some((column, time_runtime(column.settings()?)))
        };
        Self {
            runtimes: columns.filter_map(runtime).collect(),
        }
    }

    /// A contender on values, of which there must be one at least. It takes
    /// them in turns, each encode into a new vector that is dropped.
    ///
    /// # Errors
    ///
    /// When the column is not to be had, or does not give serde postcard's bytes.
    pub fn enter<'v, T: Value>(
        &'v self,
        column: Column,
        values: &'v [T],
    ) -> Result<Contender<'v>, Absence> {
        if let Some(runtime) = self.runtime::<T>(column)? {
            return turns::fresh(column, values, move |value| runtime.to_bytes(value));
        }
        match column {
            Column::Probed => {
                prepare_globally::<T>()?;
                turns::fresh(column, values, vox::to_bytes)
            }
            Column::Copied => turns::copied(values),
            Column::Hand => turns::hinted(column, values, hand::encoder()),
            Column::HandPortable => turns::hinted(column, values, hand::portable_encoder()),
            Column::FacetPostcard => {
                turns::fresh(column, values, |value| facet_postcard::to_vec(value))
            }
            Column::SerdeBytes => turns::unless_missing(column, values, T::SERDE_BYTES),
            Column::Bincode => turns::derived(column, values, T::BINCODE),
            Column::Bitcode => turns::derived(column, values, T::BITCODE),
            Column::Borsh => turns::derived(column, values, T::BORSH),
            Column::Rkyv => turns::derived(column, values, T::RKYV),
            Column::Speedy => turns::derived(column, values, T::SPEEDY),
            Column::Wincode => turns::derived(column, values, T::WINCODE),
            _ => turns::fresh(column, values, |value| postcard::to_allocvec(value)),
        }
    }

    /// The same into one vector that is cleared before each encode.
    ///
    /// # Errors
    ///
    /// As for [`Self::enter`], and when the column always makes a vector of its own.
    pub fn enter_reused<'v, T: Value>(
        &'v self,
        column: Column,
        values: &'v [T],
    ) -> Result<Contender<'v>, Absence> {
        if let Some(runtime) = self.runtime::<T>(column)? {
            let encode = move |value: &T, buffer: &mut Vec<u8>| {
                runtime.to_bytes_in(value, buffer).map(|_| ())
            };
            return turns::reused(column, values, encode);
        }
        let by_function =
            |value: &T, buffer: &mut Vec<u8>| vox::to_bytes_in(value, buffer).map(|_| ());
        let by_hand = |encode: hand::Encode<T>| {
            move |value: &T, buffer: &mut Vec<u8>| -> Result<(), Absence> {
                encode(value, buffer);
                Ok(())
            }
        };
        match column {
            Column::Probed => {
                prepare_globally::<T>()?;
                turns::reused(column, values, by_function)
            }
            Column::Copied => turns::copied_again(values),
            Column::Hand => turns::reused(column, values, by_hand(hand::encoder())),
            Column::HandPortable => {
                turns::reused(column, values, by_hand(hand::portable_encoder()))
            }
            _ if column.makes_its_vector() => {
                let reason = "it is measured with a vector of its own only";
                Err(Absence::Unavailable(reason.to_owned()))
            }
            _ => turns::reused(column, values, |value: &T, buffer: &mut Vec<u8>| {
                *buffer = postcard::to_extend(value, std::mem::take(buffer))?;
                Ok::<_, postcard::Error>(())
            }),
        }
    }

    /// The runtime of a column of vox that has one, with the type compiled; nothing for the others.
    fn runtime<T: Encodable>(&self, column: Column) -> Result<Option<&Runtime>, Absence> {
        if let Some(reason) = column.unavailable() {
            return Err(Absence::Unavailable(reason.to_owned()));
        }
        let Some((_, runtime)) = self.runtimes.iter().find(|(it, _)| *it == column) else {
            return Ok(None);
        };
        let settings = column.settings().expect("columns of vox have settings");
        prepared(runtime.prepare::<T>(settings.tier))?;
        Ok(Some(runtime))
    }
}

impl Default for Lineup {
    fn default() -> Self {
        Self::new()
    }
}

/// Compiles a type for the free functions.
fn prepare_globally<T: Encodable>() -> Result<(), Absence> {
    prepared(vox::prepare::<T>(Tier::Optimized))
}

fn prepared(tier: Result<Tier, PrepareError>) -> Result<(), Absence> {
    tier.map(drop)
        .map_err(|error| Absence::Unavailable(error.to_string()))
}

fn time_runtime(settings: Settings) -> Runtime {
    Runtime::builder()
        .tier(settings.tier)
        .vtable_calls(settings.vtable_calls)
        .probed_layouts(settings.probed_layouts)
        .background(false)
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Subject as _;
    use crate::workload::gnarly;

    #[test]
    fn every_available_column_enters() {
        let lineup = Lineup::new();
        let values = [gnarly::payload(1, 0), gnarly::payload(0, 1)];
        for column in Column::TABLE.into_iter().chain(Column::ROWS) {
            let entered = lineup.enter(column, &values);
            match (column.unavailable(), entered) {
                (None, Ok(mut contender)) => {
                    assert_eq!(contender.column(), column);
                    contender.run(3);
                }
                (Some(reason), Err(Absence::Unavailable(said))) => assert_eq!(said, reason),
                (missing, entered) => panic!("{column}: {missing:?}, {entered:?}"),
            }
        }
    }

    #[test]
    fn all_but_some_peers_write_to_a_vector_that_is_there() {
        let lineup = Lineup::new();
        let values = [vec![String::from("one")], vec![]];
        for column in Column::ROWS {
            match lineup.enter_reused(column, &values) {
                Ok(mut contender) => contender.run(3),
                Err(_) if column.unavailable().is_some() => {}
                Err(absence) => {
                    assert!(column.makes_its_vector(), "{column}: {absence}");
                }
            }
        }
    }
}
