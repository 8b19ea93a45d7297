//! Writes frames to a TCP stream, and reads them on the other side with serde's postcard.
//!
//! The two sides share no type: the sender's derive `Facet` alone, the receiver's derive serde's
//! `Deserialize` alone. So the bytes are ordinary postcard, and the other side may as well be a program
//! that has never heard of vox.
//!
//! A frame is a length of four bytes, little endian, and the message: postcard has no frames
//! of its own.
//!
//! ```sh
//! cargo run -p vox --example tcp_frames
//! ```

use std::error::Error;
use std::io::{self, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

/// The sender: vox, and types that only derive `Facet`.
mod sender {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use facet::Facet;

    #[derive(Facet)]
    pub(crate) struct Event {
        pub(crate) id: u64,
        pub(crate) after: Duration,
        pub(crate) labels: BTreeMap<String, String>,
        pub(crate) kind: Kind,
    }

    #[derive(Facet)]
    #[repr(u8)]
    pub(crate) enum Kind {
        Started,
        Progress { done: u32, of: Option<u32> },
        Failed(String, i32),
    }

    pub(crate) fn events() -> Vec<Event> {
        let labels = |pairs: &[(&str, &str)]| {
            let owned = pairs
                .iter()
                .map(|(key, value)| ((*key).into(), (*value).into()));
            owned.collect()
        };
        vec![
            Event {
                id: 1,
                after: Duration::ZERO,
                labels: labels(&[("host", "here"), ("job", "copy")]),
                kind: Kind::Started,
            },
            Event {
                id: 300,
                after: Duration::from_millis(1500),
                labels: labels(&[]),
                kind: Kind::Progress {
                    done: 70_000,
                    of: Some(80_000),
                },
            },
            Event {
                id: u64::MAX,
                after: Duration::from_nanos(1),
                labels: labels(&[("job", "copy")]),
                kind: Kind::Failed("disk full".into(), -28),
            },
        ]
    }
}

/// The receiver: serde's postcard, and types that only derive `Deserialize`.
mod receiver {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use serde::Deserialize;

    #[derive(Debug, PartialEq, Deserialize)]
    pub(crate) struct Event {
        pub(crate) id: u64,
        pub(crate) after: Duration,
        pub(crate) labels: BTreeMap<String, String>,
        pub(crate) kind: Kind,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    pub(crate) enum Kind {
        Started,
        Progress { done: u32, of: Option<u32> },
        Failed(String, i32),
    }
}

/// Frames longer than this are refused: a length comes from the network and may be anything.
const MAX_FRAME_BYTES: u32 = 1 << 20;

/// Sends every event as a frame; the buffer is reused between them.
fn send(
    stream: &mut TcpStream,
    events: &[sender::Event],
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut frame = Vec::new();
    for event in events {
        frame.clear();
        frame.extend([0; 4]);
        let len = vox::to_bytes_in(event, &mut frame)?;
        frame[..4].copy_from_slice(&u32::try_from(len)?.to_le_bytes());
        // One write per frame: length and message travel together.
        stream.write_all(&frame)?;
    }
    Ok(())
}

/// The next event, or `None` when the sender is done.
fn receive(stream: &mut impl Read) -> Result<Option<receiver::Event>, Box<dyn Error>> {
    let mut len = [0; 4];
    // The stream may end between two frames, not within one.
    let (first, rest) = len.split_at_mut(1);
    match stream.read_exact(first) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        result => result?,
    }
    stream.read_exact(rest)?;
    let len = u32::from_le_bytes(len);
    if len > MAX_FRAME_BYTES {
        return Err(format!("a frame of {len} bytes").into());
    }
    let mut message = vec![0; usize::try_from(len)?];
    stream.read_exact(&mut message)?;
    Ok(Some(postcard::from_bytes(&message)?))
}

/// What the receiver must see: the sender's events, field by field.
fn translate(event: sender::Event) -> receiver::Event {
    receiver::Event {
        id: event.id,
        after: event.after,
        labels: event.labels,
        kind: match event.kind {
            sender::Kind::Started => receiver::Kind::Started,
            sender::Kind::Progress { done, of } => receiver::Kind::Progress { done, of },
            sender::Kind::Failed(reason, code) => receiver::Kind::Failed(reason, code),
        },
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let address = listener.local_addr()?;
    let sending = thread::spawn(move || {
        let mut stream = TcpStream::connect(address)?;
        send(&mut stream, &sender::events())
    });

    let (stream, _) = listener.accept()?;
    let mut stream = BufReader::new(stream);
    let mut received = Vec::new();
    while let Some(event) = receive(&mut stream)? {
        println!("received {event:?}");
        received.push(event);
    }
    match sending.join() {
        Ok(sent) => sent.map_err(|error| format!("the sender failed: {error}"))?,
        Err(_) => return Err("the sender panicked".into()),
    }

    let expected: Vec<_> = sender::events().into_iter().map(translate).collect();
    assert_eq!(received, expected);
    println!("all {} events arrived as they were", received.len());
    Ok(())
}
