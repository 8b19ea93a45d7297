//! The support list: what vox encodes, and how, as it stands in the documentation.
//!
//! Every row names members of the zoo that show it, and every module of the zoo is named by a
//! row. The text in `vox/src/support.md` is generated from here; `VOX_BLESS=1 cargo test
//! --workspace --test zoo support` writes it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::features::FEATURES;
use crate::refusals::{self, Refusal};

/// Types of one kind.
struct Types {
    what: &'static str,
    rule: &'static str,
    /// Members, or modules of them, without `zoo::`.
    shown_by: &'static [&'static str],
}

/// Attributes with one rule.
pub(crate) struct Attributes {
    pub(crate) names: &'static [&'static str],
    rule: &'static str,
    /// As for types, or tests of refusals (`refusals::name`).
    shown_by: &'static [&'static str],
}

const TYPES: &[Types] = &[
    Types {
        what: "`bool`",
        rule: "one byte, 0 or 1",
        shown_by: &["scalars::boolean"],
    },
    Types {
        what: "`u8`, `i8`",
        rule: "one byte",
        shown_by: &["scalars::unsigned_8", "scalars::signed_8"],
    },
    Types {
        what: "`u16` to `u128`, `usize`",
        rule: "a varint; `usize` as `u64`",
        shown_by: &[
            "scalars::unsigned_16",
            "scalars::unsigned_32",
            "scalars::unsigned_64",
            "scalars::unsigned_128",
            "scalars::unsigned_word",
        ],
    },
    Types {
        what: "`i16` to `i128`, `isize`",
        rule: "zigzag, then a varint; `isize` as `i64`",
        shown_by: &[
            "scalars::signed_16",
            "scalars::signed_32",
            "scalars::signed_64",
            "scalars::signed_128",
            "scalars::signed_word",
        ],
    },
    Types {
        what: "`f32`, `f64`",
        rule: "their bits, little-endian, every NaN as it is",
        shown_by: &["scalars::float_32", "scalars::float_64"],
    },
    Types {
        what: "`char`",
        rule: "a string of one character",
        shown_by: &["scalars::character"],
    },
    Types {
        what: "`NonZero<T>`",
        rule: "as `T`",
        shown_by: &[
            "scalars::non_zero_u8",
            "scalars::non_zero_u16",
            "scalars::non_zero_u32",
            "scalars::non_zero_u64",
            "scalars::non_zero_u128",
            "scalars::non_zero_usize",
            "scalars::non_zero_i8",
            "scalars::non_zero_i16",
            "scalars::non_zero_i32",
            "scalars::non_zero_i64",
            "scalars::non_zero_i128",
            "scalars::non_zero_isize",
        ],
    },
    Types {
        what: "`()`, `PhantomData`, structs without fields",
        rule: "nothing",
        shown_by: &[
            "standard::unit",
            "standard::phantom",
            "products::unit",
            "products::empty_tuple",
            "products::empty_named",
            "products::sizeless",
        ],
    },
    Types {
        what: "`Infallible`",
        rule: "there is nothing to write: a type with such a part is fine, and a value that claims to have it is an error",
        shown_by: &[
            "standard::result_of_never",
            "standard::option_of_never",
            "standard::list_of_never",
        ],
    },
    Types {
        what: "`Option<T>`, nested at will",
        rule: "0, or 1 and the value",
        shown_by: &["options"],
    },
    Types {
        what: "`Result<T, E>`",
        rule: "0 and the value, or 1 and the error",
        shown_by: &[
            "standard::result",
            "standard::result_of_units",
            "standard::result_nested",
            "standard::result_of_never",
        ],
    },
    Types {
        what: "tuples of up to 12",
        rule: "the fields in order",
        shown_by: &[
            "standard::tuple_1",
            "standard::tuple_2",
            "standard::tuple_3",
            "standard::tuple_4",
            "standard::tuple_5",
            "standard::tuple_6",
            "standard::tuple_7",
            "standard::tuple_8",
            "standard::tuple_9",
            "standard::tuple_10",
            "standard::tuple_11",
            "standard::tuple_12",
            "standard::nested_tuples",
        ],
    },
    Types {
        what: "structs of every kind and representation, generic or not",
        rule: "the fields in the order of declaration",
        shown_by: &["products"],
    },
    Types {
        what: "enums with a `repr` of `u8` to `u64`, `i8` to `i64`, `C`, or `C` and one of these",
        rule: "the position of the variant, counted from 0, as a varint, then its fields. The discriminant does not matter. `repr(usize)` and `repr(isize)` are not derived by facet 0.46, nor is an enum without a `repr`; shapes made by hand are written and refused",
        shown_by: &["enums", "refusals::unrepresented"],
    },
    Types {
        what: "types that contain themselves",
        rule: "as any other; beyond `max_depth` levels an error",
        shown_by: &["recursion"],
    },
    Types {
        what: "`String`, `str`",
        rule: "the length in bytes, then UTF-8",
        shown_by: &["standard::string", "pointers::reference_to_text"],
    },
    Types {
        what: "`PathBuf`, `Path`",
        rule: "as a string; an error when it is not UTF-8",
        shown_by: &[
            "standard::path",
            "pointers::reference_to_path",
            "refusals::path_not_utf8",
        ],
    },
    Types {
        what: "`[T; N]`",
        rule: "the elements, without a length",
        shown_by: &[
            "containers::no_bytes",
            "containers::no_strings",
            "containers::three_bytes",
            "containers::array_of_words",
            "containers::array_of_lists",
            "containers::array_of_arrays",
            "containers::array_of_units",
        ],
    },
    Types {
        what: "`Vec<T>`, `[T]`, `Box<[T]>`",
        rule: "the length, then the elements",
        shown_by: &["containers"],
    },
    Types {
        what: "`smallvec::SmallVec`",
        rule: "the length, then the elements",
        shown_by: &[
            "containers::small_bytes",
            "containers::small_strings",
            "containers::small_numbers",
        ],
    },
    Types {
        what: "`bytes::Bytes`, `BytesMut`",
        rule: "the length, then the bytes",
        shown_by: &["containers::shared_bytes", "containers::mutable_bytes"],
    },
    Types {
        what: "`BTreeMap`, `HashMap`, `indexmap::IndexMap`",
        rule: "the number of entries, then key and value of each, in the order of the map. Facet 0.46 reads a `HashMap` or `HashSet` with a hasher of its own as one with the standard hasher: where that would be wrong, the type is refused",
        shown_by: &[
            "containers::map_of_strings",
            "containers::map_of_lists",
            "containers::map_of_units",
            "containers::map_of_maps",
            "containers::hash_map",
            "containers::index_map",
        ],
    },
    Types {
        what: "`BTreeSet`, `HashSet`, `iddqd`'s `IdOrdMap`, `IdHashMap`, `BiHashMap`, `TriHashMap`",
        rule: "the number of elements, then the elements, in the order of the set",
        shown_by: &[
            "containers::ordered_set",
            "containers::set_of_strings",
            "containers::hash_set",
            "containers::id_ord_map",
            "containers::id_hash_map",
            "containers::bi_hash_map",
            "containers::tri_hash_map",
        ],
    },
    Types {
        what: "`&T`, `&mut T`, `Box<T>`, `Rc<T>`, `Arc<T>`, `Cow<T>`, of sized types, `str` and slices",
        rule: "as `T`",
        shown_by: &["pointers"],
    },
    Types {
        what: "`rc::Weak<T>`, `sync::Weak<T>`",
        rule: "as the option of a strong pointer, which lives as long as it is written",
        shown_by: &["weak"],
    },
    Types {
        what: "`Mutex<T>`, `RwLock<T>`, of std or `lock_api`",
        rule: "as `T`, with the lock held until all of it is written. A poisoned lock is written like any other, for facet ignores poison; serde refuses it. Encoding waits for the lock",
        shown_by: &[
            "pointers::mutex",
            "pointers::mutex_of_list",
            "pointers::lock",
            "pointers::lock_of_array",
            "pointers::shared_lock",
            "pointers::other_mutex",
            "pointers::other_lock",
        ],
    },
    Types {
        what: "`OnceLock<T>`, `LazyLock<T>`",
        rule: "as `T`; a `LazyLock` is computed first, an empty `OnceLock` is an error. Serde has no form for them",
        shown_by: &["pointers::once", "pointers::lazy", "refusals::unset"],
    },
    Types {
        what: "`MutexGuard<T>`, `RwLockReadGuard<T>`, `RwLockWriteGuard<T>`, of std or `lock_api`",
        rule: "as `T`. Serde has no form for them",
        shown_by: &[
            "pointers::mutex_guard",
            "pointers::read_lock_guard",
            "pointers::write_lock_guard",
            "pointers::other_mutex_guard",
            "pointers::other_read_guard",
            "pointers::other_write_guard",
        ],
    },
    Types {
        what: "`Duration`",
        rule: "seconds and nanoseconds, two varints",
        shown_by: &["standard::duration"],
    },
    Types {
        what: "`Range<T>`",
        rule: "start and end",
        shown_by: &[
            "standard::range",
            "standard::range_of_floats",
            "standard::range_of_strings",
        ],
    },
    Types {
        what: "`IpAddr`, `SocketAddr`, and those of one version",
        rule: "the octets, behind 0 or 1 where it may be either version; the port as a varint. Scope and flow of IPv6 are lost, as in serde",
        shown_by: &[
            "standard::ipv4",
            "standard::ipv6",
            "standard::ip",
            "standard::socket_v4",
            "standard::socket_v6",
            "standard::socket",
        ],
    },
    Types {
        what: "`uuid::Uuid` (feature `uuid`)",
        rule: "16 bytes behind their number",
        shown_by: &["crates::uuid_bytes"],
    },
    Types {
        what: "`ulid::Ulid` (feature `ulid`)",
        rule: "a string",
        shown_by: &["crates::ulid_text"],
    },
    Types {
        what: "`url::Url`, `Host<String>` (feature `url`)",
        rule: "a string; 0 and a string, or 1 or 2 and the octets",
        shown_by: &["crates::url_text", "crates::url_host"],
    },
    Types {
        what: "`camino::Utf8PathBuf`, `Utf8Path` (feature `camino`)",
        rule: "a string",
        shown_by: &["crates::utf8_path", "pointers::reference_to_utf8_path"],
    },
    Types {
        what: "`CompactString`, `SmolStr`, `SmartString`, `ByteString` (features `compact_str`, `smol_str`, `smartstring`, `bytestring`)",
        rule: "a string",
        shown_by: &[
            "crates::compact",
            "crates::smol",
            "crates::smart",
            "crates::byte_string",
        ],
    },
    Types {
        what: "`StrTendril` and its atomic kind (feature `tendril`)",
        rule: "a string; serde does not know them",
        shown_by: &["crates::tendril", "crates::atomic_tendril"],
    },
    Types {
        what: "`OrderedFloat`; `NotNan` (feature `ordered-float`)",
        rule: "as the float",
        shown_by: &[
            "crates::ordered_32",
            "crates::ordered_64",
            "crates::not_nan_32",
            "crates::not_nan_64",
        ],
    },
    Types {
        what: "`num_complex::Complex`",
        rule: "real and imaginary part",
        shown_by: &["crates::complex", "crates::complex_integers"],
    },
    Types {
        what: "`ruint::Uint`, `Bits` (feature `ruint`) of 0, 1, 8, 16, 32, 64, 96, 128, 160, 192, 256, 320, 384, 448, 512, 768, 1024, 2048 or 4096 bits; others are refused",
        rule: "all bytes, the highest first, behind their number",
        shown_by: &[
            "crates::uint_0",
            "crates::uint_1",
            "crates::uint_8",
            "crates::uint_64",
            "crates::uint_96",
            "crates::uint_160",
            "crates::uint_256",
            "crates::uint_4096",
            "crates::bits_160",
            "crates::bits_256",
        ],
    },
    Types {
        what: "`rust_decimal::Decimal` (feature `rust_decimal`)",
        rule: "a string",
        shown_by: &["crates::decimal"],
    },
    Types {
        what: "`semver::Version`, `VersionReq` (feature `semver`)",
        rule: "a string",
        shown_by: &["crates::version", "crates::version_req"],
    },
    Types {
        what: "`chrono`'s `DateTime`, `NaiveDateTime`, `NaiveDate`, `NaiveTime` (feature `chrono`)",
        rule: "a string in the form of ISO 8601",
        shown_by: &[
            "crates::chrono_utc",
            "crates::chrono_fixed",
            "crates::chrono_local",
            "crates::chrono_naive",
            "crates::chrono_date",
            "crates::chrono_time",
        ],
    },
    Types {
        what: "`chrono::TimeDelta` (feature `chrono`)",
        rule: "seconds and the nanoseconds after them, two signed varints",
        shown_by: &["crates::chrono_duration"],
    },
    Types {
        what: "`time`'s `OffsetDateTime`, `UtcDateTime` (feature `time`)",
        rule: "year, day of the year, hour, minute, second, nanosecond, and the offset in three bytes",
        shown_by: &["crates::time_utc", "crates::time_offset"],
    },
    Types {
        what: "`jiff`'s `Timestamp`, `Zoned`, `civil::{DateTime, Date, Time}` (feature `jiff02`)",
        rule: "a string",
        shown_by: &[
            "crates::jiff_timestamp",
            "crates::jiff_zoned",
            "crates::jiff_date_time",
            "crates::jiff_date",
            "crates::jiff_time",
        ],
    },
];

