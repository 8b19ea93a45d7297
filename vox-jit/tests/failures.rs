//! Failures on the way: the same error as the interpreter's, nothing leaked,
//! the output as it was.

mod common;

use core::ptr;
use core::sync::atomic::{AtomicIsize, Ordering};
use std::panic::{AssertUnwindSafe, catch_unwind};

use common::{World, address, append, compile, made, made_error, worlds};
use facet_core::{PtrConst, PtrMut, ReadLockResult, WriteLockResult};
use vox_core::cx::{EncodeCx, Failure};
use vox_core::sink::{chunk, vec};

/// The error of a program that calls nothing.
fn error<T>(text: &str, value: &T) -> String {
    // SAFETY: the offsets of each test's program fit its value.
    unsafe { made_error(text, &[], &[], address(value)) }
}

#[test]
fn unknown_tags_and_impossible_values_name_their_place() {
    let text = "program T
paths
  p1 \".kind\"
t0:
  0 -> b1
  1 -> b2
b0:
  reserve bytes=1
  switch at=@0 tag=u8 arms=t0 path=p1
b1:
b2:
  never why=uninhabited path=p1
";
    assert_eq!(
        error(text, &5_u8),
        "cannot encode `().kind`: the enum's tag is 5, which is no variant's"
    );
    assert_eq!(
        error(text, &1_u8),
        "cannot encode `().kind`: a value of an uninhabited type"
    );
}

#[test]
fn an_unknown_tag_in_a_list_names_its_element() {
    #[repr(C)]
    struct List(usize, *const u8);
    // With room for each element, and with room for many.
    for (bound, reserve) in [(0, "  reserve bytes=2\n"), (2, "")] {
        let text = format!(
            "program T
paths
  p1 \".list\"
  p2 \".kind\"
  p3 \".kind.gone\"
t0:
  0 -> b2
  1 -> b3
  2 -> b4
b0:
  write_list at=@0 source=words(ptr=@8, len=@0) stride=2 each=b1 bound={bound} path=p1 reserve=0
b1:
{reserve}  switch at=@0 tag=u8 arms=t0 path=p2
b2:
  write_const bytes=[00]
b3:
  write_const bytes=[01]
  write_byte at=@1
b4:
  write_const bytes=[02]
  never why=skipped path=p3
"
        );
        // Room for many is made for 2,048 of these at once.
        for idx in [0, 3, 2047, 2048, 2999] {
            let mut tags: Vec<[u8; 2]> = (0..3000).map(|at| [u8::from(at % 2 == 1), 7]).collect();
            for (tag, place) in [
                (3, "kind`: the enum's tag is 3, which is no variant's"),
                (
                    2,
                    "kind.gone`: a variant marked as skipped, which has no encoding",
                ),
            ] {
                tags[idx][0] = tag;
                assert_eq!(
                    error(&text, &List(tags.len(), tags.as_ptr().cast())),
                    format!("cannot encode `().list[{idx}].{place}")
                );
            }
        }
    }
}

#[test]
fn the_way_out_names_elements_innermost_first() {
    let text = "program T
paths
  p1 \".outer\"
  p2 \".inner\"
  p3 \".kind\"
t0:
  0 -> b3
b0:
  write_list at=@0 source=words(ptr=@8, len=@0) stride=16 each=b1 bound=0 path=p1 reserve=0
b1:
  write_array at=@0 source=inline count=4 stride=4 each=b2 bound=0 path=p2 reserve=0
b2:
  switch at=@0 tag=u32 arms=t0 path=p3
b3:
";
    let mut elements = [[0_u32; 4]; 6];
    elements[4][2] = 9;
    let value = (elements.len(), elements.as_ptr());
    #[repr(C)]
    struct Value(usize, *const [u32; 4]);
    assert_eq!(
        error(text, &Value(value.0, value.1)),
        "cannot encode `().outer[4].inner[2].kind`: the enum's tag is 9, which is no variant's"
    );
    let impossible = "program T
paths
  p1 \".list\"
b0:
  write_list at=@0 source=words(ptr=@8, len=@0) stride=0 each=b1 bound=0 path=p1 reserve=0
b1:
  never why=uninhabited path=p0
";
    assert_eq!(
        error(impossible, &Value(3, elements.as_ptr())),
        "cannot encode `().list[0]`: a value of an uninhabited type"
    );
    let sized = impossible.replace("stride=0", "stride=16");
    assert_eq!(
        error(&sized, &Value(3, elements.as_ptr())),
        "cannot encode `().list[0]`: a value of an uninhabited type"
    );
}

