//! What each of facet's own crate features is here: types that are shown, types that are refused, or no types.
//!
//! That none is missing is a test of `xtask`, which asks cargo what facet has.

/// A feature of facet's.
pub(crate) struct Feature {
    pub(crate) name: &'static str,
    /// What it adds.
    pub(crate) what: &'static str,
    /// As for types. Empty where it adds none.
    pub(crate) shown_by: &'static [&'static str],
}

macro_rules! features {
    ($($name:literal $what:literal $([$($shown:literal),+])?;)+) => {
        pub(crate) const FEATURES: &[Feature] = &[$(Feature {
            name: $name,
            what: $what,
            shown_by: &[$($($shown),+)?],
        }),+];
    };
}

features! {
    "all-impls" "others of these";
    "alloc" "types of `alloc`" ["pointers::boxed"];
    "auto-traits" "facts about types that no byte depends on";
    "bytes" "`Bytes`, `BytesMut`" ["containers::shared_bytes", "containers::mutable_bytes"];
    "bytestring" "`ByteString`" ["crates::byte_string"];
    "camino" "`Utf8PathBuf`, `Utf8Path`" ["crates::utf8_path"];
    "chrono" "dates and times" ["crates::chrono_utc"];
    "compact_str" "`CompactString`" ["crates::compact"];
    "default" "others of these";
    "doc" "the text of comments";
    "fn-ptr" "function pointers" ["refusals::function"];
    "function" "an attribute for functions";
    "helpful-derive" "messages of the derive";
    "iddqd" "maps whose items have their keys" ["containers::id_hash_map", "containers::id_ord_map", "containers::bi_hash_map", "containers::tri_hash_map"];
    "indexmap" "`IndexMap`" ["containers::index_map"];
    "jiff02" "dates and times" ["crates::jiff_zoned"];
    "lock_api" "locks as `parking_lot` has them" ["pointers::other_lock"];
    "net" "addresses" ["standard::ip", "standard::socket"];
    "nonzero" "`NonZero`" ["scalars::non_zero_u8"];
    "num-complex" "`Complex`" ["crates::complex"];
    "ordered-float" "`OrderedFloat`, `NotNan`" ["crates::ordered_32", "crates::not_nan_32"];
    "reflect" "the crate `facet-reflect`";
    "ruint" "`Uint`, `Bits`" ["crates::uint_256", "crates::bits_256"];
    "rust_decimal" "`Decimal`" ["crates::decimal"];
    "semver" "versions" ["crates::version", "crates::version_req"];
    "simd" "vectors" ["refusals::simd"];
    "slow-tests" "tests of its own";
    "smallvec" "`SmallVec`" ["containers::small_bytes"];
    "smartstring" "`SmartString`" ["crates::smart"];
    "smol_str" "`SmolStr`" ["crates::smol"];
    "static_assertions" "checks of its own, while it is compiled";
    "std" "types of `std`" ["containers::hash_map", "pointers::lock"];
    "tendril" "`StrTendril`" ["crates::tendril", "crates::atomic_tendril"];
    "testfeat" "tests of its own";
    "time" "dates and times" ["crates::time_utc"];
    "tuples-12" "tuples of up to 12" ["standard::tuple_12"];
    "ulid" "`Ulid`" ["crates::ulid_text"];
    "url" "`Url`, `Host`" ["crates::url_text", "crates::url_host"];
    "uuid" "`Uuid`" ["crates::uuid_bytes"];
    "yoke" "`Yoke`" ["refusals::yoke"];
}
