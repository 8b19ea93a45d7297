//! Jumps over code of every length around what their short forms hold, read back from the bytes.

use super::super::{Assembler, NEAR, OutOfRange, Range, x86_64::X64};

/// Room for all of these.
const CAPACITY: usize = 4096;

/// The frame is filled in when a function is finished, so each has a start.
fn begin() -> X64 {
    let mut asm = X64::default();
    asm.start(CAPACITY);
    asm.enter(0, super::super::Word(0));
    asm
}

/// Code of so many bytes, which are not 1: `inc rax` and `xor eax, eax`.
fn pad(asm: &mut X64, mut bytes: u32) {
    if bytes % 2 == 1 {
        asm.advance(1);
        bytes -= 3;
    }
    (0..bytes / 2).for_each(|_| asm.null_out());
}

/// Where the jump in front of `end` leads to, by its bytes.
fn target(code: &[u8], end: u32, range: Range) -> u32 {
    let end = end as usize;
    let distance = match range {
        Range::Near => i32::from(code[end - 1].cast_signed()),
        Range::Far => i32::from_le_bytes(code[end - 4..end].try_into().expect("four")),
    };
    (end as u32).wrapping_add_signed(distance)
}

#[test]
fn a_jump_ahead_leads_where_it_lands() {
    for range in [Range::Near, Range::Far] {
        for over in [0, 2, 3, 126, NEAR] {
            let mut asm = begin();
            let jump = asm.jump_if_kept_null(range);
            let end = asm.here().0;
            pad(&mut asm, over);
            asm.land(jump);
            let code = asm.finish(1).expect("all is reached");
            assert_eq!(target(code, end, range), end + over, "{range:?} {over}");
        }
    }
}

#[test]
#[cfg_attr(debug_assertions, should_panic(expected = "too far away"))]
fn a_short_jump_over_too_much_is_refused() {
    let mut asm = begin();
    let jump = asm.jump_if_kept_null(Range::Near);
    pad(&mut asm, NEAR + 1);
    asm.land(jump);
    assert_eq!(asm.finish(1), Err(OutOfRange));
}

#[test]
fn jumps_back_are_short_as_long_as_that_will_do() {
    for over in [0, 2, 3, 120, 122, 126, 128, 129, 132, 300] {
        let mut asm = begin();
        let place = asm.here();
        pad(&mut asm, over);
        asm.jump_back(place);
        let jump = asm.here().0;
        asm.count_down(super::super::Word(0), place);
        let count = asm.here().0;
        let code = asm.finish(1).expect("all is reached");
        let range = |is_short| if is_short { Range::Near } else { Range::Far };
        // A short jump takes two bytes, which count.
        let first = range(over + 2 <= 128);
        assert_eq!(target(code, jump, first), place.0, "{over}");
        // The count takes four bytes before its jump.
        let second = range(jump - place.0 + 4 + 2 <= 128);
        assert_eq!(target(code, count, second), place.0, "{over}");
    }
}

/// Where the jump on zero at `place` leads to in the end: it may go through others.
fn way(code: &[u8], mut place: u32) -> u32 {
    loop {
        place = match &code[place as usize..] {
            [0x74, ..] => target(code, place + 2, Range::Near),
            [0x0f, 0x84, ..] => target(code, place + 6, Range::Far),
            _ => return place,
        };
    }
}

#[test]
fn every_jump_to_a_label_gets_there() {
    // A jump on zero goes through the one before if that is near enough; other jumps are long.
    for between in [
        0, 2, 100, 113, 114, 115, 116, 117, 118, 119, 120, 121, 122, 130, 300,
    ] {
        let mut asm = begin();
        let label = asm.label();
        let (mut on_zero, mut jumps) = (Vec::new(), Vec::new());
        for _ in 0..3 {
            // `test rax, rax` is three bytes.
            on_zero.push(asm.here().0 + 3);
            asm.jump_if_null(label);
            pad(&mut asm, between);
            asm.jump(label);
            jumps.push(asm.here().0);
            pad(&mut asm, between);
        }
        asm.bind(label);
        let here = asm.here().0;
        asm.null_out();
        let code = asm.finish(1).expect("all is reached");
        assert!(on_zero.iter().all(|it| way(code, *it) == here), "{between}");
        let mut jumps = jumps.iter().map(|it| target(code, *it, Range::Far));
        assert!(jumps.all(|it| it == here), "{between}");
    }
}

