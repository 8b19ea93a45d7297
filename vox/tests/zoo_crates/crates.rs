//! Types of other crates, against what their own `Serialize` makes postcard write.

use bytestring::ByteString;
use camino::Utf8PathBuf;
use chrono::{DateTime, FixedOffset, Local, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use compact_str::CompactString;
use jiff::civil;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};
use num_complex::Complex;
use ordered_float::{NotNan, OrderedFloat};
use ruint::{Bits, Uint};
use rust_decimal::Decimal;
use semver::{Version, VersionReq};
use smartstring::{LazyCompact, SmartString};
use smol_str::SmolStr;
use tendril::{StrTendril, Tendril};
use time::{OffsetDateTime, UtcDateTime, UtcOffset};
use ulid::Ulid;
use url::{Host, Url};
use uuid::Uuid;

use crate::forms::forms;

/// Lengths around those at which small strings move to the heap.
fn text(len: usize) -> String {
    "grüße ".chars().cycle().take(len).collect()
}

fn moment(secs: i64, nanos: u32) -> DateTime<Utc> {
    DateTime::from_timestamp(secs, nanos).expect("in range")
}

fn with_offset(secs: i64, nanos: u32, offset: i32) -> DateTime<FixedOffset> {
    moment(secs, nanos).with_timezone(&FixedOffset::east_opt(offset).expect("in range"))
}

fn leap_second() -> NaiveTime {
    NaiveTime::from_hms_nano_opt(23, 59, 59, 1_999_999_999).expect("in range")
}

fn seconds(secs: i64, nanos: u32) -> TimeDelta {
    TimeDelta::new(secs, nanos).expect("in range")
}

fn offset_time(secs: i64, hours: i8, minutes: i8, seconds: i8) -> OffsetDateTime {
    let offset = UtcOffset::from_hms(hours, minutes, seconds).expect("in range");
    OffsetDateTime::from_unix_timestamp(secs)
        .expect("in range")
        .to_offset(offset)
}

fn zoned(seconds: i32) -> Zoned {
    let offset = Offset::from_seconds(seconds).expect("in range");
    Timestamp::from_second(1_700_000_000)
        .expect("in range")
        .to_zoned(TimeZone::fixed(offset))
}

/// A zone that is a rule and has no name.
fn zoned_by_rule() -> Zoned {
    let zone = TimeZone::posix("EST5EDT,M3.2.0,M11.1.0").expect("a zone");
    Timestamp::UNIX_EPOCH.to_zoned(zone)
}

fn not_nan<T: ordered_float::FloatCore>(value: T) -> NotNan<T> {
    NotNan::new(value).expect("a number")
}

