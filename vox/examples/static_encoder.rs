//! Keeps an `Encoder` in a static, and encodes values that borrow with it.
//!
//! An encoder finds its type's program once; later calls do not look it up. It is written
//! for the lifetime `'static`, for a static can name no other, and encodes the type with any
//! lifetime. All threads may use it.
//!
//! ```sh
//! cargo run -p vox --example static_encoder
//! ```

use std::borrow::Cow;
use std::error::Error;
use std::thread;

use facet::Facet;
use serde::Serialize;
use vox::Encoder;

// `Serialize` is here for the proof below; vox does not need it.
#[derive(Facet, Serialize)]
struct Line<'a> {
    level: u8,
    target: &'a str,
    text: Cow<'a, str>,
    payload: &'a [u8],
}

static LINE: Encoder<Line<'static>> = Encoder::new();

/// Encodes a line whose parts live no longer than this call.
fn log(level: u8, target: &str, text: &str, log: &mut Vec<u8>) -> Result<usize, vox::EncodeError> {
    let line = Line {
        level,
        target,
        // Borrowed as long as there is nothing to change.
        text: if text.contains('\n') {
            Cow::Owned(text.replace('\n', "\\n"))
        } else {
            Cow::Borrowed(text)
        },
        payload: text.as_bytes(),
    };
    LINE.encode_in(&line, log)
}

fn main() -> Result<(), Box<dyn Error>> {
    let workers: Vec<_> = (0..4)
        .map(|number| {
            thread::spawn(move || -> Result<Vec<u8>, vox::EncodeError> {
                let mut bytes = Vec::new();
                for count in 0..1000 {
                    let text = format!("worker {number}\nline {count}");
                    log(3, "static_encoder", &text, &mut bytes)?;
                }
                Ok(bytes)
            })
        })
        .collect();

    let mut lines = 0;
    for (number, worker) in workers.into_iter().enumerate() {
        let bytes = worker.join().expect("the worker did not panic")?;
        let mut expected = Vec::new();
        for count in 0..1000 {
            let text = format!("worker {number}\nline {count}");
            let line = Line {
                level: 3,
                target: "static_encoder",
                text: text.replace('\n', "\\n").into(),
                payload: text.as_bytes(),
            };
            expected = postcard::to_extend(&line, expected)?;
            lines += 1;
        }
        assert_eq!(bytes, expected, "worker {number}");
    }
    println!("{lines} lines, the same as serde postcard's");
    Ok(())
}
