//! The crate `time`: date, time and offset as numbers, in this order.

use time::{OffsetDateTime, UtcDateTime};

use super::output::Form;
use super::{Known, leaf};

macro_rules! date_and_time {
    ($form:ident, $it:ident) => {
        $form
            .signed($it.year().into())
            .unsigned($it.ordinal().into())
            .push(&[$it.hour(), $it.minute(), $it.second()])
            .unsigned($it.nanosecond().into());
    };
}

leaf!(write_utc: UtcDateTime, |it, output| {
    let mut form = Form::new();
    date_and_time!(form, it);
    output.raw(form.as_bytes())
});

leaf!(write_offset: OffsetDateTime, |it, output| {
    let mut form = Form::new();
    date_and_time!(form, it);
    let (hours, minutes, seconds) = it.offset().as_hms();
    // An `i8` is a byte in postcard, no varint.
    form.push(&[hours, minutes, seconds].map(i8::cast_unsigned));
    output.raw(form.as_bytes())
});

pub(super) fn known() -> [Known; 2] {
    [
        Known::new::<UtcDateTime>(write_utc),
        Known::new::<OffsetDateTime>(write_offset),
    ]
}
