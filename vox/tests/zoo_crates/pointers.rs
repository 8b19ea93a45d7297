//! Pointers over what is sized, over strings and over slices, and locks.

use std::borrow::Cow;
use std::path::Path;
use std::rc::Rc;
use std::sync::{
    Arc, LazyLock, Mutex, MutexGuard, OnceLock, RwLock, RwLockReadGuard, RwLockWriteGuard,
};

use camino::Utf8Path;

use crate::forms::forms;

fn strings() -> Vec<String> {
    vec![String::new(), String::from("one"), "two".repeat(100)]
}

fn leaked<T>(values: Vec<T>) -> &'static [T] {
    values.leak()
}

forms! {
    reference(u8): &'static u64 = [&0, &u64::MAX];
    reference_to_text(u16): &'static str = ["", "text", "grüße, 世界"];
    reference_to_bytes(u32): &'static [u8] = [&[], &[1, 2, 3]];
    reference_to_numbers(u64): &'static [u32] = [&[], &[0, 300, u32::MAX]];
    reference_to_strings(i8): &'static [String] = [&[], leaked(strings())];
    reference_to_path(u8): &'static Path = [Path::new(""), Path::new("/some/where")];
    reference_to_utf8_path(u16): &'static Utf8Path = [Utf8Path::new(""), Utf8Path::new("/some/where")];
    reference_to_reference(i16): &'static &'static str = [&"twice"];
    boxed(i32): Box<u64> = [Box::new(0), Box::new(u64::MAX)];
    boxed_twice(i64): Box<Box<u8>> = [Box::new(Box::new(7))];
    boxed_unit(u8): Box<()> = [Box::new(())];
    boxed_string(u16): Box<String> = [Box::new(String::from("boxed"))];
    boxed_text(u32): Box<str> = ["".into(), "boxed".into()];
    counted(u64): Rc<u32> = [Rc::new(0), Rc::new(u32::MAX)];
    counted_text(i8): Rc<str> = ["".into(), "counted".into()];
    counted_bytes(i16): Rc<[u8]> = [vec![].into(), vec![1, 2, 3].into()];
    counted_strings(i32): Rc<[String]> = [vec![].into(), strings().into()];
    shared(i64): Arc<u32> = [Arc::new(0), Arc::new(u32::MAX)];
    shared_text(u8): Arc<str> = ["".into(), "shared".into()];
    shared_bytes(u16): Arc<[u8]> = [vec![].into(), vec![1; 200].into()];
    shared_numbers(u32): Arc<[u16]> = [vec![].into(), vec![0, 300, u16::MAX].into()];
    shared_strings(u64): Arc<[String]> = [vec![].into(), strings().into()];
    shared_list(i8): Arc<Vec<Box<u16>>> = [Arc::new(vec![Box::new(300)])];
    cow_text(i16): Cow<'static, str> = [Cow::Borrowed("borrowed"), Cow::Owned(String::from("owned"))];
    cow_bytes(i32): Cow<'static, [u8]> = [Cow::Borrowed(&[1, 2]), Cow::Owned(vec![3])];
    cow_numbers(i64): Cow<'static, [u32]> = [Cow::Borrowed(&[1, 300]), Cow::Owned(vec![u32::MAX])];
    cow_strings(u8): Cow<'static, [String]> = [Cow::Borrowed(leaked(strings())), Cow::Owned(strings())];
    mutex(u16): Mutex<u32> = [Mutex::new(0), Mutex::new(u32::MAX)];
    mutex_of_list(u32): Mutex<Vec<String>> = [Mutex::new(vec![]), Mutex::new(strings())];
    lock(u64): RwLock<String> = [RwLock::new(String::from("locked"))];
    lock_of_array(i8): RwLock<[u16; 3]> = [RwLock::new([1, 2, 300])];
    shared_lock(i16): Arc<Mutex<Option<u8>>> = [Arc::new(Mutex::new(None)), Arc::new(Mutex::new(Some(1)))];
    other_mutex(i32): parking_lot::Mutex<u32> = [parking_lot::Mutex::new(300)];
    other_lock(i64): parking_lot::RwLock<Vec<u8>> = [parking_lot::RwLock::new(vec![1, 2, 3])];
}

/// A lock that lives as long as its guard may want.
fn kept<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

fn guard(text: &str) -> MutexGuard<'static, String> {
    kept(Mutex::new(String::from(text))).lock().expect("free")
}

fn read_guard(list: &[u16]) -> RwLockReadGuard<'static, Vec<u16>> {
    kept(RwLock::new(list.to_vec())).read().expect("free")
}

fn write_guard(list: &[u16]) -> RwLockWriteGuard<'static, Vec<u16>> {
    kept(RwLock::new(list.to_vec())).write().expect("free")
}

// Serde has no form of its own for these; they are what they hold.
vox_oracle::zoo! { TWINS;
    mutable_reference: &'static mut u32 as twin = [(Box::leak(Box::new(0)), 0_u32), (Box::leak(Box::new(u32::MAX)), u32::MAX)];
    mutable_reference_to_text: &'static mut str as twin = [(String::from("text").leak(), "text")];
    mutable_reference_to_numbers: &'static mut [u16] as twin = [(vec![1, 300].leak(), vec![1_u16, 300])];
    once: OnceLock<String> as twin = [(OnceLock::from(String::from("once")), "once")];
    lazy: LazyLock<Vec<u16>> as twin = [(LazyLock::new(|| vec![1, 300]), vec![1_u16, 300])];
    mutex_guard: MutexGuard<'static, String> as twin = [(guard(""), ""), (guard("held"), "held")];
    read_lock_guard: RwLockReadGuard<'static, Vec<u16>> as twin = [(read_guard(&[1, 300]), vec![1_u16, 300])];
    write_lock_guard: RwLockWriteGuard<'static, Vec<u16>> as twin = [(write_guard(&[1, 300]), vec![1_u16, 300])];
    other_mutex_guard: parking_lot::MutexGuard<'static, u32> as twin = [
        (kept(parking_lot::Mutex::new(300)).lock(), 300_u32),
    ];
    other_read_guard: parking_lot::RwLockReadGuard<'static, u32> as twin = [
        (kept(parking_lot::RwLock::new(300)).read(), 300_u32),
    ];
    other_write_guard: parking_lot::RwLockWriteGuard<'static, u32> as twin = [
        (kept(parking_lot::RwLock::new(300)).write(), 300_u32),
    ];
}
