//! Short strings at the very end of readable memory: reading beyond a string's
//! end must never leave its page.

mod common;

use common::{World, append, compile, made, made_with_runs, unroll};
use region::Protection;
use vox_core::tier::Tier;
use vox_jit::{CompilerOptions, baseline};

/// Memory whose last page cannot be read.
struct Fenced {
    memory: region::Allocation,
    readable: usize,
}

impl Fenced {
    fn new() -> Self {
        let page = region::page::size();
        let mut memory = region::alloc(3 * page, Protection::READ_WRITE).unwrap();
        let readable = 2 * page;
        for at in 0..readable {
            // SAFETY: within the allocation.
            unsafe { memory.as_mut_ptr::<u8>().add(at).write(at as u8 | 1) };
        }
        let fence = memory.as_ptr::<u8>().wrapping_add(readable);
        // SAFETY: a page of our own that nothing refers to.
        unsafe { region::protect(fence, page, Protection::NONE) }.unwrap();
        Self { memory, readable }
    }

    /// `len` bytes that end `back` bytes before the fence.
    fn run(&self, len: usize, back: usize) -> &[u8] {
        let start = self.readable - back - len;
        // SAFETY: readable, initialised memory.
        unsafe { core::slice::from_raw_parts(self.memory.as_ptr::<u8>().add(start), len) }
    }

    /// Puts bytes where they end `back` bytes before the fence.
    fn write(&mut self, bytes: &[u8], back: usize) -> *const u8 {
        let start = self.readable - back - bytes.len();
        // SAFETY: within the allocation, of which nothing is borrowed.
        unsafe {
            let to = self.memory.as_mut_ptr::<u8>().add(start);
            to.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
            to
        }
    }
}

#[test]
fn a11_strings_that_end_at_a_protected_page() {
    let fenced = Fenced::new();
    for processor_routines in [true, false] {
        let mut options = CompilerOptions::default();
        // Off by default in a build for memory checkers.
        options.over_read = true;
        options.processor_routines = processor_routines;
        strings_that_end_at_a_protected_page(&fenced, options);
    }
}

fn strings_that_end_at_a_protected_page(fenced: &Fenced, options: CompilerOptions) {
    #[repr(C)]
    struct Words([*const u8; 3]);
    let world = World::new(options, true);
    // The baseline has handlers for the first two layouts, and one for all others.
    // And one each for strings that leave no room.
    let layouts = [(0, 1, 0), (1, 2, 0), (1, 0, 0), (0, 1, 3), (1, 2, 3)];
    for (ptr, len_at, reserve) in layouts {
        let text = format!(
            "program T\nb0:\n  write_bytes at=@0 source=words(ptr=@{}, len=@{}) reserve={reserve}\n",
            ptr * 8,
            len_at * 8
        );
        let slot = made(&text, &[], &[]);
        for tier in [Tier::Interpreter, Tier::Baseline, Tier::Optimized] {
            match tier {
                Tier::Optimized => compile(&world, &slot),
                Tier::Baseline if baseline::IS_AVAILABLE => unroll(&world, &slot),
                _ => {}
            }
            for len in 0..=200 {
                for back in 0..=33 {
                    let run = fenced.run(len, back);
                    let mut value = Words([core::ptr::null(); 3]);
                    value.0[ptr] = run.as_ptr();
                    value.0[len_at] = core::ptr::without_provenance(run.len());
                    // SAFETY: the offsets fit the value.
                    let (bytes, _) =
                        unsafe { append(&slot, common::address(&value), 256) }.unwrap();
                    let start = if len < 128 { 1 } else { 2 };
                    assert_eq!(
                        bytes[start..],
                        *run,
                        "{tier}: {len} bytes, {back} before the fence"
                    );
                }
            }
        }
    }
}

