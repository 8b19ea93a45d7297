//! What postcard's users know as flavours: COBS frames, checksums, heapless vectors, extending a
//! collection. Vox has no flavours of its own; each is a few lines around it, to copy from here.
//!
//! Every function below is compared byte for byte with the one of postcard's that it stands for.
//!
//! ```sh
//! cargo run -p vox --example flavours
//! ```

use std::collections::VecDeque;
use std::error::Error;
use std::io;

use cobs::{EncoderState, PushResult};
use facet::Facet;
use serde::Serialize;

type Fallible<T> = Result<T, Box<dyn Error>>;

/// `postcard::to_allocvec_cobs`, the short way: encode, stuff, end with a zero.
///
/// Every COBS decoder reads postcard's bytes and these to the same message, but they are
/// not the same for all messages; see [`show_where_cobs_differs`].
fn to_vec_cobs<'f, T: Facet<'f> + ?Sized>(value: &T) -> Fallible<Vec<u8>> {
    let mut frame = cobs::encode_vec(&vox::to_bytes(value)?);
    frame.push(0);
    Ok(frame)
}

/// `postcard::to_slice_cobs`, the short way.
fn to_slice_cobs<'f, 'b, T: Facet<'f> + ?Sized>(
    value: &T,
    slice: &'b mut [u8],
) -> Fallible<&'b mut [u8]> {
    let len = cobs::try_encode(&vox::to_bytes(value)?, slice)?;
    *slice.get_mut(len).ok_or("no room for the final zero")? = 0;
    Ok(&mut slice[..=len])
}

/// Stuffs bytes as they are written: postcard's COBS flavour, to the byte, and without the
/// message in between.
struct CobsWriter {
    frame: Vec<u8>,
    state: EncoderState,
}

impl CobsWriter {
    fn new() -> Self {
        // The first code byte; it is filled in when its run ends.
        Self {
            frame: vec![0],
            state: EncoderState::default(),
        }
    }

    fn finish(mut self) -> Vec<u8> {
        let (place, code) = self.state.finalize();
        self.frame[place] = code;
        self.frame.push(0);
        self.frame
    }
}

impl io::Write for CobsWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for byte in bytes {
            match self.state.push(*byte) {
                PushResult::AddSingle(byte) => self.frame.push(byte),
                PushResult::ModifyFromStartAndSkip((place, code)) => {
                    self.frame[place] = code;
                    self.frame.push(0);
                }
                PushResult::ModifyFromStartAndPushAndSkip((place, code, byte)) => {
                    self.frame[place] = code;
                    self.frame.extend([byte, 0]);
                }
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// `postcard::to_allocvec_cobs`, to the byte.
fn to_vec_cobs_exact<'f, T: Facet<'f> + ?Sized>(value: &T) -> Fallible<Vec<u8>> {
    let mut writer = CobsWriter::new();
    vox::to_writer(value, &mut writer)?;
    Ok(writer.finish())
}

/// `postcard::to_allocvec_crc32`: the message and its checksum, little endian.
fn to_vec_crc32<'f, T: Facet<'f> + ?Sized>(
    value: &T,
    mut digest: crc::Digest<'_, u32>,
) -> Fallible<Vec<u8>> {
    let mut bytes = vox::to_bytes(value)?;
    digest.update(&bytes);
    bytes.extend(digest.finalize().to_le_bytes());
    Ok(bytes)
}

/// `postcard::to_slice_crc32`.
fn to_slice_crc32<'f, 'b, T: Facet<'f> + ?Sized>(
    value: &T,
    slice: &'b mut [u8],
    mut digest: crc::Digest<'_, u32>,
) -> Fallible<&'b mut [u8]> {
    let message = vox::to_slice(value, slice)?;
    digest.update(message);
    let len = message.len();
    let checksum = digest.finalize().to_le_bytes();
    let end = len + checksum.len();
    let place = slice.get_mut(len..end).ok_or("no room for the checksum")?;
    place.copy_from_slice(&checksum);
    Ok(&mut slice[..end])
}

