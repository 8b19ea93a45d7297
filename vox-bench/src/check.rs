//! The bytes of every mode, against serde postcard's.
//!
//! A run that prints numbers proves first that they are numbers of the right
//! thing. The modes are `vox-oracle`'s, whose runtimes count; so the same pass
//! says how many calls an encode makes. The peers and the runtimes that are
//! timed are compared when they [enter](crate::contender::Lineup::enter).
//!
//! Not for: other kinds of output, refusals, limits. That is what the tests
//! of vox do, with `vox_oracle::judge`.

use std::fmt;

use vox::Counters;
use vox_oracle::diff::{self, Difference};
use vox_oracle::mode::Mode;

use crate::workload::metadata::Document;
use crate::workload::{Encodable, Workload};

/// What a check saw.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// Values encoded.
    pub values: usize,
    /// Postcard bytes of all of them.
    pub bytes: usize,
    /// What was called in each mode, in the modes' order, over all values.
    pub calls: Vec<Counters>,
    /// Modes in which the type did not run in the mode's tier, and why.
    pub fallen: Vec<Fallen>,
}

/// A mode in which a type ran in a lower tier than meant. Its bytes were checked, but
/// they are the lower tier's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fallen {
    /// The workload.
    pub workload: &'static str,
    /// The mode.
    pub mode: String,
    /// What the runtime says.
    pub reason: String,
}

impl fmt::Display for Fallen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            workload,
            mode,
            reason,
        } = self;
        write!(f, "{workload}, {mode}: ran in a lower tier: {reason}")
    }
}

/// A value whose bytes are wrong in a mode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// The workload.
    pub workload: &'static str,
    /// The mode, or the contender.
    pub mode: String,
    /// Which of the workload's values, where that is known and it has several.
    pub value: Option<usize>,
    /// In what way.
    pub wrong: Wrong,
}

/// In what way an encoding is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// There is none; what the encoder says.
    Refused(String),
    /// Other bytes than serde postcard's.
    Differs(Difference),
    /// Serde postcard does not read it back.
    Unreadable(String),
    /// Serde postcard reads another value.
    OtherValue,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.workload, self.mode)?;
        if let Some(idx) = self.value {
            write!(f, ", value {idx}")?;
        }
        match &self.wrong {
            Wrong::Refused(reason) => write!(f, ": refused: {reason}"),
            Wrong::Differs(difference) => write!(f, ": {difference}"),
            Wrong::Unreadable(reason) => {
                write!(f, ": serde postcard does not read it back: {reason}")
            }
            Wrong::OtherValue => write!(f, ": serde postcard reads back another value"),
        }
    }
}

impl std::error::Error for Mismatch {}

/// Encodes every value in every mode.
///
/// # Errors
///
/// The first value and mode whose bytes are not serde postcard's.
pub fn compare_bytes<T: Encodable>(
    modes: &[Mode],
    workload: &Workload,
    values: &[T],
) -> Result<Checked, Box<Mismatch>> {
    let mismatch = |mode: &str, idx, wrong| {
        Box::new(Mismatch {
            workload: workload.name,
            mode: mode.to_owned(),
            value: (values.len() > 1).then_some(idx),
            wrong,
        })
    };
    // What calls it took to learn from the first containers of a type is not counted.
    for mode in modes {
        for (idx, value) in values.iter().enumerate() {
            let encoded = mode.runtime.to_bytes(value);
            encoded
                .map_err(|error| mismatch(&mode.name, idx, Wrong::Refused(error.to_string())))?;
        }
    }
    let mut bytes = 0;
    let mut calls = vec![Counters::default(); modes.len()];
    for (idx, value) in values.iter().enumerate() {
        let expected = postcard::to_allocvec(value)
            .map_err(|error| mismatch("serde postcard", idx, Wrong::Refused(error.to_string())))?;
        bytes += expected.len();
        for (mode, total) in modes.iter().zip(&mut calls) {
            let (actual, counters) = mode
                .runtime
                .to_bytes_counted(value)
                .map_err(|error| mismatch(&mode.name, idx, Wrong::Refused(error.to_string())))?;
            diff::compare(&expected, &actual)
                .map_err(|difference| mismatch(&mode.name, idx, Wrong::Differs(difference)))?;
            add(total, &counters);
        }
    }
    Ok(Checked {
        values: values.len(),
        bytes,
        calls,
        fallen: find_fallen::<T>(modes, workload),
    })
}