/// Strings in options, of lists of records with integers beside them: which a routine makes ready, where the processor has one.
#[test]
fn a11_strings_in_options_that_end_at_a_protected_page() {
    /// What `None` has in the word of the capacity.
    const NONE: u64 = 1 << 63;
    const TEXTS: usize = 6;

    #[repr(C)]
    struct Number {
        tag: u8,
        value: u64,
    }
    #[repr(C)]
    struct Text {
        capacity: u64,
        ptr: *const u8,
        len: usize,
    }
    #[repr(C)]
    struct Record {
        numbers: [Number; 4],
        texts: [Text; TEXTS],
    }
    #[repr(C)]
    struct List(*const Record, usize);
    let mut text = String::from(
        "program T\npaths\n  p1 \".list\"\nb0:\n  write_list at=@0 source=words(ptr=@0, len=@8) stride=208 each=b1 bound=0 path=p1 reserve=0\nb1:\n",
    );
    let options = (0..4)
        .map(|idx| (16 * idx, "u8", 0))
        .chain((0..TEXTS).map(|idx| (64 + 24 * idx, "u64", i64::MIN)));
    for (idx, (at, tag, none)) in options.clone().enumerate() {
        let payload = if tag == "u8" { 8 } else { 0 };
        text += &format!(
            "  reserve bytes=11\n  write_option at=@{at} source=tagged(tag={tag}, tag_at=@0, none={none}, payload=@{payload}) some=b{}\n",
            2 + idx
        );
    }
    for (idx, (_, tag, _)) in options.enumerate() {
        text += &match tag {
            "u8" => format!("b{}:\n  write_var_u64 at=@0\n", 2 + idx),
            _ => format!(
                "b{}:\n  write_bytes at=@0 source=words(ptr=@8, len=@16) reserve=0\n",
                2 + idx
            ),
        };
    }
    let fenced = Fenced::new();
    let record = |len: usize, back: usize| Record {
        numbers: [(1, len as u64), (0, 7), (1, u64::MAX), (1, back as u64)]
            .map(|(tag, value)| Number { tag, value }),
        texts: core::array::from_fn(|idx| {
            let run = fenced.run(len.saturating_sub(idx), back);
            Text {
                // One of them is not there, whatever its words are.
                capacity: if idx == 3 { NONE } else { 1 },
                // What is empty has no address.
                ptr: match run.len() {
                    0 => core::ptr::dangling(),
                    _ => run.as_ptr(),
                },
                len: run.len(),
            }
        }),
    };
    let slot = made_with_runs(&text);
    for over_read in [true, false] {
        let mut options = CompilerOptions::default();
        options.over_read = over_read;
        let world = World::new(options, true);
        compile(&world, &slot);
        for len in 0..=140 {
            let records: Vec<Record> = (0..=33).map(|back| record(len, back)).collect();
            let list = List(records.as_ptr(), records.len());
            // SAFETY: the offsets fit the value.
            let (bytes, _) = unsafe { append(&slot, common::address(&list), 256) }.unwrap();
            let number = |number: &Number| (number.tag == 1).then_some(number.value);
            let text = |text: &Text| {
                // SAFETY: readable, initialised memory, or none of it.
                let bytes = || unsafe { core::slice::from_raw_parts(text.ptr, text.len) };
                (text.capacity != NONE).then(bytes)
            };
            let twin = |record: &Record| {
                (
                    record.numbers.each_ref().map(number),
                    record.texts.each_ref().map(text),
                )
            };
            let twins: Vec<_> = records.iter().map(twin).collect();
            assert_eq!(
                bytes,
                postcard::to_allocvec(&twins).unwrap(),
                "{len} bytes, over-read: {over_read}"
            );
        }
    }
}

