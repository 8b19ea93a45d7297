//! Types of other crates that reflection cannot look into.
//!
//! Their form is whatever their crate says in its `Serialize`, so the walker asks
//! that: for these types it is no judge of its own, and says the same as serde.

use facet_reflect::Peek;

/// What the type's own crate writes; `None` for all other types.
pub(super) fn encode(peek: Peek<'_, '_>) -> Option<postcard::Result<Vec<u8>>> {
    macro_rules! serialized {
        ($($ty:ty),+ $(,)?) => {
            $( if let Ok(value) = peek.get::<$ty>() {
                return Some(postcard::to_allocvec(value));
            } )+
        };
    }
    serialized!(
        bytestring::ByteString,
        camino::Utf8Path,
        camino::Utf8PathBuf,
        chrono::DateTime<chrono::Utc>,
        chrono::DateTime<chrono::FixedOffset>,
        chrono::DateTime<chrono::Local>,
        chrono::NaiveDateTime,
        chrono::NaiveDate,
        chrono::NaiveTime,
        chrono::Duration,
        compact_str::CompactString,
        jiff::Zoned,
        jiff::Timestamp,
        jiff::civil::DateTime,
        jiff::civil::Date,
        jiff::civil::Time,
        ordered_float::NotNan<f32>,
        ordered_float::NotNan<f64>,
        ruint::Uint<0, 0>,
        ruint::Uint<1, 1>,
        ruint::Uint<8, 1>,
        ruint::Uint<64, 1>,
        ruint::Uint<96, 2>,
        ruint::Uint<160, 3>,
        ruint::Uint<256, 4>,
        ruint::Uint<4096, 64>,
        ruint::Bits<160, 3>,
        ruint::Bits<256, 4>,
        rust_decimal::Decimal,
        semver::Version,
        semver::VersionReq,
        smartstring::SmartString<smartstring::LazyCompact>,
        smol_str::SmolStr,
        time::OffsetDateTime,
        time::UtcDateTime,
        ulid::Ulid,
        url::Url,
        url::Host<String>,
    );
    // Without a `Serialize`; strings, as their name says.
    if let Ok(value) = peek.get::<tendril::StrTendril>() {
        return Some(postcard::to_allocvec::<str>(value));
    }
    if let Ok(value) = peek.get::<tendril::Tendril<tendril::fmt::UTF8, tendril::Atomic>>() {
        return Some(postcard::to_allocvec::<str>(value));
    }
    None
}