#[test]
fn jumps_back_to_a_label_get_there() {
    for between in [0, 100, 110, 118, 122, 124, 126, 300] {
        let mut asm = begin();
        let label = asm.label();
        asm.bind(label);
        let here = asm.here().0;
        pad(&mut asm, between);
        // The second and the third go through the one before, also where it is not far to the label itself.
        let mut on_zero = Vec::new();
        for _ in 0..3 {
            on_zero.push(asm.here().0 + 3);
            asm.jump_if_null(label);
        }
        asm.jump(label);
        let end = asm.here().0;
        let code = asm.finish(1).expect("all is reached");
        assert!(on_zero.iter().all(|it| way(code, *it) == here), "{between}");
        let is_short = end - here <= 128 && code[end as usize - 2] == 0xeb;
        let range = if is_short { Range::Near } else { Range::Far };
        assert_eq!(target(code, end, range), here, "{between}");
    }
}

#[test]
fn jumps_back_to_a_far_label_go_through_each_other() {
    let mut asm = begin();
    let label = asm.label();
    asm.bind(label);
    let here = asm.here().0;
    pad(&mut asm, 1000);
    let first = asm.here().0 + 3;
    asm.jump_if_null(label);
    let second = asm.here().0 + 3;
    asm.jump_if_null(label);
    let end = asm.here().0;
    let code = asm.finish(1).expect("all is reached");
    assert_eq!(end - second, 2, "the short form");
    assert_eq!((way(code, first), way(code, second)), (here, here));
}

#[test]
fn several_short_jumps_lead_to_a_near_label() {
    let mut asm = begin();
    let label = asm.near_label();
    let mut ends = Vec::new();
    for idx in 0..5 {
        // Neither kind goes through another.
        match idx % 2 {
            0 => asm.jump(label),
            _ => asm.jump_if_null(label),
        }
        ends.push(asm.here().0);
        pad(&mut asm, 20);
    }
    asm.bind(label);
    let here = asm.here().0;
    let code = asm.finish(1).expect("all is reached");
    for end in ends {
        assert_eq!(target(code, end, Range::Near), here);
    }
}

#[test]
#[cfg(debug_assertions)]
#[should_panic(expected = "never landed")]
fn a_jump_ahead_must_land() {
    let mut asm = begin();
    let jump = asm.jump_if_kept_null(Range::Far);
    drop(jump);
    let _ = asm.finish(1);
}

#[test]
#[should_panic(expected = "never bound")]
fn a_label_that_is_jumped_to_must_be_bound() {
    let mut asm = begin();
    let label = asm.label();
    asm.jump(label);
    let _ = asm.finish(1);
}

#[test]
#[cfg(debug_assertions)]
#[should_panic(expected = "more code than the worst case")]
fn more_code_than_was_announced_is_found() {
    let mut asm = begin();
    pad(&mut asm, 2 * CAPACITY as u32);
}

#[test]
#[cfg(not(debug_assertions))]
fn more_code_than_was_announced_is_refused() {
    let mut asm = begin();
    pad(&mut asm, 2 * CAPACITY as u32);
    assert_eq!(asm.finish(1), Err(OutOfRange));
}

#[test]
#[cfg(not(debug_assertions))]
fn jumps_and_tables_beyond_the_worst_case_are_refused() {
    let mut asm = begin();
    let label = asm.label();
    (0..CAPACITY).for_each(|_| asm.jump(label));
    let jump = asm.jump_if_kept_null(Range::Far);
    asm.bind(label);
    asm.land(jump);
    assert_eq!(asm.finish(1), Err(OutOfRange));
    let mut asm = begin();
    let table = asm.jump_by_tag(100 * CAPACITY);
    asm.bind_entry(table, 99 * CAPACITY);
    asm.advance(1);
    assert_eq!(asm.finish(1), Err(OutOfRange));
}
