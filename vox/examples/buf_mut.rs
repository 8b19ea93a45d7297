//! Encodes into a `bytes::BufMut`, as network code built on the crate `bytes` has it.
//!
//! ```sh
//! cargo run -p vox --example buf_mut --features bytes
//! ```

use std::error::Error;

use bytes::{BufMut, Bytes, BytesMut};
use facet::Facet;
use serde::Deserialize;
use vox::EncodeErrorKind;

#[derive(Debug, Clone, PartialEq, Facet, Deserialize)]
struct Packet {
    sequence: u32,
    payload: Vec<u8>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let packet = Packet {
        sequence: 300,
        payload: vec![7; 200],
    };

    // A frame with its length in front, split off as `Bytes` without a copy.
    let mut buffer = BytesMut::with_capacity(1024);
    buffer.put_u32_le(u32::try_from(vox::encoded_len(&packet)?)?);
    let written = vox::to_buf_mut(&packet, &mut buffer)?;
    let frame: Bytes = buffer.split().freeze();
    assert_eq!(frame.len(), 4 + written);
    assert_eq!(postcard::from_bytes::<Packet>(&frame[4..])?, packet);

    // A buffer that cannot grow: an error, and nothing was written.
    let mut short = [0xff_u8; 16];
    let error = vox::to_buf_mut(&packet, &mut short[..]).expect_err("the packet does not fit");
    let needed = written;
    assert_eq!(error.kind(), EncodeErrorKind::BufferTooSmall { needed });
    assert_eq!(short, [0xff; 16]);
    println!("{written} bytes written; and as it should be: {error}");
    Ok(())
}