const PROXIES: &[Types] = &[
    Types {
        what: "`VecDeque`, `LinkedList`, `BinaryHeap`",
        rule: "a struct of one `Vec`",
        shown_by: &[
            "proxies::deque",
            "proxies::linked_list",
            "proxies::binary_heap",
        ],
    },
    Types {
        what: "`SystemTime`",
        rule: "a struct of `u64` seconds and `u32` nanoseconds since 1970",
        shown_by: &["proxies::system_time"],
    },
    Types {
        what: "`OsString`",
        rule: "an enum of `Vec<u8>` and `Vec<u16>`",
        shown_by: &["proxies::os_string"],
    },
    Types {
        what: "`Cell`, `RefCell`",
        rule: "a struct of what is in it",
        shown_by: &["proxies::cell", "proxies::ref_cell"],
    },
    Types {
        what: "atomics",
        rule: "a struct of the value loaded",
        shown_by: &[
            "proxies::atomic_bool",
            "proxies::atomic_u32",
            "proxies::atomic_i64",
        ],
    },
    Types {
        what: "`RangeInclusive` and other ranges",
        rule: "a struct of the bounds",
        shown_by: &["proxies::range_inclusive"],
    },
];

const NO_EFFECT: &str = "does not change the bytes";

pub(crate) const ATTRIBUTES: &[Attributes] = &[
    Attributes {
        names: &["skip", "skip_serializing"],
        rule: "the field is left out, as in serde; the only field of a tuple struct is written all the same, as in serde. A variant that is marked so is an error when a value is one; the others are written, and keep their positions",
        shown_by: &[
            "attributes::skip",
            "attributes::skip_in_newtype",
            "attributes::skipped_variants",
            "refusals::skipped_variant",
        ],
    },
    Attributes {
        names: &[
            "skip_serializing_if",
            "skip_unless_truthy",
            "skip_all_unless_truthy",
        ],
        rule: "the field is left out when the predicate says so, as in serde; the only field of a tuple struct or variant, and that of a transparent struct, is always written, as in serde. Nothing in the bytes tells whether it is there: a reader must know",
        shown_by: &[
            "attributes::skip_if",
            "attributes::skip_if_in_newtype",
            "attributes::skip_unless_truthy",
            "attributes::skip_all_unless_truthy",
        ],
    },
    Attributes {
        names: &["truthy"],
        rule: "the predicate of the type, for the above",
        shown_by: &["attributes::truthy"],
    },
    Attributes {
        names: &["skip_deserializing"],
        rule: NO_EFFECT,
        shown_by: &["attributes::skip"],
    },
    Attributes {
        names: &["rename", "rename_all"],
        rule: "does not change the bytes, except for the variants of internally tagged enums, whose names are written, by serde's rules: it puts `HTTPServer` into snake case as `h_t_t_p_server`, letter by letter",
        shown_by: &[
            "attributes::names",
            "attributes::internally_tagged",
            "attributes::renamed_by_letters",
        ],
    },
    Attributes {
        names: &[
            "alias",
            "default",
            "deny_unknown_fields",
            "sensitive",
            "type_tag",
        ],
        rule: NO_EFFECT,
        shown_by: &["attributes::names"],
    },
    Attributes {
        names: &["flatten"],
        rule: "refused: serde makes a map of unknown length of it, which postcard refuses",
        shown_by: &["refusals::flatten"],
    },
    Attributes {
        names: &["transparent"],
        rule: "the field alone, which is the same as without it",
        shown_by: &["attributes::transparent", "products::transparent"],
    },
    Attributes {
        names: &["proxy"],
        rule: "the proxy is written instead, on types and fields; one for this format, `postcard::proxy`, goes before the common one. A conversion that fails is an error. A proxy for another format is not for this one. On a variant: refused",
        shown_by: &[
            "attributes::proxy",
            "attributes::postcard_proxy",
            "attributes::other_proxy",
            "attributes::field_proxies",
            "proxies",
            "refusals::unconverted",
        ],
    },
    Attributes {
        names: &["opaque"],
        rule: "refused, unless the field has a proxy or is skipped (the only one of a tuple struct is not, as in serde); so are opaque adapters (`opaque = ...`)",
        shown_by: &[
            "proxies",
            "refusals::opaque_field",
            "refusals::opaque_type",
            "refusals::adapted",
        ],
    },
    Attributes {
        names: &["untagged"],
        rule: "what the variant holds, as serde writes it; postcard cannot read it back. On a variant: for that variant",
        shown_by: &["attributes::untagged", "attributes::untagged_variant"],
    },
    Attributes {
        names: &["tag"],
        rule: "alone: the variant's name as a string, then its fields, as serde writes it; variants that hold neither named fields nor a struct that does, be it behind pointers, locks and newtypes, are refused. On a struct, whose name serde writes in front, and on a field of an `other` variant: refused",
        shown_by: &[
            "attributes::internally_tagged",
            "attributes::tagged_through",
            "refusals::tagged_tuple",
            "refusals::tagged_struct",
            "refusals::captures_tag",
        ],
    },
    Attributes {
        names: &["content"],
        rule: "with `tag`: the variant's position, then its fields, as serde writes it. Without `tag`, and on a field of an `other` variant: refused",
        shown_by: &[
            "attributes::adjacently_tagged",
            "refusals::captures_content",
            "refusals::content_alone",
        ],
    },
    Attributes {
        names: &["is_numeric"],
        rule: "the discriminant as an integer of the enum's representation, as the crate `serde_repr` writes it; variants with fields are refused, and so is `repr(C)` with numbers beyond `u32`, for it does not say what integer they are",
        shown_by: &[
            "attributes::numeric_u8",
            "attributes::numeric_u16",
            "attributes::numeric_u32",
            "attributes::numeric_u64",
            "attributes::numeric_i8",
            "attributes::numeric_i16",
            "attributes::numeric_i32",
            "attributes::numeric_i64",
            "refusals::numeric_with_fields",
        ],
    },
    Attributes {
        names: &["other"],
        rule: "the variant is written like any other",
        shown_by: &["attributes::other"],
    },
    Attributes {
        names: &["cow"],
        rule: "does not change the bytes: an enum of two variants",
        shown_by: &["attributes::cow"],
    },
    Attributes {
        names: &["metadata_container"],
        rule: "the fields that are not metadata",
        shown_by: &["attributes::metadata_container"],
    },
    Attributes {
        names: &["metadata"],
        rule: "left out in metadata containers; does not change the bytes elsewhere",
        shown_by: &["attributes::metadata_container", "attributes::element"],
    },
    Attributes {
        names: &["trailing"],
        rule: "refused: it is for opaque adapters",
        shown_by: &["refusals::trailing"],
    },
    Attributes {
        names: &["child", "attribute", "text"],
        rule: NO_EFFECT,
        shown_by: &["attributes::element"],
    },
    Attributes {
        names: &["custom_element"],
        rule: NO_EFFECT,
        shown_by: &["attributes::for_trees"],
    },
    Attributes {
        names: &["invariants"],
        rule: "does not change the bytes, and is not checked: a value that exists is written",
        shown_by: &["attributes::invariants"],
    },
    Attributes {
        names: &["pod", "traits"],
        rule: NO_EFFECT,
        shown_by: &["attributes::traits"],
    },
    Attributes {
        names: &["auto_traits"],
        rule: NO_EFFECT,
        shown_by: &["attributes::auto_traits"],
    },
    Attributes {
        names: &["where"],
        rule: NO_EFFECT,
        shown_by: &["attributes::with_where"],
    },
    Attributes {
        names: &["crate"],
        rule: NO_EFFECT,
        shown_by: &["attributes::from_crate"],
    },
    Attributes {
        names: &["recursive_type"],
        rule: NO_EFFECT,
        shown_by: &["recursion"],
    },
    Attributes {
        names: &["from_ref", "try_from_ref"],
        rule: "does not change the bytes: for building values, and gone at run time",
        shown_by: &[
            "attributes::from_reference",
            "attributes::tried_from_reference",
        ],
    },
];

