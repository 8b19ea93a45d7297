//! Leaf functions at the edges of the room they are given. What they write is
//! judged with all other types.

use core::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};

use facet_core::{Facet, Shape};

use super::find;
use crate::cx::{Constants, EncodeCx, OVERSHOOT, SLACK};
use crate::entry::LeafFn;
use crate::entry_fn;

entry_fn! {
    /// Answers the second buffer, which `sink` points to.
    unsafe fn grow(cx: *mut EncodeCx, out: *mut u8, spare: usize) -> *mut u8 {
        // SAFETY: the sink of the state made in `run`.
        let room = unsafe { &mut *(*cx).sink.cast::<Room>() };
        room.taken.extend_from_slice(&room.first[..out.addr() - room.first.as_ptr().addr()]);
        room.second = vec![0xee; spare.max(SLACK) + OVERSHOOT];
        let start = room.second.as_mut_ptr();
        // SAFETY: the state is alive.
        unsafe { (*cx).limit = start.wrapping_add(room.second.len() - SLACK) };
        start
    }
}

entry_fn! {
    unsafe fn bulk(cx: *mut EncodeCx, out: *mut u8, ptr: *const u8, len: usize, spare: usize) -> *mut u8 {
        // SAFETY: the sink of the state made in `run`; the bytes are alive.
        unsafe {
            let room = &mut *(*cx).sink.cast::<Room>();
            let current = if room.second.is_empty() { &room.first } else { &room.second };
            room.taken.extend_from_slice(&current[..out.addr() - current.as_ptr().addr()]);
            room.taken.extend_from_slice(core::slice::from_raw_parts(ptr, len));
            room.second = vec![0xee; spare.max(SLACK) + OVERSHOOT];
            room.second.as_mut_ptr()
        }
    }
}

/// A first stretch of output of some size, and a second one when it is full.
struct Room {
    first: Vec<u8>,
    second: Vec<u8>,
    taken: Vec<u8>,
}

/// Runs a leaf function with `free` spare bytes in the first stretch, asking for
/// `spare` more, and answers what was written; `None` when it failed.
fn run<T: Facet<'static> + ?Sized>(value: *const u8, free: usize, spare: usize) -> Option<Vec<u8>> {
    let shape: &Shape = T::SHAPE;
    let function: LeafFn = find(shape).expect("a leaf");
    let mut room = Room {
        first: vec![0xee; free + OVERSHOOT + SLACK],
        second: Vec::new(),
        taken: Vec::new(),
    };
    let out = room.first.as_mut_ptr();
    let limit = out.wrapping_add(free + OVERSHOOT).wrapping_sub(SLACK);
    let room = core::ptr::from_mut(&mut room);
    let mut cx = EncodeCx::new(limit, 1, const { &Constants::new(grow, bulk) }, room.cast());
    // SAFETY: the state is of the sink above, and the cursor inside its region.
    let end = unsafe { function(&mut cx, value, out, spare) };
    if end.is_null() {
        return None;
    }
    assert!(cx.spare(end) >= spare);
    // SAFETY: nothing else refers to the room now.
    let room = unsafe { &mut *room };
    let inside = |buffer: &[u8]| buffer.as_ptr_range().contains(&end.cast_const());
    let last = if inside(&room.first) {
        &room.first
    } else {
        assert!(inside(&room.second));
        &room.second
    };
    let written = &last[..end.addr() - last.as_ptr().addr()];
    Some([room.taken.as_slice(), written].concat())
}

#[test]
fn room_is_made_when_it_is_short_and_only_then() {
    let value = SocketAddr::from((Ipv6Addr::LOCALHOST, 8080));
    let mut expected = vec![1];
    expected.extend_from_slice(&Ipv6Addr::LOCALHOST.octets());
    expected.extend_from_slice(&[0x90, 0x3f]);
    for free in SLACK..SLACK + 64 {
        for spare in [0, 1, 50, 4096] {
            let address = core::ptr::from_ref(&value).cast();
            assert_eq!(
                run::<SocketAddr>(address, free, spare).as_ref(),
                Some(&expected)
            );
        }
    }
}

#[test]
fn both_address_families_are_numbered() {
    let write = |value: IpAddr| {
        let address = core::ptr::from_ref(&value).cast();
        run::<IpAddr>(address, 300, 0).expect("written")
    };
    assert_eq!(write(IpAddr::from([1, 2, 3, 4])), [0, 1, 2, 3, 4]);
    assert_eq!(write(IpAddr::V6(Ipv6Addr::LOCALHOST)).len(), 17);
}

#[test]
fn paths_of_any_length() {
    for len in [0, 1, 127, 128, 1023, 1024, 1025, 5000] {
        let path = PathBuf::from("p".repeat(len));
        let address = core::ptr::from_ref(&path).cast();
        let written = run::<PathBuf>(address, SLACK, 100).expect("written");
        assert!(written.ends_with(path.to_str().expect("text").as_bytes()));
        assert_eq!(written.len(), len + if len < 128 { 1 } else { 2 });
    }
}

#[test]
fn an_unsized_path_is_read_through_its_pair() {
    let path = Path::new("relative/path");
    let text = path.as_os_str().as_encoded_bytes();
    let pair = crate::entry::Pair {
        ptr: text.as_ptr(),
        len: text.len(),
    };
    let written = run::<Path>(core::ptr::from_ref(&pair).cast(), 300, 0);
    assert_eq!(written, Some([&[13], text].concat()));
}

#[test]
#[cfg(unix)]
fn a_path_that_is_no_text_fails() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let path = PathBuf::from(OsStr::from_bytes(b"not \xff text"));
    let address = core::ptr::from_ref(&path).cast();
    assert_eq!(run::<PathBuf>(address, 300, 0), None);
}