#[test]
fn a_child_names_itself_behind_its_parent() {
    let child = made(
        "program C\npaths\n  p1 \".leaf\"\nb0:\n  never why=uninhabited path=p1\n",
        &[],
        &[],
    );
    let text = "program T
children
  c0 C
paths
  p1 \".child\"
b0:
  call at=@0 child=c0 path=p1
";
    // SAFETY: the child reads nothing.
    let error = unsafe { made_error(text, &[], &[&child], address(&())) };
    assert_eq!(
        error,
        "cannot encode `().child.leaf`: a value of an uninhabited type"
    );
}

#[test]
fn the_depth_limit_is_exact() {
    #[repr(C)]
    struct Link {
        next: *const Link,
    }
    let text = "program T
children
  c0 T
paths
  p1 \".next\"
b0:
  reserve bytes=1
  write_option at=@0 source=null_is_none some=b1
b1:
  borrow at=@0 source=word each=b2
b2:
  call at=@0 child=c0 path=p1
";
    let mut links: Vec<Link> = (0..=30).map(|_| Link { next: ptr::null() }).collect();
    let start = links.as_ptr();
    for (index, link) in links.iter_mut().take(30).enumerate() {
        link.next = start.wrapping_add(index + 1);
    }
    for world in worlds() {
        // The slot is its own child: the address is known once it is boxed.
        let slot = recursive(text);
        compile(world, &slot);
        for depth in [29, 30, 31] {
            let mut output = Vec::new();
            // SAFETY: the offsets fit the links.
            let result = unsafe { vec::append(&slot, start.cast(), &mut output, depth) };
            if depth < 30 {
                let error = result.unwrap_err().to_string();
                let path = ".next".repeat(30);
                assert!(
                    error.starts_with(&format!("cannot encode `(){path}`")),
                    "{error}"
                );
                assert!(error.contains("deeper than 29 levels"), "{error}");
                assert_eq!(output, []);
            } else {
                assert_eq!(result.unwrap(), 31);
            }
        }
    }
}

/// A slot whose only child is itself.
fn recursive(text: &str) -> Box<vox_core::slot::Slot> {
    use vox_core::program::{Linkage, Program};
    // SAFETY: a slot that is never called; it lends its address.
    let mut memory = Box::<vox_core::slot::Slot>::new_uninit();
    let program = Program {
        code: text.parse().unwrap(),
        linkage: Linkage::new(
            Vec::new(),
            vec![ptr::NonNull::new(memory.as_mut_ptr()).unwrap()],
        ),
    };
    vox_core::program::verify::verify_program(&program).unwrap();
    // SAFETY: verified; the child is the slot itself, at its final address.
    unsafe {
        memory.write(vox_core::slot::Slot::standalone(
            <() as facet_core::Facet<'_>>::SHAPE,
            program,
        ));
        memory.assume_init()
    }
}

extern "C" fn said(value: PtrConst) -> usize {
    // SAFETY: the tests pass three words.
    unsafe { value.raw_ptr().cast::<usize>().read() }
}

static OPEN: AtomicIsize = AtomicIsize::new(0);

/// Yields as many items as the second word says, and panics at the third.
struct Iter {
    value: *const usize,
    done: usize,
}

extern "C" fn init(value: PtrConst) -> PtrMut {
    OPEN.fetch_add(1, Ordering::SeqCst);
    let value = value.raw_ptr().cast();
    PtrMut::new(Box::into_raw(Box::new(Iter { value, done: 0 })))
}

extern "C" fn dealloc(iter: PtrMut) {
    OPEN.fetch_sub(1, Ordering::SeqCst);
    // SAFETY: the state `init` made, freed once.
    drop(unsafe { Box::from_raw(iter.data_ptr().cast::<Iter>()) });
}

unsafe fn next(iter: PtrMut) -> Option<PtrConst> {
    // SAFETY: the state `init` made, over three words.
    let (iter, yields, panics) = unsafe {
        let iter = &mut *iter.data_ptr().cast::<Iter>();
        (
            &mut iter.done,
            iter.value.add(1).read(),
            iter.value.add(2).read(),
        )
    };
    assert!(*iter != panics, "the iterator's own panic");
    if *iter == yields {
        return None;
    }
    *iter += 1;
    static ITEM: u8 = 7;
    Some(PtrConst::new(&raw const ITEM))
}

