//! The bytes of every encoder, in every form, against serde postcard's; growth; short strings at a page's end.

use super::forms;
use crate::workload::{Draw as _, Random, Scale, Value, Visitor, Workload, visit_all};

fn compare<T: Value>(name: &str, value: &T) {
    let expected = postcard::to_allocvec(value).unwrap();
    for (form, encode) in forms::<T>() {
        // From nothing, so that it grows; behind what is there already; and into enough.
        for (before, capacity) in [(0, 0), (3, 0), (0, expected.len() + 1000)] {
            let mut bytes = Vec::with_capacity(capacity);
            bytes.resize(before, 0xee);
            encode(value, &mut bytes);
            assert!(bytes[..before].iter().all(|byte| *byte == 0xee));
            let same = bytes[before..] == expected;
            assert!(same, "{name}, {form}, {before} bytes before: {value:?}");
        }
    }
}

struct Compare;

impl Visitor for Compare {
    fn visit<T: Value>(&mut self, workload: &Workload, value: &T) {
        compare(workload.name, value);
    }
}

#[test]
fn every_workload_has_serdes_bytes() {
    visit_all(&mut Compare, Scale::from_env().unwrap());
}

#[test]
fn lists_of_integers_at_every_length_and_magnitude() {
    let mut random = Random::new(7);
    for len in 0..=200 {
        // Small ones, those of two bytes, and any: each takes another path.
        for bits in [7, 14, 32] {
            let mut value = || u32::try_from(random.bits() >> (64 - bits)).unwrap();
            compare("u32", &(0..len).map(|_| value()).collect::<Vec<u32>>());
        }
        let uniform: Vec<u64> = (0..len).map(|_| random.bits()).collect();
        compare("u64 uniform", &uniform);
        compare("u64 drawn", &random.list::<u64>(len..=len));
    }
}

#[test]
fn every_power_of_two_and_its_neighbours() {
    let near = |bits: u32| {
        let power = 1_u64 << bits;
        [power - 1, power, power + 1]
    };
    let values: Vec<u64> = (0..64).flat_map(near).chain([u64::MAX]).collect();
    compare("u64", &values);
    let narrow = values.iter().filter_map(|value| u32::try_from(*value).ok());
    compare("u32", &narrow.collect::<Vec<u32>>());
}

#[test]
fn strings_of_every_length() {
    let mut random = Random::new(8);
    let strings: Vec<String> = (0..400).map(|len| random.text(len..=len)).collect();
    compare("ascending", &strings);
    let strings: Vec<String> = strings.into_iter().rev().collect();
    compare("descending", &strings);
    let letters: Vec<String> = (0..300).map(|_| char::draw(&mut random).into()).collect();
    compare("one character", &letters);
}

#[test]
fn options_of_strings_of_every_length() {
    use crate::workload::options;
    let mut random = Random::new(9);
    let mut records = options::records(9, 200);
    for (len, record) in records.iter_mut().enumerate() {
        record.text_0 = Some(random.text(len..=len));
        record.text_7 = Some(String::new());
        record.text_9 = (len % 3 > 0).then(|| random.text(2 * len..=2 * len));
    }
    compare("options", &records);
    // With few of them the next one is soon none.
    for len in 0..4 {
        compare("few", &records[40..][..len].to_vec());
    }
}
