//! Arenas by themselves: budget, batches, refusal, both ways of publication. That
//! published bytes run is tested with real functions in `tests/`.

use super::*;

const BOTH: [Publication; 2] = [Publication::SecondView, Publication::FreshPages];

/// An arena of either kind; the kind is what was wanted, not what the system granted.
fn reserve(budget: usize, publication: Publication) -> Arena {
    Arena::reserve(budget, publication).expect("the system grants memory")
}

/// The addresses of functions, or the first reason one has none.
fn placed(arena: &mut Arena, functions: &[&[u8]]) -> Result<Vec<*const u8>, MemoryError> {
    arena.publish(functions).into_iter().collect()
}

/// The bytes at a published address.
fn published(address: *const u8, len: usize) -> Vec<u8> {
    // SAFETY: published memory is readable, and the arena is alive.
    unsafe { core::slice::from_raw_parts(address, len) }.to_vec()
}

#[test]
fn functions_are_placed_aligned_and_readable() {
    for publication in BOTH {
        let mut arena = reserve(1 << 20, publication);
        let first = [0xc3_u8; 5];
        let second = [0x90_u8; 130];
        let placed = placed(&mut arena, &[&first, &second]).unwrap();
        assert_eq!(placed.len(), 2);
        for (address, code) in placed.iter().zip([&first[..], &second[..]]) {
            assert_eq!(address.addr() % FUNCTION_ALIGN, 0);
            assert_eq!(published(*address, code.len()), code);
        }
        assert_eq!(arena.used(), sys::page_size());
    }
}

#[test]
fn batches_share_pages_through_a_second_view_only() {
    for publication in BOTH {
        let mut arena = reserve(1 << 20, publication);
        let stubs: Vec<[u8; 3]> = (0..100).map(|index| [0xc3, index, index]).collect();
        let addresses: Vec<_> = stubs
            .iter()
            .map(|stub| placed(&mut arena, &[stub]).unwrap()[0])
            .collect();
        let pages = match arena.publication() {
            Publication::SecondView => (100 * FUNCTION_ALIGN).div_ceil(sys::page_size()),
            Publication::FreshPages => 100,
        };
        assert_eq!(arena.used(), pages * sys::page_size(), "{publication:?}");
        for (address, stub) in addresses.iter().zip(&stubs) {
            assert_eq!(published(*address, 3), stub);
        }
    }
}

#[test]
fn what_was_wanted_is_granted_or_explained() {
    let arena = reserve(1 << 20, Publication::SecondView);
    let is_second_view = arena.publication() == Publication::SecondView;
    assert_eq!(arena.no_second_view().is_none(), is_second_view);
    if cfg!(any(target_os = "linux", windows)) {
        assert!(is_second_view, "{:?}", arena.no_second_view());
    }
    let arena = reserve(1 << 20, Publication::FreshPages);
    assert_eq!(arena.publication(), Publication::FreshPages);
    assert_eq!(arena.no_second_view(), None);
}

#[test]
fn a_spent_budget_places_what_fits_and_keeps_what_is_there() {
    for publication in BOTH {
        let page = sys::page_size();
        let mut arena = reserve(2 * page + 1, publication);
        let code = vec![0xc3_u8; page];
        let first = arena.publish(&[&code, &code, &code]);
        assert!(first[0].is_ok() && first[1].is_ok());
        let spent = MemoryError::BudgetSpent {
            budget: 2 * page + 1,
            wanted: page,
        };
        assert_eq!(first[2], Err(spent));
        assert!(placed(&mut arena, &[&[0xc3]]).is_err());
        assert_eq!(published(first[0].clone().unwrap(), 1), [0xc3]);
    }
}

#[test]
fn no_budget_refuses_everything() {
    for publication in BOTH {
        let mut arena = reserve(0, publication);
        assert!(matches!(
            placed(&mut arena, &[&[0xc3]]),
            Err(MemoryError::BudgetSpent { .. })
        ));
        assert_eq!(placed(&mut arena, &[]).unwrap(), []);
    }
}

#[test]
fn a_refusal_leaves_the_arena_usable() {
    for publication in BOTH {
        let mut arena = reserve(1 << 16, publication);
        arena.refuse_for_test(true);
        assert!(matches!(
            placed(&mut arena, &[&[0xc3]]),
            Err(MemoryError::Refused { .. })
        ));
        assert_eq!(arena.used(), 0);
        arena.refuse_for_test(false);
        assert_eq!(placed(&mut arena, &[&[0xc3]]).unwrap().len(), 1);
    }
}

#[test]
fn a14_published_memory_is_never_writable_where_it_is_executable() {
    for publication in BOTH {
        let mut arena = reserve(1 << 16, publication);
        let first = placed(&mut arena, &[&[0xc3]]).unwrap()[0];
        let second = placed(&mut arena, &[&[0xc3]]).unwrap()[0];
        let last = first.wrapping_add((1 << 16) - 1);
        for address in [first, second] {
            let found = region::query(address).unwrap();
            // Apple's mapping is writable for the thread that asks, which a query cannot tell.
            if !cfg!(target_vendor = "apple") {
                assert_eq!(found.protection(), region::Protection::READ_EXECUTE);
            }
        }
        let writable = matches!(region::query(last), Ok(found) if found.is_writable());
        assert!(!writable || cfg!(target_vendor = "apple"));
    }
}

#[test]
fn a14_dropping_an_arena_frees_its_range() {
    for publication in BOTH {
        // The arena of another test may take the range at once, now and then. What is never freed stays executable every time.
        let freed = (0..20).any(|_| {
            let mut arena = reserve(1 << 16, publication);
            let address = placed(&mut arena, &[&[0xc3]]).unwrap()[0];
            drop(arena);
            !matches!(region::query(address), Ok(found) if found.is_executable())
        });
        assert!(freed);
    }
}
