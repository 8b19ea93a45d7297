//! Errors: small, sendable, and worded for people.

use std::error::Error;
use std::path::PathBuf;

use facet::Facet;
use vox::{EncodeError, EncodeErrorKind, PrepareError, Tier};

const _: () = assert!(size_of::<EncodeError>() <= 16);

const fn assert_error<T: Error + Send + Sync + 'static>() {}
const _: () = assert_error::<EncodeError>();
const _: () = assert_error::<PrepareError>();

#[derive(Facet)]
struct Holder {
    pointers: Vec<*const u8>,
}

#[test]
fn what_an_error_says() {
    let error = vox::to_bytes(&Holder { pointers: vec![] }).expect_err("refused");
    assert_eq!(error.kind(), EncodeErrorKind::Unsupported);
    assert_eq!(error.path(), ".pointers[]");
    assert_eq!(error.shape(), Holder::SHAPE);
    assert!(error.source().is_none());
    let text = error.to_string();
    assert!(
        text.starts_with("cannot encode `Holder.pointers[]`: "),
        "{text}"
    );
    let debug = format!("{error:?}");
    assert!(
        debug.contains("Unsupported") && debug.contains(&text),
        "{debug}"
    );
}

#[test]
fn a_slice_that_is_too_short() {
    let error = vox::to_slice(&[300_u16; 100], &mut [0; 7]).expect_err("too short");
    assert_eq!(
        error.kind(),
        EncodeErrorKind::BufferTooSmall { needed: 200 }
    );
    assert_eq!(error.path(), "");
    assert_eq!(
        error.to_string(),
        "cannot encode `[u16; 100]`: the output has room for 7 bytes and 200 are needed"
    );
}

/// Errors go where errors go.
#[test]
fn through_a_box_and_a_thread() {
    fn fails() -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
        Ok(vox::to_bytes(&Holder { pointers: vec![] })?)
    }
    let error = std::thread::spawn(fails)
        .join()
        .expect("no panic")
        .expect_err("refused");
    let error = error.downcast::<EncodeError>().expect("the error itself");
    assert_eq!(error.kind(), EncodeErrorKind::Unsupported);
}

#[test]
fn errors_of_preparing() {
    let error = vox::prepare::<Holder>(Tier::Interpreter).expect_err("refused");
    assert!(matches!(error, PrepareError::Unsupported(_)));
    assert!(
        error.to_string().starts_with("cannot encode `Holder"),
        "{error}"
    );
    // Whoever prints the chain of causes prints it once.
    assert!(error.source().is_none());

    let fixed = vox::Runtime::builder().tier(Tier::Interpreter).build();
    let error = fixed
        .prepare::<[PathBuf; 3]>(Tier::Baseline)
        .expect_err("not there");
    assert!(matches!(
        error,
        PrepareError::NotAvailable {
            tier: Tier::Baseline,
            ..
        }
    ));
    assert_eq!(
        error.to_string(),
        "the baseline tier is not available: the runtime is fixed to the interpreter tier"
    );
    assert!(error.source().is_none());
    // It encodes all the same.
    assert!(fixed.to_bytes(&[const { PathBuf::new() }; 3]).is_ok());
}
