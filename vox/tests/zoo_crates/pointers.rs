//! Pointers over what is sized, over strings and over slices, and locks.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::{Arc, Mutex, RwLock};

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