unsafe fn next_pair(iter: PtrMut) -> Option<(PtrConst, PtrConst)> {
    // SAFETY: as for `next`.
    unsafe { next(iter) }.map(|item| (item, item))
}

const ITER: &str = "program T
functions
  f0 set.len
  f1 iter.init
  f2 iter.next
  f3 iter.dealloc
iters
  i0 init=f1 next=f2 dealloc=f3
paths
  p1 \".set\"
  p2 \".item\"
b0:
  write_iter at=@0 len=f0 iter=i0 each=b1 path=p1 reserve=0
b1:
";

const MAP: &str = "program T
functions
  f0 map.len
  f1 iter.init
  f2 map_iter.next
  f3 iter.dealloc
iters
  i0 init=f1 next=f2 dealloc=f3
paths
  p1 \".map\"
  p2 \".item\"
t0:
  0 -> b3
b0:
  write_map at=@0 len=f0 iter=i0 key=b1 value=b2 path=p1 reserve=0
b1:
b2:
  switch at=@0 tag=u8 arms=t0 path=p2
b3:
";

fn functions(pairs: bool) -> [*const (); 4] {
    let next = if pairs {
        next_pair as *const ()
    } else {
        next as *const ()
    };
    [
        said as *const (),
        init as *const (),
        next,
        dealloc as *const (),
    ]
}

/// One test, as the count of open iterators is shared.
#[test]
fn iterators_that_lie_or_panic_are_freed() {
    const NEVER: usize = usize::MAX;
    for (yields, said, text) in [
        (3_usize, 4_usize, "fewer"),
        (4, 3, "more"),
        (0, 1, "fewer"),
        (1, 0, "more"),
        (31, 32, "fewer"),
        (32, 33, "fewer"),
        (33, 32, "more"),
        (64, 63, "more"),
        (100, NEVER, "fewer"),
    ] {
        // SAFETY: the functions read three words.
        let error = unsafe {
            made_error(
                ITER,
                &functions(false),
                &[],
                address(&[said, yields, NEVER]),
            )
        };
        assert_eq!(
            error,
            format!(
                "cannot encode `().set`: the container said it has {said} items and its iterator yielded {text}"
            )
        );
    }
    // SAFETY: as above.
    let error = unsafe { made_error(MAP, &functions(true), &[], address(&[40_usize, 40, NEVER])) };
    assert_eq!(
        error,
        "cannot encode `().map.values[0].item`: the enum's tag is 7, which is no variant's"
    );
    let key = MAP.replace("b1:\n", "b1:\n  never why=uninhabited path=p2\n");
    // SAFETY: as above.
    let error = unsafe { made_error(&key, &functions(true), &[], address(&[40_usize, 40, NEVER])) };
    assert_eq!(
        error,
        "cannot encode `().map.keys[0].item`: a value of an uninhabited type"
    );
    panicking_iterators();
    assert_eq!(
        OPEN.load(Ordering::SeqCst),
        0,
        "every iterator is freed once"
    );
}

fn panicking_iterators() {
    for world in worlds() {
        for panics in [0, 1, 31, 32, 33, 40] {
            let slot = made(ITER, &functions(false), &[]);
            compile(world, &slot);
            let value = [40_usize, 40, panics];
            let mut output = vec![1, 2, 3];
            let attempt = catch_unwind(AssertUnwindSafe(|| {
                // SAFETY: the functions read three words.
                unsafe { vec::append(&slot, address(&value), &mut output, 9) }
            }));
            let payload = attempt.unwrap_err();
            let message = payload.downcast_ref::<&str>().unwrap();
            assert_eq!(*message, "the iterator's own panic");
            assert_eq!(output, [1, 2, 3]);
        }
    }
}

vox_core::entry_fn! {
    unsafe fn failing_leaf(cx: *mut EncodeCx, value: *const u8, out: *mut u8, spare: usize) -> *mut u8 {
        let _ = (value, out, spare);
        // SAFETY: the state of the running encode.
        unsafe { (*cx).fail(Failure::Value("no such leaf".into())) }
    }
}

#[test]
fn leaves_name_their_place() {
    let text = "program T
functions
  f0 leaf
paths
  p1 \".leaf\"
b0:
  write_leaf at=@0 leaf=f0 path=p1 reserve=0
";
    // SAFETY: the leaf reads nothing.
    let error = unsafe { made_error(text, &[failing_leaf as *const ()], &[], address(&())) };
    assert_eq!(error, "cannot encode `().leaf`: no such leaf");
}