/// The same with a checksum of another width.
fn to_vec_crc16<'f, T: Facet<'f> + ?Sized>(
    value: &T,
    mut digest: crc::Digest<'_, u16>,
) -> Fallible<Vec<u8>> {
    let mut bytes = vox::to_bytes(value)?;
    digest.update(&bytes);
    bytes.extend(digest.finalize().to_le_bytes());
    Ok(bytes)
}

/// A vector of fixed capacity that lives on the stack, with what is written into a slice of that size.
fn fill_heapless<const CAPACITY: usize>(
    fill: impl FnOnce(&mut [u8]) -> Fallible<usize>,
) -> Fallible<heapless::Vec<u8, CAPACITY>> {
    let mut bytes = heapless::Vec::new();
    let filled = bytes.resize_default(CAPACITY);
    filled.map_err(|()| "a heapless vector did not take its own capacity")?;
    let len = fill(&mut bytes)?;
    bytes.truncate(len);
    Ok(bytes)
}

/// `postcard::to_vec`.
fn to_heapless<'f, T: Facet<'f> + ?Sized, const CAPACITY: usize>(
    value: &T,
) -> Fallible<heapless::Vec<u8, CAPACITY>> {
    fill_heapless(|slice| Ok(vox::to_slice(value, slice)?.len()))
}

/// `postcard::to_vec_cobs`.
fn to_heapless_cobs<'f, T: Facet<'f> + ?Sized, const CAPACITY: usize>(
    value: &T,
) -> Fallible<heapless::Vec<u8, CAPACITY>> {
    fill_heapless(|slice| Ok(to_slice_cobs(value, slice)?.len()))
}

/// `postcard::to_vec_crc32`.
fn to_heapless_crc32<'f, T: Facet<'f> + ?Sized, const CAPACITY: usize>(
    value: &T,
    digest: crc::Digest<'_, u32>,
) -> Fallible<heapless::Vec<u8, CAPACITY>> {
    fill_heapless(|slice| Ok(to_slice_crc32(value, slice, digest)?.len()))
}

/// `postcard::to_extend`, for what is no vector. For a vector take `vox::to_bytes_in`.
fn to_extend<'f, T: Facet<'f> + ?Sized, C: Extend<u8>>(value: &T, mut out: C) -> Fallible<C> {
    out.extend(vox::to_bytes(value)?);
    Ok(out)
}

/// `postcard::to_io`: flushes the writer, which `vox::to_writer` leaves to its caller, and hands it back.
fn to_io<'f, T: Facet<'f> + ?Sized, W: io::Write>(value: &T, mut writer: W) -> Fallible<W> {
    vox::to_writer(value, &mut writer)?;
    writer.flush()?;
    Ok(writer)
}

/// `postcard::fixint::le`: an integer of four bytes, little endian, where a varint is not wanted.
#[derive(Facet)]
#[facet(transparent)]
struct FixedU32([u8; 4]);

impl From<&u32> for FixedU32 {
    fn from(number: &u32) -> Self {
        Self(number.to_le_bytes())
    }
}

// Facet asks for the way back as well.
impl From<FixedU32> for u32 {
    fn from(fixed: FixedU32) -> Self {
        Self::from_le_bytes(fixed.0)
    }
}

#[derive(Facet, Serialize)]
struct Sample {
    channel: u16,
    #[facet(proxy = FixedU32)]
    #[serde(with = "postcard::fixint::le")]
    register: u32,
    zeros: Vec<u8>,
    text: String,
    next: Option<i64>,
}

