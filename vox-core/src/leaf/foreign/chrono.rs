//! The crate `chrono`: everything as text in the form of ISO 8601, except for
//! durations, which are seconds and the nanoseconds behind them.

use core::fmt::{self, Display};

use chrono::{
    DateTime, Duration, FixedOffset, Local, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat,
    TimeZone, Utc,
};

use super::output::Form;
use super::{Known, leaf};

/// Displays a moment as it is serialized. Local time beyond the range of dates
/// panics, as it does in `chrono`'s `Serialize`.
struct Moment<'a, Z: TimeZone>(&'a DateTime<Z>);

impl<Z: TimeZone> Display for Moment<'_, Z> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

/// Displays what is serialized as it is debugged.
struct Debugged<'a, T>(&'a T);

impl<T: fmt::Debug> Display for Debugged<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

leaf!(write_utc: DateTime<Utc>, |it, output| output.display(&Moment(it)));
leaf!(write_fixed: DateTime<FixedOffset>, |it, output| output.display(&Moment(it)));
leaf!(write_local: DateTime<Local>, |it, output| output.display(&Moment(it)));
leaf!(write_naive: NaiveDateTime, |it, output| output.display(&Debugged(it)));
leaf!(write_date: NaiveDate, |it, output| output.display(&Debugged(it)));
leaf!(write_time: NaiveTime, |it, output| output.display(it));

// Not by facet's proxy: it holds the sign in both parts, while the nanoseconds
// that are serialized always count upwards.
leaf!(write_duration: Duration, |it, output| {
    let nanos = it.subsec_nanos();
    let borrow = i64::from(nanos < 0);
    let upwards = i64::from(nanos) + borrow * 1_000_000_000;
    let mut form = Form::new();
    form.signed(it.num_seconds() - borrow).signed(upwards);
    output.raw(form.as_bytes())
});

pub(super) fn known() -> [Known; 7] {
    [
        Known::new::<DateTime<Utc>>(write_utc),
        Known::new::<DateTime<FixedOffset>>(write_fixed),
        Known::new::<DateTime<Local>>(write_local),
        Known::new::<NaiveDateTime>(write_naive),
        Known::new::<NaiveDate>(write_date),
        Known::new::<NaiveTime>(write_time),
        Known::new::<Duration>(write_duration),
    ]
}
