//! Compiles the types of a program when it starts, and prints how each is encoded.
//!
//! Without this a type starts in the interpreter and is compiled on a background thread once it is
//! used enough. Preparing is for programs that want their full speed from the first message on
//! and can wait for it before.
//!
//! Where there is no machine code to be had, because of the processor, the operating system or the
//! crate's features, the program says so and goes on in the interpreter.
//!
//! ```sh
//! cargo run -p vox --example prepare_at_startup
//! cargo run -p vox --example prepare_at_startup --no-default-features
//! ```

use std::collections::BTreeMap;
use std::error::Error;

use facet::{Facet, Shape};
use serde::Serialize;
use vox::{PrepareError, Runtime, Tier};

#[derive(Facet, Serialize)]
struct Request {
    id: u64,
    path: String,
    headers: BTreeMap<String, String>,
}

#[derive(Facet, Serialize)]
struct Response {
    id: u64,
    body: Result<Vec<u8>, Refusal>,
}

#[derive(Facet, Serialize)]
#[repr(u8)]
enum Refusal {
    NotFound,
    Moved { to: String },
}

/// What this program sends.
const MESSAGES: &[&Shape] = &[Request::SHAPE, Response::SHAPE];

/// Prepares all messages; answers whether they run as machine code.
fn prepare() -> Result<bool, Box<dyn Error>> {
    match vox::prepare_shapes(MESSAGES, Tier::Optimized) {
        Ok(tier) => {
            assert_eq!(tier, Tier::Optimized);
            println!("prepared: all messages run in the {tier} tier");
            Ok(true)
        }
        // Slower, not wrong: nothing to stop for.
        Err(error @ PrepareError::NotAvailable { .. }) => {
            println!("not prepared: {error}");
            Ok(false)
        }
        // A type that cannot be encoded is an error in the program. It shows here, at start-up,
        // instead of with the first message.
        Err(error) => Err(error.into()),
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let compiled = prepare()?;
    for shape in MESSAGES {
        let report = Runtime::global().report_shape(shape);
        println!("\n{report}");
        assert_eq!(report.tier == Tier::Optimized, compiled);
        assert_eq!(report.code_bytes.is_some(), compiled);
        // Whoever does not run in the highest tier has a reason.
        assert_eq!(report.why_not_higher.is_none(), compiled);
    }

    // A single type has a shorter way, and preparing twice costs nothing.
    match vox::prepare::<Request>(Tier::Optimized) {
        Ok(tier) => assert_eq!(tier, Tier::Optimized),
        Err(_) => assert!(!compiled),
    }

    let request = Request {
        id: 7,
        path: "/index".into(),
        headers: [("accept".into(), "text/plain".into())].into(),
    };
    assert_eq!(vox::to_bytes(&request)?, postcard::to_allocvec(&request)?);
    for body in [
        Ok(vec![1, 2, 3]),
        Err(Refusal::NotFound),
        Err(Refusal::Moved { to: "/".into() }),
    ] {
        let response = Response { id: 7, body };
        assert_eq!(vox::to_bytes(&response)?, postcard::to_allocvec(&response)?);
    }
    Ok(())
}
