//! One case in one mode: the same bytes whatever the buffer had, nothing left behind.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use vox::EncodeError;
use vox_core::interp::counts;
use vox_oracle::diff::compare;
use vox_oracle::judge::OneMode;
use vox_oracle::mode::Mode;

use crate::case::Case;
use crate::coverage::OpCounts;
use crate::refusal::Refusal;
use crate::root::Root;

/// What stands in a buffer before the encode, and must stay.
const BEFORE: [u8; 3] = [0xa5, 0x5a, 0x99];

/// Bytes before what has no encoding that fit every output, so that this is what is told and not
/// that the output is short.
const MOST_BEFORE_REFUSAL: usize = 2048;

/// What a successful check did.
#[derive(Debug, Default, Clone, Copy)]
pub struct Checked {
    /// Encodes, all of them right.
    pub encodes: u64,
    /// What the interpreter executed; nothing in other tiers.
    pub executed: OpCounts,
}

/// Encodes every value of a case in a mode.
///
/// # Errors
///
/// With what is wrong, as a person reads it.
pub fn values(case: &Case, mode: &Mode) -> Result<Checked, String> {
    guard(|| {
        let _ = counts::take();
        let mut encodes = 0;
        for index in 0..case.len() {
            encodes +=
                value(case, index, mode).map_err(|error| format!("value {index}: {error}"))?;
        }
        let executed = OpCounts(counts::take());
        let report = mode.runtime.report_shape(case.shape());
        let is_right = match case.refusal_of_type() {
            Some(_) => report.refusal.is_some(),
            None => report.refusal.is_none() && report.tier == mode.tier,
        };
        if !is_right {
            return Err(format!("not in the tier it should be in: {report}"));
        }
        Ok(Checked { encodes, executed })
    })
}

fn value(case: &Case, index: usize, mode: &Mode) -> Result<u64, String> {
    let (peek, expected) = case.value(index);
    // No room at all, just enough, and a little that runs out on the way.
    let rooms = [0, expected.len(), expected.len() / 2];
    for room in rooms {
        let mut buffer = Vec::with_capacity(BEFORE.len() + room);
        buffer.extend_from_slice(&BEFORE);
        let result = mode.runtime.peek_to_bytes_in(peek, &mut buffer);
        if let Some(refusal) = case.refusal(index) {
            refused(refusal, result, &buffer)?;
            continue;
        }
        let len = result.map_err(|error| error.to_string())?;
        let (before, written) = buffer.split_at(BEFORE.len());
        if before != BEFORE {
            return Err(String::from("what stood in the buffer has changed"));
        }
        compare(expected, written).map_err(|difference| difference.to_string())?;
        if len != expected.len() {
            return Err(format!("{} bytes were told to be {len}", expected.len()));
        }
    }
    match Case::leaks() {
        // Nothing was compared when it was refused.
        0 if case.is_refused(index) => Ok(0),
        0 => Ok(rooms.len() as u64),
        leaks => Err(format!(
            "{leaks} iterators, guards or proxies were not given back"
        )),
    }
}

/// What has no encoding is an error that says why, and the buffer is as it was.
fn refused(
    refusal: &Refusal,
    result: Result<usize, EncodeError>,
    buffer: &[u8],
) -> Result<(), String> {
    match result {
        Ok(len) => Err(format!("a {} was encoded, in {len} bytes", refusal.name)),
        Err(error) if error.kind() != refusal.kind => Err(error.to_string()),
        Err(error) if !error.to_string().contains(refusal.text) => Err(error.to_string()),
        Err(_) if buffer != BEFORE => Err(String::from("the buffer is not as it was")),
        Err(_) => Ok(()),
    }
}

/// As [`values`], through a type known to the compiler: every kind of output. The
/// mode's runtime must not have seen a root before.
///
/// # Errors
///
/// As for [`values`].
pub fn outputs(case: &Case, mode: &Mode) -> Result<(), String> {
    guard(|| {
        let judge = OneMode(mode);
        for index in 0..case.len() {
            let (_, expected) = case.value(index);
            // SAFETY: a value of the case's shape is at its address, and the case is alive.
            let root = unsafe { Root::around(case.shape(), case.address(index)) };
            let label = format!("value {index}");
            let Some(refusal) = case.refusal(index) else {
                judge.by_bytes(&label, root, expected);
                continue;
            };
            if expected.len() <= MOST_BEFORE_REFUSAL {
                let result = mode.runtime.to_bytes(root);
                let text = result.as_ref().map_err(ToString::to_string).err();
                refused(refusal, result.map(|bytes| bytes.len()), &BEFORE)?;
                // Other outputs say the same.
                judge.refuses(&label, root, &text.unwrap_or_default());
            }
        }
        Ok(())
    })
}

/// A panic is an error like any other here: it is to be made small, too.
fn guard<R>(run: impl FnOnce() -> Result<R, String>) -> Result<R, String> {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(result) => result,
        Err(payload) => Err(format!("a panic: {}", text_of(&*payload))),
    }
}

fn text_of(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<&'static str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a text")
}
