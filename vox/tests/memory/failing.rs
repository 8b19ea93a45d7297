//! The n-th allocation fails, for every n: an error or success, the buffer as it
//! was, never an abort.

use vox::{EncodeErrorKind, Runtime};
use vox_oracle::mode;

use crate::allocator::failing;
use crate::counts::{Document, document};

/// Fails every allocation in turn, until one run needs fewer.
fn at_every_allocation(what: &str, runtime: &Runtime, value: &Document, for_good: bool) {
    let expected = runtime.to_bytes(value).expect("there is memory");
    let small = document(0);
    let (mut errors, mut overcome) = (0, 0);
    for number in 0..1000 {
        // So that the first reservation is not made for the whole output.
        for _ in 0..200 {
            runtime.to_bytes(&small).expect("there is memory");
        }
        // Old contents without room to spare, so that growing moves them.
        let mut buffer = vec![1, 2, 3];
        buffer.shrink_to_fit();
        let (result, failures) =
            failing(number, for_good, || runtime.to_bytes_in(value, &mut buffer));
        match result {
            Ok(len) => {
                assert_eq!(len, expected.len(), "{what}");
                assert!(buffer[3..] == expected, "{what}");
                overcome += usize::from(failures > 0);
            }
            Err(error) => {
                assert!(failures > 0, "{what}: {error}");
                assert_eq!(
                    error.kind(),
                    EncodeErrorKind::OutOfMemory,
                    "{what}: {error}"
                );
                assert_eq!(error.to_string(), "cannot encode `Document`: out of memory");
                assert_eq!(error.path(), "");
                assert_eq!(buffer, [1, 2, 3], "{what}");
                errors += 1;
            }
        }
        assert_eq!(buffer[..3], [1, 2, 3], "{what}");
        if failures == 0 {
            assert!(errors + overcome > 0, "{what}: nothing failed");
            // The first reservation, and growing, for which there is no other way.
            assert!(
                errors + overcome > 1 && errors > 0 || expected.len() < 1000,
                "{what}: {errors} errors, {overcome} overcome"
            );
            assert!(errors > 0 || !for_good, "{what}");
            return;
        }
    }
    panic!("{what}: still failing at the thousandth allocation");
}

#[test]
fn once() {
    for mode in mode::all() {
        for scale in [0, 10, 3000] {
            let what = format!("{}, {scale}", mode.name);
            at_every_allocation(&what, &mode.runtime, &document(scale), false);
        }
    }
}

/// Telling that memory ran out needs none.
#[test]
fn for_good() {
    for mode in mode::all() {
        for scale in [0, 10, 3000] {
            let what = format!("{}, {scale}, for good", mode.name);
            at_every_allocation(&what, &mode.runtime, &document(scale), true);
        }
    }
}

/// An output larger than any memory.
#[test]
fn more_than_there_is() {
    let huge: Vec<&[u8]> = vec![&[7; 1 << 20]; 100];
    for mode in mode::all() {
        let len = mode
            .runtime
            .encoded_len(&huge)
            .expect("counting needs no memory");
        assert!(len > 100 << 20);
        // The first, small allocation succeeds, growing it does not.
        mode.runtime
            .to_bytes(&Vec::<&[u8]>::new())
            .expect("it encodes");
        let mut buffer = vec![9; 5];
        let (result, failures) = failing(0, true, || mode.runtime.to_bytes_in(&huge, &mut buffer));
        assert!(failures > 0);
        assert_eq!(
            result.map_err(|error| error.kind()),
            Err(EncodeErrorKind::OutOfMemory)
        );
        assert_eq!(buffer, [9; 5], "{}", mode.name);
    }
}

/// As much as the last outputs took cannot be had, but what this one takes.
#[test]
fn the_first_reservation_alone() {
    let (large, small) = (document(3000), document(0));
    for mode in mode::all() {
        let expected = mode.runtime.to_bytes(&small).expect("there is memory");
        for _ in 0..3 {
            mode.runtime.to_bytes(&large).expect("there is memory");
        }
        let (result, failures) = failing(0, false, || mode.runtime.to_bytes(&small));
        assert_eq!(result.ok().as_ref(), Some(&expected), "{}", mode.name);
        assert_eq!(failures, 1, "{}", mode.name);
        let mut buffer = Vec::new();
        let (result, failures) =
            failing(0, false, || mode.runtime.to_bytes_in(&small, &mut buffer));
        assert_eq!(result.ok(), Some(expected.len()), "{}", mode.name);
        assert_eq!(failures, 1, "{}", mode.name);
        assert_eq!(buffer, expected, "{}", mode.name);

        let (result, failures) = failing(0, true, || mode.runtime.to_bytes(&small));
        let kind = result.map_err(|error| error.kind());
        assert_eq!(kind, Err(EncodeErrorKind::OutOfMemory), "{}", mode.name);
        assert_eq!(failures, 2, "{}", mode.name);
    }
}
