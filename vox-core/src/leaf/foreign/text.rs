//! Types that are written as text: because they are text, or because their crate
//! has them displayed in every format.

#[allow(unused_imports, reason = "unused without any of the features")]
use super::{Known, leaf};

/// Declares the leaf functions of types, each behind its feature.
macro_rules! texts {
    ($($feature:literal $($unsized:ident)?, $name:ident: $ty:ty, $write:expr;)+) => {
        $( #[cfg(feature = $feature)] leaf!($($unsized)? $name: $ty, $write); )+

        pub(super) fn known() -> Vec<Known> {
            vec![ $( #[cfg(feature = $feature)] Known::new::<$ty>($name), )+ ]
        }
    };
}

texts! {
    "bytestring", write_byte_string: bytestring::ByteString, |it, output| output.text(it);
    "camino", write_utf8_path_buf: camino::Utf8PathBuf, |it, output| output.text(it.as_str());
    "camino" unsized, write_utf8_path: camino::Utf8Path, |it, output| output.text(it.as_str());
    "compact_str", write_compact: compact_str::CompactString, |it, output| output.text(it);
    "smartstring", write_smart: smartstring::SmartString<smartstring::LazyCompact>, |it, output| output.text(it);
    "smol_str", write_smol: smol_str::SmolStr, |it, output| output.text(it);
    "tendril", write_tendril: tendril::StrTendril, |it, output| output.text(it);
    "tendril", write_atomic_tendril: tendril::Tendril<tendril::fmt::UTF8, tendril::Atomic>, |it, output| output.text(it);
    "url", write_url: url::Url, |it, output| output.text(it.as_str());
    "ulid", write_ulid: ulid::Ulid, |it, output| {
        let mut buffer = [0; ulid::ULID_LEN];
        output.text(it.array_to_str(&mut buffer))
    };
    "jiff02", write_zoned: jiff::Zoned, |it, output| output.display(it);
    "jiff02", write_timestamp: jiff::Timestamp, |it, output| output.display(it);
    "jiff02", write_date_time: jiff::civil::DateTime, |it, output| output.display(it);
    "jiff02", write_date: jiff::civil::Date, |it, output| output.display(it);
    "jiff02", write_time: jiff::civil::Time, |it, output| output.display(it);
    "rust_decimal", write_decimal: rust_decimal::Decimal, |it, output| output.display(it);
    "semver", write_version: semver::Version, |it, output| output.display(it);
    "semver", write_version_req: semver::VersionReq, |it, output| output.display(it);
}