/// Whether a member is meant by a name in a row.
fn is_named(name: &str, member: &str) -> bool {
    member == name
        || member
            .strip_prefix(name)
            .is_some_and(|rest| rest.starts_with("::"))
}

/// The members of all three parts of the zoo, by their golden files.
fn members() -> BTreeSet<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/golden");
    let mut members = BTreeSet::new();
    for file in std::fs::read_dir(folder).expect("the folder is there") {
        let path = file.expect("a file").path();
        let text = std::fs::read_to_string(path).expect("a text");
        let names = text.lines().filter_map(|line| line.split(' ').next());
        members.extend(names.map(String::from));
    }
    assert!(!members.is_empty());
    members
}

fn all_refusals() -> impl Iterator<Item = &'static Refusal> {
    refusals::TYPES.iter().chain(refusals::VALUES)
}

/// Whether there is a member of the zoo, or a test of a refusal, of that name.
pub(crate) fn is_shown(name: &str) -> bool {
    match name.strip_prefix("refusals::") {
        Some(name) => all_refusals().any(|refusal| refusal.name == name),
        None => members().iter().any(|member| is_named(name, member)),
    }
}

fn all_rows() -> impl Iterator<Item = (String, &'static [&'static str])> {
    let types = TYPES.iter().chain(PROXIES);
    let types = types.map(|row| (String::from(row.what), row.shown_by));
    types.chain(ATTRIBUTES.iter().map(|row| (code(row.names), row.shown_by)))
}

