//! Fixes a runtime to the interpreter: no machine code is made, no executable memory asked
//! for, no thread started.
//!
//! For platforms and policies that forbid generated code, and for programs that encode
//! little. The bytes are the same.
//!
//! ```sh
//! cargo run -p vox --example interpreter_only
//! ```
//!
//! To leave the compiler out of the build altogether, and most dependencies with it:
//!
//! ```sh
//! cargo run -p vox --example interpreter_only --no-default-features
//! ```
//!
//! For a program whose source you do not change, set `VOX_TIER=interpreter`.

use std::error::Error;

use facet::Facet;
use serde::Serialize;
use vox::{Runtime, Tier};

#[derive(Facet, Serialize)]
struct Setting {
    name: String,
    value: Option<i64>,
    allowed: Vec<i64>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let setting = Setting {
        name: "retries".into(),
        value: Some(-3),
        allowed: (-200..200).step_by(50).collect(),
    };

    // What the root of the crate has functions for, a runtime has methods for.
    let runtime = Runtime::builder().tier(Tier::Interpreter).build();
    let bytes = runtime.to_bytes(&setting)?;
    assert_eq!(bytes, postcard::to_allocvec(&setting)?);

    // However often the type is used, it stays where it is.
    for _ in 0..20_000 {
        assert_eq!(runtime.encoded_len(&setting)?, bytes.len());
    }
    let report = runtime.report::<Setting>();
    assert_eq!(report.tier, Tier::Interpreter);
    assert_eq!(report.code_bytes, None);
    println!("{report}");

    // The tier is a matter of speed, not of bytes: the global runtime, which may compile,
    // agrees.
    assert_eq!(vox::to_bytes(&setting)?, bytes);
    println!("tiers in this build: {:?}", vox::available_tiers());
    Ok(())
}
