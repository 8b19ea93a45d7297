//! Short strings at the very end of readable memory: reading beyond a string's
//! end must never leave its page.

mod common;

use common::{World, append, compile, made, unroll};
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
            for len in 0..=140 {
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