fn compare(sample: &Sample) -> Fallible<()> {
    let expected = postcard::to_allocvec_cobs(sample)?;
    assert_eq!(to_vec_cobs(sample)?, expected);
    assert_eq!(to_vec_cobs_exact(sample)?, expected);
    assert_eq!(to_slice_cobs(sample, &mut [0xff; 512])?, expected);
    // A slice of just the right size will do, one byte less is an error.
    let mut exact = vec![0xff; expected.len()];
    assert_eq!(to_slice_cobs(sample, &mut exact)?, expected);
    let last = exact.len() - 1;
    assert!(to_slice_cobs(sample, &mut exact[..last]).is_err());

    let crc = crc::Crc::<u32>::new(&crc::CRC_32_ISCSI);
    let expected = postcard::to_allocvec_crc32(sample, crc.digest())?;
    assert_eq!(to_vec_crc32(sample, crc.digest())?, expected);
    let mut exact = vec![0xff; expected.len()];
    assert_eq!(to_slice_crc32(sample, &mut exact, crc.digest())?, expected);
    let last = exact.len() - 1;
    assert!(to_slice_crc32(sample, &mut exact[..last], crc.digest()).is_err());

    let short = crc::Crc::<u16>::new(&crc::CRC_16_USB);
    let expected = postcard::ser_flavors::crc::to_allocvec_u16(sample, short.digest())?;
    assert_eq!(to_vec_crc16(sample, short.digest())?, expected);

    let expected = postcard::to_vec::<_, 512>(sample)?;
    assert_eq!(to_heapless::<_, 512>(sample)?, expected);
    assert!(to_heapless::<_, 3>(sample).is_err());
    let expected = postcard::to_vec_cobs::<_, 512>(sample)?;
    assert_eq!(to_heapless_cobs::<_, 512>(sample)?, expected);
    let expected = postcard::to_vec_crc32::<_, 512>(sample, crc.digest())?;
    assert_eq!(to_heapless_crc32::<_, 512>(sample, crc.digest())?, expected);

    let start = VecDeque::from([1, 2, 3]);
    let expected = postcard::to_extend(sample, start.clone())?;
    assert_eq!(to_extend(sample, start)?, expected);
    assert_eq!(to_io(sample, vec![9])?, postcard::to_io(sample, vec![9])?);
    assert_eq!(
        vox::encoded_len(sample)?,
        postcard::experimental::serialized_size(sample)?
    );
    Ok(())
}

/// Two cases in which `cobs::encode_vec` and postcard's flavour give other bytes for the same message: when
/// the message is empty, and when it ends just where a full run of 254 bytes without a zero ends.
/// Postcard writes a further code byte then. The writer above does as postcard does.
fn show_where_cobs_differs() -> Fallible<()> {
    assert_eq!(to_vec_cobs(&())?, [0]);
    assert_eq!(postcard::to_allocvec_cobs(&())?, [1, 0]);
    assert_eq!(to_vec_cobs_exact(&())?, [1, 0]);

    let mut different = Vec::new();
    for len in 0..600_usize {
        let text = "x".repeat(len);
        let expected = postcard::to_allocvec_cobs(text.as_str())?;
        assert_eq!(to_vec_cobs_exact(text.as_str())?, expected, "{len}");

        let short = to_vec_cobs(text.as_str())?;
        if short != expected {
            let zero = short.len() - 1;
            assert_eq!(expected[..zero], short[..zero]);
            assert_eq!(expected[zero..], [1, 0]);
            different.push(len);
        }
        // Both are read alike.
        let message = vox::to_bytes(text.as_str())?;
        assert_eq!(cobs::decode_vec(&short)?, message);
        assert_eq!(cobs::decode_vec(&expected)?, message);
    }
    // Two bytes of length in front: messages of 254 and 508 bytes.
    assert_eq!(different, [252, 506]);
    Ok(())
}

fn main() -> Fallible<()> {
    for number in 0..50_u8 {
        compare(&Sample {
            channel: u16::from(number) * 300,
            register: u32::from(number) << 20,
            zeros: vec![number % 3; usize::from(number)],
            text: format!("sample {number}"),
            next: (number % 2 == 0).then_some(-i64::from(number)),
        })?;
    }
    show_where_cobs_differs()?;
    println!("every flavour gives postcard's bytes");
    Ok(())
}