unsafe fn skip_if(value: PtrConst) -> bool {
    // SAFETY: a byte.
    match unsafe { value.raw_ptr().read() } {
        0 => false,
        1 => true,
        _ => panic!("the predicate's own panic"),
    }
}

const UNLESS: &str = "program T
functions
  f0 field.skip_serializing_if
b0:
  reserve bytes=2
  unless at=@0 skip_if=f0 each=b1 path=p0
  write_const bytes=[ee]
b1:
  write_const bytes=[aa]
";

#[test]
fn predicates_keep_skip_and_panic() {
    // SAFETY: the predicate reads a byte.
    unsafe {
        let functions = [skip_if as *const ()];
        common::check_made(UNLESS, &functions, &[], address(&0_u8), &[0xaa, 0xee]);
        common::check_made(UNLESS, &functions, &[], address(&1_u8), &[0xee]);
    }
    for world in worlds() {
        let slot = made(UNLESS, &[skip_if as *const ()], &[]);
        compile(world, &slot);
        // SAFETY: as above.
        let attempt = catch_unwind(|| unsafe { append(&slot, address(&2_u8), 0) });
        let payload = attempt.unwrap_err();
        let message = payload.downcast_ref::<&str>().unwrap();
        assert_eq!(*message, "the predicate's own panic");
    }
}

