//! Arenas by themselves: budget, batches, refusal. That published bytes run is
//! tested with real functions in `tests/`.

use super::*;

#[test]
fn functions_of_a_batch_are_placed_aligned_and_readable() {
    let mut arena = Arena::reserve(1 << 20).unwrap();
    let first = [0xc3_u8; 5];
    let second = [0x90_u8; 130];
    let placed = placed(&mut arena, &[&first, &second]).unwrap();
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
fn a_spent_budget_places_what_fits_and_keeps_what_is_there() {
    let page = sys::page_size();
    let mut arena = Arena::reserve(2 * page + 1).unwrap();
    let code = vec![0xc3_u8; page];
    let first = arena.publish(&[&code, &code, &code]);
    assert!(first[0].is_ok() && first[1].is_ok());
    let spent = MemoryError::BudgetSpent {
        budget: 2 * page + 1,
        wanted: page,
    };
    assert_eq!(first[2], Err(spent));
    assert!(placed(&mut arena, &[&[0xc3]]).is_err());
    // SAFETY: published pages are readable, and the arena is alive.
    assert_eq!(unsafe { first[0].clone().unwrap().read() }, 0xc3);
}

#[test]
fn no_budget_refuses_everything() {
    let mut arena = Arena::reserve(0).unwrap();
    assert!(matches!(
        placed(&mut arena, &[&[0xc3]]),
        Err(MemoryError::BudgetSpent { .. })
    ));
    assert_eq!(placed(&mut arena, &[]).unwrap(), []);
}

#[test]
fn a_refusal_leaves_the_arena_usable() {
    let mut arena = Arena::reserve(1 << 16).unwrap();
    arena.refuse_for_test(true);
    assert!(matches!(
        placed(&mut arena, &[&[0xc3]]),
        Err(MemoryError::Refused { .. })
    ));
    assert_eq!(arena.used(), 0);
    arena.refuse_for_test(false);
    assert_eq!(placed(&mut arena, &[&[0xc3]]).unwrap().len(), 1);
}

#[test]
fn a14_published_pages_are_never_writable() {
    let mut arena = Arena::reserve(1 << 16).unwrap();
    let first = placed(&mut arena, &[&[0xc3]]).unwrap()[0];
    let second = placed(&mut arena, &[&[0xc3]]).unwrap()[0];
    for address in [first, second] {
        let found = region::query(address).unwrap();
        assert_eq!(found.protection(), region::Protection::READ_EXECUTE);
    }
    let last = first.wrapping_add((1 << 16) - 1);
    let writable = matches!(region::query(last), Ok(found) if found.is_writable());
    assert!(!writable);
}

#[test]
fn a14_dropping_an_arena_frees_its_range() {
    let mut arena = Arena::reserve(1 << 16).unwrap();
    let address = placed(&mut arena, &[&[0xc3]]).unwrap()[0];
    drop(arena);
    let freed = !matches!(region::query(address), Ok(found) if found.is_executable());
    assert!(freed);
}

/// The addresses of functions, or the first reason one has none.
fn placed(arena: &mut Arena, functions: &[&[u8]]) -> Result<Vec<*const u8>, MemoryError> {
    arena.publish(functions).into_iter().collect()
}
