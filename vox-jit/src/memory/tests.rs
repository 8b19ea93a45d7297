//! Arenas by themselves: budget, batches, refusal. That published bytes run is
//! tested with real functions in `tests/`.

use super::*;

#[test]
fn functions_of_a_batch_are_placed_aligned_and_readable() {
    let mut arena = Arena::reserve(1 << 20).unwrap();
    let first = [0xc3_u8; 5];
    let second = [0x90_u8; 130];
    let placed = arena.publish(&[&first, &second]).unwrap();
    assert_eq!(placed.len(), 2);
    for (address, code) in placed.iter().zip([&first[..], &second[..]]) {
        assert_eq!(address.addr() % FUNCTION_ALIGN, 0);
        // SAFETY: published pages are readable, and the arena is alive.
        let there = unsafe { core::slice::from_raw_parts(*address, code.len()) };
        assert_eq!(there, code);
    }
    assert_eq!(arena.used(), sys::page_size());
}

#[test]
fn a_spent_budget_is_an_error_and_keeps_what_is_there() {
    let page = sys::page_size();
    let mut arena = Arena::reserve(2 * page + 1).unwrap();
    let code = vec![0xc3_u8; page];
    let first = arena.publish(&[&code]).unwrap();
    let too_much = arena.publish(&[&code, &code]);
    assert_eq!(
        too_much,
        Err(MemoryError::BudgetSpent {
            budget: 2 * page + 1,
            wanted: 2 * page
        })
    );
    assert_eq!(arena.publish(&[&code]).unwrap().len(), 1);
    assert!(arena.publish(&[&[0xc3]]).is_err());
    // SAFETY: published pages are readable, and the arena is alive.
    assert_eq!(unsafe { first[0].read() }, 0xc3);
}

#[test]
fn no_budget_refuses_everything() {
    let mut arena = Arena::reserve(0).unwrap();
    assert!(matches!(
        arena.publish(&[&[0xc3]]),
        Err(MemoryError::BudgetSpent { .. })
    ));
}

#[test]
fn a_refusal_leaves_the_arena_usable() {
    let mut arena = Arena::reserve(1 << 16).unwrap();
    arena.refuse_for_test(true);
    assert!(matches!(
        arena.publish(&[&[0xc3]]),
        Err(MemoryError::Refused { .. })
    ));
    assert_eq!(arena.used(), 0);
    arena.refuse_for_test(false);
    assert_eq!(arena.publish(&[&[0xc3]]).unwrap().len(), 1);
}

#[test]
fn published_pages_are_never_writable() {
    let mut arena = Arena::reserve(1 << 16).unwrap();
    let first = arena.publish(&[&[0xc3]]).unwrap()[0];
    let second = arena.publish(&[&[0xc3]]).unwrap()[0];
    for address in [first, second] {
        let found = region::query(address).unwrap();
        assert_eq!(found.protection(), region::Protection::READ_EXECUTE);
    }
    let last = first.wrapping_add((1 << 16) - 1);
    assert!(!region::query(last).unwrap().is_writable());
}

#[test]
fn dropping_an_arena_frees_its_range() {
    let mut arena = Arena::reserve(1 << 16).unwrap();
    let address = arena.publish(&[&[0xc3]]).unwrap()[0];
    drop(arena);
    let freed = !matches!(region::query(address), Ok(found) if found.is_executable());
    assert!(freed);
}
