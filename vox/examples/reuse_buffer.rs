//! Appends many frames to one vector and reuses it, so that nothing is allocated once it
//! has grown to its size.
//!
//! A frame here is a length of four bytes, little endian, and the message. The length is not known
//! beforehand, so its place is kept free and filled in afterwards: that is cheaper than
//! encoding twice, once to measure.
//!
//! ```sh
//! cargo run -p vox --example reuse_buffer
//! ```

use std::error::Error;

use facet::Facet;
use serde::Deserialize;

#[derive(Debug, Clone, PartialEq, Facet, Deserialize)]
struct Order {
    id: u64,
    customer: String,
    items: Vec<Item>,
}

#[derive(Debug, Clone, PartialEq, Facet, Deserialize)]
struct Item {
    article: String,
    count: u32,
    cents: i64,
}

const LENGTH_BYTES: usize = 4;

/// Appends a frame. On error the buffer is as it was before.
fn append_frame(order: &Order, buffer: &mut Vec<u8>) -> Result<(), Box<dyn Error>> {
    let start = buffer.len();
    buffer.extend([0; LENGTH_BYTES]);
    // On error vox leaves the buffer as it found it; the place of the length is ours to remove.
    let written = vox::to_bytes_in(order, buffer).inspect_err(|_| buffer.truncate(start))?;
    let Ok(len) = u32::try_from(written) else {
        buffer.truncate(start);
        return Err(format!("a message of {written} bytes is too long for a frame").into());
    };
    buffer[start..start + LENGTH_BYTES].copy_from_slice(&len.to_le_bytes());
    Ok(())
}

/// The messages in a row of frames, read by serde's postcard.
fn read_frames(mut bytes: &[u8]) -> Result<Vec<Order>, Box<dyn Error>> {
    let mut orders = Vec::new();
    while !bytes.is_empty() {
        let (len, rest) = bytes.split_first_chunk().ok_or("half a length")?;
        let len = usize::try_from(u32::from_le_bytes(*len))?;
        let (message, rest) = rest.split_at_checked(len).ok_or("half a message")?;
        orders.push(postcard::from_bytes(message)?);
        bytes = rest;
    }
    Ok(orders)
}

fn orders_of_day(day: u64) -> Vec<Order> {
    let item = |number: u32| Item {
        article: format!("article {number}"),
        count: number + 1,
        cents: -i64::from(number) * 99,
    };
    (0..20)
        .map(|number| Order {
            id: day * 1000 + number,
            customer: format!("customer {number}"),
            items: (0..3).map(item).collect(),
        })
        .collect()
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut buffer = Vec::new();
    let mut capacity = 0;
    for day in 1..=100 {
        let orders = orders_of_day(day);
        // `clear` keeps the memory. Only the first days make the buffer grow.
        buffer.clear();
        for order in &orders {
            append_frame(order, &mut buffer)?;
        }
        assert_eq!(read_frames(&buffer)?, orders);
        if day == 10 {
            capacity = buffer.capacity();
        }
    }
    assert_eq!(buffer.capacity(), capacity, "the buffer grew after day 10");
    println!(
        "100 days of {} bytes, in one buffer of {capacity} bytes",
        buffer.len()
    );
    Ok(())
}
