//! The hot path allocates nothing but output.

#![allow(dead_code, reason = "facet reads these fields, rustc does not see it")]

use facet::Facet;
use vox_oracle::mode;

use crate::allocator::counting;

#[derive(Facet)]
pub(crate) struct Document {
    pub(crate) id: u128,
    pub(crate) title: String,
    pub(crate) sections: Vec<Section>,
    pub(crate) bytes: Vec<u8>,
    pub(crate) numbers: Box<[i64]>,
}

#[derive(Facet)]
#[repr(u8)]
pub(crate) enum Section {
    Text(String),
    Table {
        rows: Vec<Vec<Option<u32>>>,
        footer: Option<Box<str>>,
    },
    Nested(#[facet(recursive_type)] Vec<Section>),
}

pub(crate) fn document(scale: usize) -> Document {
    let text = || Section::Text("x".repeat(scale));
    Document {
        id: u128::MAX,
        title: String::from("title"),
        sections: vec![
            text(),
            Section::Table {
                rows: vec![vec![Some(300), None]; scale],
                footer: Some("f".into()),
            },
            Section::Nested(vec![text(), Section::Nested(vec![text()])]),
        ],
        bytes: vec![7; scale],
        numbers: vec![i64::MIN; scale].into(),
    }
}

#[test]
fn a_roomy_buffer_is_all_there_is() {
    let value = document(200);
    for mode in mode::all() {
        let mut buffer = Vec::with_capacity(100_000);
        mode.runtime
            .to_bytes_in(&value, &mut buffer)
            .expect("it encodes");
        buffer.clear();
        let (result, allocations) = counting(|| mode.runtime.to_bytes_in(&value, &mut buffer));
        assert!(result.is_ok());
        assert_eq!(allocations, 0, "{}", mode.name);
    }
}

#[test]
fn other_outputs_need_none() {
    let value = document(20_000);
    for mode in mode::all() {
        let len = mode.runtime.encoded_len(&value).expect("it encodes");
        let mut slice = vec![0; len];
        let (_, allocations) = counting(|| {
            mode.runtime.encoded_len(&value).expect("it encodes");
            mode.runtime.to_slice(&value, &mut slice).expect("it fits");
            mode.runtime
                .to_writer(&value, std::io::sink())
                .expect("it encodes");
        });
        assert_eq!(allocations, 0, "{}", mode.name);
    }
}

/// A type's outputs are mostly alike: from the second on, one allocation.
#[test]
fn a_new_vector_is_one_allocation() {
    let value = document(200);
    for mode in mode::all() {
        mode.runtime.to_bytes(&value).expect("it encodes");
        let (bytes, allocations) = counting(|| mode.runtime.to_bytes(&value));
        assert!(bytes.is_ok());
        assert_eq!(allocations, 1, "{}", mode.name);
    }
}

/// A vector that grows does so by factors, not by steps.
#[test]
fn growing_takes_few_steps() {
    let value = document(50_000);
    for mode in mode::fresh(None) {
        mode.runtime.to_bytes(&document(1)).expect("it encodes");
        let (bytes, allocations) = counting(|| mode.runtime.to_bytes(&value));
        let len = bytes.expect("it encodes").len();
        assert!(
            allocations < 40,
            "{}: {allocations} for {len} bytes",
            mode.name
        );
    }
}

/// Units are a length, whatever their number.
#[test]
fn a_unit_list_is_one_step() {
    let units = vec![(); usize::MAX];
    for mode in mode::all() {
        let expected = vec![0xff; 9].into_iter().chain([1]).collect::<Vec<u8>>();
        if size_of::<usize>() == 8 {
            assert_eq!(mode.runtime.to_bytes(&units).expect("it encodes"), expected);
        }
    }
}
