//! Encodes a value in every way there is, and reads it back with serde's postcard.
//!
//! Not for: choosing between tiers or sharing work between calls; see
//! `prepare_at_startup` and `static_encoder`.
//!
//! ```sh
//! cargo run -p vox --example quick_start
//! ```

use std::error::Error;

use facet::Facet;
use serde::Deserialize;

// `Facet` is all vox needs. `Deserialize` is here to read the bytes back; it may as well be
// derived on another type, in another program.
#[derive(Debug, PartialEq, Facet, Deserialize)]
struct Reading {
    sensor: String,
    unit: Unit,
    values: Vec<f32>,
    note: Option<String>,
}

// Facet asks for the representation of an enum. The bytes do not depend on it: postcard
// writes the number of the variant, counted from 0.
#[derive(Debug, PartialEq, Facet, Deserialize)]
#[repr(u8)]
enum Unit {
    Celsius,
    Other { name: String },
}

fn main() -> Result<(), Box<dyn Error>> {
    let reading = Reading {
        sensor: "attic".into(),
        unit: Unit::Other { name: "K".into() },
        values: vec![293.5, 294.0],
        note: None,
    };

    // A new vector.
    let bytes = vox::to_bytes(&reading)?;
    println!("{} bytes: {bytes:02x?}", bytes.len());

    // The bytes are those of the serde crate `postcard`.
    let decoded: Reading = postcard::from_bytes(&bytes)?;
    assert_eq!(decoded, reading);

    // The length alone, without the bytes.
    assert_eq!(vox::encoded_len(&reading)?, bytes.len());

    // Behind what a vector holds already.
    let mut buffer = vec![0xff];
    let written = vox::to_bytes_in(&reading, &mut buffer)?;
    assert_eq!(written, bytes.len());
    assert_eq!(buffer[1..], bytes);

    // At the start of a slice. The answer is the part that was written.
    let mut slice = [0; 64];
    assert_eq!(vox::to_slice(&reading, &mut slice)?, bytes);

    // Into anything that is `std::io::Write`.
    let mut file = Vec::new();
    vox::to_writer(&reading, &mut file)?;
    assert_eq!(file, bytes);

    // An error says which type, where in it, and why.
    let error = vox::to_slice(&reading, &mut [0; 4]).expect_err("four bytes are not enough");
    println!("as it should be: {error}");
    let needed = bytes.len();
    assert_eq!(
        error.kind(),
        vox::EncodeErrorKind::BufferTooSmall { needed }
    );
    Ok(())
}