#[test]
fn every_feature_names_members_or_refusals() {
    for feature in FEATURES {
        for name in feature.shown_by {
            let what = feature.name;
            assert!(is_shown(name), "there is no `{name}`, which shows {what}");
        }
    }
}

#[test]
fn every_row_names_members_or_refusals() {
    for (what, shown_by) in all_rows() {
        assert!(!shown_by.is_empty(), "{what} is shown by nothing");
        for name in shown_by {
            assert!(is_shown(name), "there is no `{name}`, which shows {what}");
        }
    }
    for row in TYPES.iter().chain(PROXIES) {
        let is_member = |name: &&&str| !name.starts_with("refusals::");
        assert!(
            row.shown_by.iter().any(|name| is_member(&name)),
            "{} is only refused",
            row.what
        );
    }
}

#[test]
fn every_member_has_a_row() {
    for member in members() {
        let mut rows = all_rows();
        assert!(
            rows.any(|(_, names)| names.iter().any(|name| is_named(name, &member))),
            "{member} is in no row of the support list"
        );
    }
}

/// Names that are used twice would let one test stand for two rows.
#[test]
fn every_refusal_has_a_name_of_its_own() {
    let names: BTreeSet<&str> = all_refusals().map(|refusal| refusal.name).collect();
    assert_eq!(names.len(), all_refusals().count());
}