forms! {
    uuid_bytes(u8): Uuid = [Uuid::nil(), Uuid::max(), Uuid::from_u128(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef)];
    ulid_text(u16): Ulid = [Ulid(0), Ulid(u128::MAX), Ulid(1 << 80)];
    url_text(u32): Url = [Url::parse("https://user@example.com:81/a?b#c").expect("a URL"), Url::parse("data:,x").expect("a URL")];
    url_host(u64): Host<String> = [
        Host::Domain(text(100)), Host::Ipv4([127, 0, 0, 1].into()), Host::Ipv6([1, 2, 3, 4, 5, 6, 7, 8].into()),
    ];
    utf8_path(i8): Utf8PathBuf = [Utf8PathBuf::new(), Utf8PathBuf::from("/some/where"), Utf8PathBuf::from(text(2000))];
    compact(i16): CompactString = [text(0).into(), text(20).into(), text(24).into(), text(300).into()];
    smol(i32): SmolStr = [text(0).into(), text(20).into(), text(23).into(), text(300).into()];
    smart(i64): SmartString<LazyCompact> = [text(0).into(), text(20).into(), text(23).into(), text(300).into()];
    byte_string(u8): ByteString = [ByteString::new(), text(300).into()];
    ordered_32(u16): OrderedFloat<f32> = [OrderedFloat(-0.0), OrderedFloat(f32::NAN)];
    ordered_64(u32): OrderedFloat<f64> = [OrderedFloat(1.5), OrderedFloat(f64::NAN)];
    not_nan_32(u64): NotNan<f32> = [not_nan(-0.0), not_nan(f32::INFINITY)];
    not_nan_64(i8): NotNan<f64> = [not_nan(1.5), not_nan(f64::MIN)];
    complex(i16): Complex<f32> = [Complex::new(1.5, -2.5)];
    complex_integers(i32): Complex<i64> = [Complex::new(i64::MIN, 300)];
    uint_0(i64): Uint<0, 0> = [Uint::ZERO];
    uint_1(u8): Uint<1, 1> = [Uint::ZERO, Uint::MAX];
    uint_8(u16): Uint<8, 1> = [Uint::ZERO, Uint::MAX];
    uint_64(u32): Uint<64, 1> = [Uint::ZERO, Uint::from(0x0102_0304_u32), Uint::MAX];
    uint_96(u64): Uint<96, 2> = [Uint::ZERO, Uint::from(u64::MAX), Uint::MAX];
    uint_160(i8): Uint<160, 3> = [Uint::ZERO, Uint::from(1_u128 << 100), Uint::MAX];
    uint_256(i16): Uint<256, 4> = [Uint::ZERO, Uint::from(0x0102_0304_u32), Uint::MAX];
    uint_4096(i32): Uint<4096, 64> = [Uint::ZERO, Uint::from(0x0102_0304_u32), Uint::MAX];
    bits_160(i64): Bits<160, 3> = [Bits::ZERO, Bits::from(Uint::from(1_u128 << 100))];
    bits_256(u8): Bits<256, 4> = [Bits::ZERO, Bits::from(Uint::MAX)];
    decimal(u16): Decimal = [
        Decimal::ZERO, Decimal::new(-15, 1), Decimal::MAX, Decimal::MIN, Decimal::new(1, 28), Decimal::new(100, 2),
        -Decimal::ZERO, Decimal::new(-0, 3),
    ];
    version(u32): Version = [Version::new(0, 0, 0), Version::parse("1.2.3-alpha.1+build.5").expect("a version")];
    version_req(u64): VersionReq = [VersionReq::STAR, VersionReq::parse(">=1.2, <2, ^1.2.3-x").expect("a requirement")];
    chrono_utc(i8): DateTime<Utc> = [
        moment(0, 0), moment(1_700_000_000, 1), moment(-1, 999_999_000), moment(-62_200_000_000, 5_000_000),
        DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC,
    ];
    chrono_fixed(i16): DateTime<FixedOffset> = [
        with_offset(0, 0, 0), with_offset(1_700_000_000, 7, 19_800), with_offset(0, 120_000_000, -12_345), with_offset(300_000_000_000, 0, 3600),
    ];
    chrono_local(i32): DateTime<Local> = [moment(1_700_000_000, 0).into(), moment(0, 5).into()];
    chrono_naive(i64): NaiveDateTime = [moment(0, 0).naive_utc(), NaiveDateTime::MIN, NaiveDateTime::MAX, NaiveDate::MIN.and_time(leap_second())];
    chrono_date(u8): NaiveDate = [NaiveDate::MIN, NaiveDate::MAX, moment(0, 0).date_naive()];
    chrono_time(u16): NaiveTime = [NaiveTime::MIN, leap_second(), NaiveTime::from_hms_micro_opt(1, 2, 3, 45).expect("in range")];
    chrono_duration(u32): TimeDelta = [
        TimeDelta::zero(), seconds(1, 1), seconds(-2, 500_000_000), seconds(-1, 0), seconds(-1, 999_999_999), seconds(300, 999_999_999),
        TimeDelta::MIN, TimeDelta::MAX,
    ];
    time_utc(u64): UtcDateTime = [
        UtcDateTime::UNIX_EPOCH, UtcDateTime::MIN, UtcDateTime::MAX, UtcDateTime::from_unix_timestamp_nanos(1_700_000_000_000_000_300).expect("in range"),
    ];
    time_offset(i8): OffsetDateTime = [
        OffsetDateTime::UNIX_EPOCH, offset_time(1_700_000_000, 5, 30, 0), offset_time(-1, -3, -25, -45),
    ];
    jiff_timestamp(i16): Timestamp = [Timestamp::UNIX_EPOCH, Timestamp::MIN, Timestamp::MAX];
    jiff_zoned(i32): Zoned = [zoned(0), zoned(19_800), zoned(-12_345), Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC), zoned_by_rule()];
    jiff_date_time(i64): civil::DateTime = [civil::DateTime::MIN, civil::DateTime::MAX, civil::DateTime::ZERO];
    jiff_date(u8): civil::Date = [civil::Date::MIN, civil::Date::MAX];
    jiff_time(u16): civil::Time = [civil::Time::MIN, civil::Time::MAX, civil::Time::midnight()];
}

vox_oracle::zoo! { TWINS;
    tendril: StrTendril as twin = [(StrTendril::new(), ""), (text(300).into(), text(300))];
    atomic_tendril: Tendril<tendril::fmt::UTF8, tendril::Atomic> as twin = [
        (Tendril::new(), ""), (Tendril::from_slice("text"), "text"),
    ];
}