#[test]
fn a_failing_writer_is_reported_from_every_op() {
    struct Full(usize);
    impl std::io::Write for Full {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            if self.0 == 0 {
                return Err(std::io::Error::other("no more"));
            }
            let taken = bytes.len().min(self.0);
            self.0 -= taken;
            Ok(taken)
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let text = "program T
b0:
  write_list at=@0 source=words(ptr=@8, len=@0) stride=16 each=b1 bound=0 path=p0 reserve=0
b1:
  write_bytes at=@0 source=words(ptr=@8, len=@0) reserve=0
";
    #[repr(C)]
    struct Words(usize, *const u8);
    for len in [10, 40, 10_000] {
        let bytes = vec![7_u8; len];
        let inner: Vec<Words> = (0..5000).map(|_| Words(len, bytes.as_ptr())).collect();
        let outer = Words(inner.len(), inner.as_ptr().cast());
        for world in worlds() {
            let slot = made(text, &[], &[]);
            compile(world, &slot);
            for room in [0, 1, 8000, 9000, 30_000] {
                // SAFETY: the offsets fit the value.
                let error = unsafe { chunk::write(&slot, address(&outer), Full(room), 9) };
                let error = error.unwrap_err();
                assert_eq!(error.kind(), vox_core::error::EncodeErrorKind::Io);
            }
        }
    }
}

unsafe fn refuse(_: PtrConst) -> Result<WriteLockResult, ()> {
    Err(())
}

unsafe fn refuse_to_read(_: PtrConst) -> Result<ReadLockResult, ()> {
    panic!("the lock's own panic")
}

#[test]
fn locks_that_are_refused_or_panic() {
    let text = "program T
functions
  f0 pointer.lock
paths
  p1 \".lock\"
b0:
  with_lock at=@0 lock=f0 each=b1 path=p1
b1:
";
    // SAFETY: the lock reads nothing.
    let error = unsafe { made_error(text, &[refuse as *const ()], &[], address(&())) };
    assert_eq!(
        error,
        "cannot encode `().lock`: the lock could not be taken, or the `OnceLock` is not set"
    );
    let text = text.replace("pointer.lock", "pointer.read");
    for world in worlds() {
        let slot = made(&text, &[refuse_to_read as *const ()], &[]);
        compile(world, &slot);
        // SAFETY: as above.
        let attempt = catch_unwind(|| unsafe { append(&slot, address(&()), 0) });
        let payload = attempt.unwrap_err();
        assert_eq!(
            *payload.downcast_ref::<&str>().unwrap(),
            "the lock's own panic"
        );
    }
}

/// Locks and proxies by real types.
mod guards {
    use super::*;
    use facet::Facet;
    use std::sync::{Arc, Mutex, RwLock};

    #[derive(Facet)]
    struct Locked {
        first: Arc<Mutex<String>>,
        second: Arc<RwLock<Vec<u32>>>,
    }

    #[test]
    fn locks_are_held_and_let_go() {
        let value = Locked {
            first: Arc::new(Mutex::new("inside".into())),
            second: Arc::new(RwLock::new(vec![1, 2, 300])),
        };
        let mut expected = vec![6];
        expected.extend(b"inside");
        expected.extend([3, 1, 2, 0xac, 2]);
        for world in worlds() {
            let Ok(_) = world.registry.slot(Locked::SHAPE) else {
                panic!("locks are encoded");
            };
            let slot = world.compiled(Locked::SHAPE);
            // SAFETY: a live value of the slot's shape.
            let (bytes, _) = unsafe { append(slot, address(&value), 0) }.unwrap();
            assert_eq!(bytes, expected);
            assert!(value.first.try_lock().is_ok(), "the lock is let go");
            assert!(value.second.try_write().is_ok(), "the lock is let go");
        }
    }

    #[derive(Facet)]
    #[facet(proxy = Text)]
    struct Number(u32);

    #[derive(Facet)]
    struct Text(String);

    impl TryFrom<&Number> for Text {
        type Error = &'static str;
        fn try_from(number: &Number) -> Result<Self, Self::Error> {
            match number.0 {
                13 => Err("unlucky"),
                14 => panic!("the proxy's own panic"),
                number => Ok(Self("#".repeat(number as usize))),
            }
        }
    }

    impl TryFrom<Text> for Number {
        type Error = &'static str;
        fn try_from(_: Text) -> Result<Self, Self::Error> {
            Err("never read back")
        }
    }

    #[derive(Facet)]
    struct Holder {
        numbers: Vec<Number>,
    }

    #[test]
    fn proxies_convert_fail_and_panic() {
        let holder = |numbers: &[u32]| Holder {
            numbers: numbers.iter().copied().map(Number).collect(),
        };
        for world in worlds() {
            let slot = world.compiled(Holder::SHAPE);
            let value = holder(&[1, 3]);
            // SAFETY: a live value of the slot's shape.
            let (bytes, _) = unsafe { append(slot, address(&value), 0) }.unwrap();
            assert_eq!(bytes, [2, 1, b'#', 3, b'#', b'#', b'#']);
            let value = holder(&[1, 14]);
            // SAFETY: as above.
            let attempt = catch_unwind(AssertUnwindSafe(|| unsafe {
                append(slot, address(&value), 0)
            }));
            let payload = attempt.unwrap_err();
            assert_eq!(
                *payload.downcast_ref::<&str>().unwrap(),
                "the proxy's own panic"
            );
        }
        let error = common::check_error(&holder(&[1, 2, 13]));
        assert_eq!(
            error,
            "cannot encode `Holder.numbers[2]`: the proxy conversion failed: unlucky"
        );
    }
}

#[test]
fn counters_say_what_was_called() {
    let text = "program T
functions
  f0 option.is_some
  f1 accessor
b0:
  reserve bytes=2
  write_option at=@0 source=is_some(f0) some=b1
  write_option at=@0 source=is_some(f0) some=b2
  write_bytes at=@0 source=accessor(f1) reserve=0
b1:
b2:
";
    extern "C" fn yes(_: PtrConst) -> bool {
        true
    }
    vox_core::entry_fn! {
        unsafe fn empty(value: *const u8, pair: *mut vox_core::entry::Pair) {
            let _ = value;
            // SAFETY: the contract of accessors.
            unsafe { pair.write(vox_core::entry::Pair { ptr: ptr::dangling(), len: 0 }) };
        }
    }
    let functions = [yes as *const (), empty as *const ()];
    for calls in common::vtable_calls() {
        for count in [true, false] {
            let mut options = vox_jit::CompilerOptions::default();
            options.vtable_calls = calls;
            options.count_calls = count;
            let world = World::new(options, false);
            let slot = made(text, &functions, &[]);
            compile(&world, &slot);
            // SAFETY: the functions read nothing.
            let (bytes, counters) = unsafe { append(&slot, address(&0_u8), 0) }.unwrap();
            assert_eq!(bytes, [1, 1, 0]);
            let counted = u64::from(count);
            assert_eq!(counters.vtable_calls, 2 * counted);
            assert_eq!(counters.accessor_calls, counted);
            let through = u64::from(calls == vox_jit::VtableCalls::Trampoline);
            assert_eq!(counters.c_trampoline_calls, 2 * through);
            assert_eq!(counters.trampoline_calls, 0);
        }
    }
}