/// Encodes the document in every mode and reads it back with serde postcard.
///
/// # Errors
///
/// The first mode in which another document came back, or none.
pub fn read_back(
    modes: &[Mode],
    workload: &Workload,
    document: &Document,
) -> Result<(), Box<Mismatch>> {
    for mode in modes {
        let wrong = |wrong| {
            Box::new(Mismatch {
                workload: workload.name,
                mode: mode.name.clone(),
                value: None,
                wrong,
            })
        };
        let bytes = mode
            .runtime
            .to_bytes(document)
            .map_err(|error| wrong(Wrong::Refused(error.to_string())))?;
        let (back, rest) = postcard::take_from_bytes::<Document>(&bytes)
            .map_err(|error| wrong(Wrong::Unreadable(error.to_string())))?;
        if !rest.is_empty() {
            let left = format!("{} bytes are left over", rest.len());
            return Err(wrong(Wrong::Unreadable(left)));
        }
        if back != *document {
            return Err(wrong(Wrong::OtherValue));
        }
    }
    Ok(())
}

fn add(total: &mut Counters, counters: &Counters) {
    total.vtable_calls += counters.vtable_calls;
    total.trampoline_calls += counters.trampoline_calls;
    total.c_trampoline_calls += counters.c_trampoline_calls;
    total.accessor_calls += counters.accessor_calls;
}

fn find_fallen<T: Encodable>(modes: &[Mode], workload: &Workload) -> Vec<Fallen> {
    let fallen = |mode: &Mode| {
        let report = mode.runtime.report::<T>();
        if report.refusal.is_none() && report.tier == mode.tier {
            return None;
        }
        let reason = report.refusal.or(report.why_not_higher).unwrap_or_default();
        Some(Fallen {
            workload: workload.name,
            mode: mode.name.clone(),
            reason,
        })
    };
    modes.iter().filter_map(fallen).collect()
}

#[cfg(test)]
mod tests {
    use facet::Facet;
    use serde::{Serialize, Serializer};
    use vox::{Tier, VtableCalls};
    use vox_oracle::mode;

    use super::*;
    use crate::workload::{Family, metadata};

    const WORKLOAD: Workload = Workload::row("tests_of_checks", Family::Gnarly, 1);

    /// Says another number to serde than it is.
    #[derive(Debug, Clone, PartialEq, Facet)]
    struct Liar(u8);

    impl Serialize for Liar {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_u8(if self.0 == 3 { 4 } else { self.0 })
        }
    }

    #[test]
    fn right_bytes_are_counted() {
        let modes = mode::counting();
        let values = [vec![Some(7_u32), None], vec![]];
        let checked = compare_bytes(modes, &WORKLOAD, &values).unwrap();
        assert_eq!((checked.values, checked.bytes), (2, 5));
        assert_eq!(checked.calls.len(), modes.len());
        for (mode, counters) in modes.iter().zip(&checked.calls) {
            let in_optimized = mode.tier == Tier::Optimized;
            if !mode.probed_layouts && mode.vtable_calls == VtableCalls::Inline {
                // Two lengths, two tests for Some and one payload at least.
                assert!(counters.vtable_calls >= 5, "{}: {counters:?}", mode.name);
                assert_eq!(counters.c_trampoline_calls, 0, "{}", mode.name);
            }
            // With probed layouts there may be nothing left to call.
            let calls_all = mode.vtable_calls == VtableCalls::Trampoline && !mode.probed_layouts;
            if in_optimized && calls_all {
                assert!(counters.c_trampoline_calls > 0, "{}", mode.name);
            }
        }
        assert_eq!(checked.fallen, []);
    }

    #[test]
    fn a_wrong_byte_names_workload_mode_and_value() {
        let modes = mode::counting();
        let values = [Liar(2), Liar(3)];
        let mismatch = compare_bytes(modes, &WORKLOAD, &values).unwrap_err();
        let text = mismatch.to_string();
        let name = &modes[0].name;
        let begin = format!("tests_of_checks, {name}, value 1: first difference at offset 0");
        assert!(text.starts_with(&begin), "{text}");
    }

    #[test]
    fn the_document_is_read_back_in_every_mode() {
        let document = metadata::sample();
        assert_eq!(read_back(mode::counting(), &WORKLOAD, &document), Ok(()));
    }
}
