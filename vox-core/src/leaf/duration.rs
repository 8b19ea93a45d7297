//! `Duration`: seconds and nanoseconds. Facet has a proxy for it that says the
//! same; this spares the memory the proxy would live in.

use core::time::Duration;

use super::output::Form;
use super::{Known, leaf};

leaf!(write_duration: Duration, |duration, output| {
    let mut form = Form::new();
    form.unsigned(duration.as_secs()).unsigned(duration.subsec_nanos().into());
    output.raw(form.as_bytes())
});

pub(super) fn known() -> [Known; 1] {
    [Known::new::<Duration>(write_duration)]
}
