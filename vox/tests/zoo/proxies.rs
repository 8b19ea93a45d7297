//! Types facet 0.46 has no shape for, each with the proxy that makes vox write what serde writes.
//!
//! A proxy is converted into on every encode, which costs a copy of the value. It must be
//! convertible back as well, for formats that read.

use std::cell::{Cell, RefCell};
use std::collections::{BinaryHeap, LinkedList, VecDeque};
use std::ffi::OsString;
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use facet::Facet;
use serde::Serialize;

/// Declares a struct with one field of a foreign type, between others, and its proxy.
macro_rules! by_proxy {
    ($($name:ident: $ty:ty, $proxy:ident $body:tt, |$value:ident| $out:expr, |$back:ident| $in:expr;)+) => {
        $(
            #[derive(Facet, Serialize)]
            struct $name {
                before: u8,
                #[facet(opaque, proxy = $proxy)]
                value: $ty,
                after: u16,
            }

            impl $name {
                const fn around(value: $ty) -> Self {
                    Self { before: 1, value, after: 300 }
                }
            }

            #[derive(Facet)]
            struct $proxy $body

            impl TryFrom<&$ty> for $proxy {
                type Error = String;
                fn try_from($value: &$ty) -> Result<Self, String> {
                    $out
                }
            }

            impl TryFrom<$proxy> for $ty {
                type Error = String;
                fn try_from($back: $proxy) -> Result<Self, String> {
                    $in
                }
            }
        )+
    };
}

by_proxy! {
    HasDeque: VecDeque<u16>, Deque { items: Vec<u16> },
        |value| Ok(Self { items: value.iter().copied().collect() }), |back| Ok(back.items.into());
    HasLinkedList: LinkedList<String>, Linked { items: Vec<String> },
        |value| Ok(Self { items: value.iter().cloned().collect() }), |back| Ok(back.items.into_iter().collect());
    HasHeap: BinaryHeap<u32>, Heap { items: Vec<u32> },
        |value| Ok(Self { items: value.iter().copied().collect() }), |back| Ok(back.items.into());
    HasSystemTime: SystemTime, SinceEpoch { secs: u64, nanos: u32 },
        |value| {
            let since = value.duration_since(UNIX_EPOCH).map_err(|_| String::from("SystemTime must be later than UNIX_EPOCH"))?;
            Ok(Self { secs: since.as_secs(), nanos: since.subsec_nanos() })
        },
        |back| Ok(UNIX_EPOCH + Duration::new(back.secs, back.nanos));
    HasCell: Cell<u32>, CellValue { value: u32 },
        |value| Ok(Self { value: value.get() }), |back| Ok(Cell::new(back.value));
    HasRefCell: RefCell<String>, RefCellValue { value: String },
        |value| {
            let value = value.try_borrow().map_err(|_| String::from("already mutably borrowed"))?;
            Ok(Self { value: value.clone() })
        },
        |back| Ok(RefCell::new(back.value));
    HasAtomicBool: AtomicBool, AtomicBoolValue { value: bool },
        |value| Ok(Self { value: value.load(Ordering::Relaxed) }), |back| Ok(AtomicBool::new(back.value));
    HasAtomicU32: AtomicU32, AtomicU32Value { value: u32 },
        |value| Ok(Self { value: value.load(Ordering::Relaxed) }), |back| Ok(AtomicU32::new(back.value));
    HasAtomicI64: AtomicI64, AtomicI64Value { value: i64 },
        |value| Ok(Self { value: value.load(Ordering::Relaxed) }), |back| Ok(AtomicI64::new(back.value));
    HasInclusive: RangeInclusive<u32>, Bounds { start: u32, end: u32 },
        |value| Ok(Self { start: *value.start(), end: *value.end() }), |back| Ok(back.start..=back.end);
}

/// serde's form of an `OsString`, which tells the systems apart.
#[derive(Facet)]
#[repr(u8)]
enum OsText {
    Unix(Vec<u8>),
    Windows(Vec<u16>),
}

#[derive(Facet, Serialize)]
struct HasOsString {
    before: u8,
    #[facet(opaque, proxy = OsText)]
    value: OsString,
    after: u16,
}

impl HasOsString {
    const fn around(value: OsString) -> Self {
        Self {
            before: 1,
            value,
            after: 300,
        }
    }
}

impl TryFrom<&OsString> for OsText {
    type Error = String;
    #[cfg(unix)]
    fn try_from(value: &OsString) -> Result<Self, String> {
        use std::os::unix::ffi::OsStrExt as _;
        Ok(Self::Unix(value.as_bytes().to_vec()))
    }
    #[cfg(windows)]
    fn try_from(value: &OsString) -> Result<Self, String> {
        use std::os::windows::ffi::OsStrExt as _;
        Ok(Self::Windows(value.encode_wide().collect()))
    }
}

impl TryFrom<OsText> for OsString {
    type Error = String;
    #[cfg(unix)]
    fn try_from(back: OsText) -> Result<Self, String> {
        use std::os::unix::ffi::OsStringExt as _;
        match back {
            OsText::Unix(bytes) => Ok(Self::from_vec(bytes)),
            OsText::Windows(_) => Err(String::from("from another system")),
        }
    }
    #[cfg(windows)]
    fn try_from(back: OsText) -> Result<Self, String> {
        use std::os::windows::ffi::OsStringExt as _;
        match back {
            OsText::Windows(wide) => Ok(Self::from_wide(&wide)),
            OsText::Unix(_) => Err(String::from("from another system")),
        }
    }
}

vox_oracle::zoo! { MEMBERS;
    deque: HasDeque = [HasDeque::around(VecDeque::new()), HasDeque::around([1, 300].into())];
    linked_list: HasLinkedList = [HasLinkedList::around(LinkedList::new()), HasLinkedList::around([String::from("a"), String::new()].into())];
    binary_heap: HasHeap = [HasHeap::around(BinaryHeap::new()), HasHeap::around([1, 300, 2].into())];
    system_time: HasSystemTime = [HasSystemTime::around(UNIX_EPOCH), HasSystemTime::around(UNIX_EPOCH + Duration::new(1_700_000_000, 999_999_999))];
    cell: HasCell = [HasCell::around(Cell::new(300))];
    ref_cell: HasRefCell = [HasRefCell::around(RefCell::new(String::from("cell")))];
    atomic_bool: HasAtomicBool = [HasAtomicBool::around(AtomicBool::new(true))];
    atomic_u32: HasAtomicU32 = [HasAtomicU32::around(AtomicU32::new(u32::MAX))];
    atomic_i64: HasAtomicI64 = [HasAtomicI64::around(AtomicI64::new(i64::MIN))];
    range_inclusive: HasInclusive = [HasInclusive::around(1..=300)];
    os_string: HasOsString = [HasOsString::around(OsString::new()), HasOsString::around(OsString::from("grüße"))];
}
