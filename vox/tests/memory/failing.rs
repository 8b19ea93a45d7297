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
    let mut errors = 0;
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
            assert!(errors > 0, "{what}: nothing failed");
            // The first reservation, and growing.
            assert!(
                errors > 1 || expected.len() < 1000,
                "{what}: {errors} errors"
            );
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
