//! A fuzzer's bytes become a type and its values, which are encoded in every tier.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| vox_generate::fuzz(bytes, vox_generate::Tiers::All));