fn code(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

fn table(text: &mut String, head: &str, rows: &[Types]) {
    let _ = writeln!(text, "| {head} | rule | in the zoo |\n|---|---|---|");
    for row in rows {
        let _ = writeln!(
            text,
            "| {} | {} | {} |",
            row.what,
            row.rule,
            code(row.shown_by)
        );
    }
}

fn render() -> String {
    let mut text = String::from(
        "What vox encodes, and how.\n\n\
         The rule is always that of serde and its `postcard`. Each row names members of the zoo\n\
         (`vox/tests/zoo`, `zoo_std`, `zoo_crates`), which are encoded with values at their boundaries as root, field, list element,\n\
         payload of an option and value of a map, in every tier, and compared with serde's bytes. This page is\n\
         generated from the table those tests check.\n\n\
         # Types\n\n",
    );
    table(&mut text, "type", TYPES);
    text.push_str(
        "\nFacet puts the iterator of a map or set, and the guard of a lock, into a box. When there is no memory for the box\n\
         the process aborts. The documentation of the crate says, under *When memory runs out*, where else, and where it is an error.\n",
    );
    text.push_str(
        "\nTypes of other crates need facet's feature for them. Where a feature of vox is named, that one is needed\n\
         too, and turns facet's on; without it the type is refused, and the error names the feature.\n\n\
         # Types by proxy\n\n\
         Facet 0.46 has no shape for these. A proxy on the field makes vox write what serde writes:\n\
         `#[facet(opaque, proxy = Mine)]`, with conversions both ways.\n\n",
    );
    table(&mut text, "type", PROXIES);
    text.push_str("\n# Attributes\n\nEvery attribute of facet's own grammar.\n\n");
    let _ = writeln!(text, "| attribute | rule | in the zoo |\n|---|---|---|");
    for row in ATTRIBUTES {
        let _ = writeln!(
            text,
            "| {} | {} | {} |",
            code(row.names),
            row.rule,
            code(row.shown_by)
        );
    }
    text.push_str(
        "\n# Refused\n\n\
         A type with one of these anywhere in it is an error for every value, with the path to it and what to do: mostly\n\
         to name a proxy. Each is tested as root, field, list element, payload of an option and value of a map.\n\n",
    );
    refusals_table(&mut text, refusals::TYPES);
    text.push_str(
        "\n# Values that are refused\n\n\
         Their types have an encoding; these values are an error, with the path to them, tested at the same places.\n\n",
    );
    refusals_table(&mut text, refusals::VALUES);
    features_table(&mut text);
    text
}

fn features_table(text: &mut String) {
    text.push_str(
        "\n# Features of facet\n\n\
         Every crate feature of facet, and what shows the types it adds.\n\n\
         | feature | adds | in the zoo |\n|---|---|---|\n",
    );
    for feature in FEATURES {
        let shown_by = match feature.shown_by {
            [] => String::from("no type of its own"),
            names => code(names),
        };
        let _ = writeln!(
            text,
            "| `{}` | {} | {shown_by} |",
            feature.name, feature.what
        );
    }
}

fn refusals_table(text: &mut String, rows: &[Refusal]) {
    text.push_str("| what | the error says | tested by |\n|---|---|---|\n");
    for row in rows {
        let name = row.name;
        let _ = writeln!(
            text,
            "| {} | {} | `refusals::{name}` |",
            row.what, row.reason
        );
    }
}

#[test]
fn the_documentation_is_generated() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/support.md");
    let text = render();
    if std::env::var_os("VOX_BLESS").is_some_and(|value| value == "1") {
        std::fs::write(path, &text).expect("the page can be written");
        return;
    }
    let written = std::fs::read_to_string(path)
        .expect("the page is there")
        .replace('\r', "");
    assert!(
        written == text,
        "vox/src/support.md is stale: VOX_BLESS=1 writes it"
    );
}