/// Enums in lists, of which the interpreter copies what an arm has without a look at its length.
#[test]
fn a11_enums_that_end_at_a_protected_page() {
    #[repr(C)]
    struct List(*const u8, usize);
    const SIZE: usize = 16;
    let arms = [
        (0, 0, ""),
        (1, 1, "write_byte at=@1"),
        (4, 4, "copy_bytes at=@4 len=4"),
        (8, 8, "copy_bytes at=@8 len=8"),
        (9, 7, "copy_bytes at=@9 len=7"),
        (15, 1, "write_byte at=@15"),
        (8, 8, "write_f64 at=@8"),
        (12, 4, "write_f32 at=@12"),
        (2, 14, "copy_bytes at=@2 len=14"),
        (16, 0, "copy_bytes at=@16 len=0"),
    ];
    let mut text = String::from("program T\npaths\n  p1 \".list\"\nt0:\n");
    for idx in 0..arms.len() {
        text += &format!("  {idx} -> b{}\n", idx + 2);
    }
    text += "b0:\n  write_list at=@0 source=words(ptr=@0, len=@8) stride=16 each=b1 bound=0 path=p1 reserve=0\nb1:\n";
    text += "  reserve bytes=15\n  switch at=@0 tag=u8 arms=t0 path=p1\n";
    for (idx, (_, _, op)) in arms.iter().enumerate() {
        text += &format!("b{}:\n  write_const bytes=[{idx:02x}]\n", idx + 2);
        if !op.is_empty() {
            text += &format!("  {op}\n");
        }
    }
    let world = World::new(CompilerOptions::default(), true);
    let slot = made_with_runs(&text);
    let mut fenced = Fenced::new();
    let values: Vec<[u8; SIZE]> = (0..arms.len() * 3)
        .map(|idx| {
            core::array::from_fn(|at| {
                if at == 0 {
                    (idx % arms.len()) as u8
                } else {
                    (idx * 31 + at) as u8
                }
            })
        })
        .collect();
    for tier in [Tier::Interpreter, Tier::Baseline, Tier::Optimized] {
        match tier {
            Tier::Optimized => compile(&world, &slot),
            Tier::Baseline if baseline::IS_AVAILABLE => unroll(&world, &slot),
            _ => {}
        }
        // Each arm is that of the last element, in lists of each length.
        for (count, last) in
            (1..=2 * arms.len()).flat_map(|count| (0..arms.len()).map(move |last| (count, last)))
        {
            for back in [0, 1, 8, 24, 31, 32] {
                let end = values.len() - last;
                let values = &values[end - count..end];
                let list = List(fenced.write(values.as_flattened(), back), count);
                // SAFETY: the offsets fit the value.
                let (bytes, _) = unsafe { append(&slot, common::address(&list), 64) }.unwrap();
                let expected: Vec<u8> = values
                    .iter()
                    .flat_map(|value| {
                        let (at, len, op) = arms[usize::from(value[0])];
                        let mut field = value[at..at + len].to_vec();
                        // In memory floats are as the processor has them.
                        if cfg!(target_endian = "big") && op.starts_with("write_f") {
                            field.reverse();
                        }
                        [&value[..1], &field].concat()
                    })
                    .collect();
                let expected = [&[u8::try_from(count).unwrap()][..], &expected].concat();
                assert_eq!(bytes, expected, "{tier:?}, {count} elements, {back} back");
            }
        }
    }
}

#[test]
fn a11_integer_lists_and_copies_that_end_at_a_protected_page() {
    #[repr(C)]
    struct Words(usize, *const u8);
    let fenced = Fenced::new();
    let world = World::new(CompilerOptions::default(), true);
    for (op, width) in [
        ("write_list_var_u16", 2),
        ("write_list_var_i16", 2),
        ("write_list_var_u32", 4),
        ("write_list_var_i32", 4),
        ("write_list_var_u64", 8),
        ("write_list_var_i64", 8),
    ] {
        let text = format!("program T\nb0:\n  {op} at=@0 source=words(ptr=@8, len=@0) reserve=0\n");
        let slot = made(&text, &[], &[]);
        let lists: Vec<Words> = (0..70)
            .map(|len| Words(len, fenced.run(len * width, 0).as_ptr()))
            .collect();
        let encode = |value: &Words| {
            // SAFETY: the offsets fit the value.
            unsafe { append(&slot, common::address(value), 0) }
                .unwrap()
                .0
        };
        let interpreted: Vec<Vec<u8>> = lists.iter().map(encode).collect();
        compile(&world, &slot);
        let compiled: Vec<Vec<u8>> = lists.iter().map(encode).collect();
        assert_eq!(compiled, interpreted, "{op}");
    }
    for len in 1..=200 {
        let text = format!("program T\nb0:\n  reserve bytes={len}\n  copy_bytes at=@0 len={len}\n");
        let slot = made(&text, &[], &[]);
        compile(&world, &slot);
        let run = fenced.run(len, 0);
        // SAFETY: the program reads that many bytes.
        let (bytes, _) = unsafe { append(&slot, run.as_ptr(), 0) }.unwrap();
        assert_eq!(bytes, run);
    }
}
