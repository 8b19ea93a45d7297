//! Lists, slices and arrays of everything, at every length where their writing
//! changes.

use facet::Facet;
use serde::Serialize;
use vox_oracle::codec_test;

use crate::twin::AsArray;

/// Lengths around varint widths, blocks, and the chunks of a sink.
const LENGTHS: &[usize] = &[
    0, 1, 2, 3, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 408, 409, 410, 1023,
    1024, 1025, 4095, 4096, 4097, 8191, 8192, 8193, 16_383, 16_384, 100_000,
];

/// The lengths of this run: emulated processors leave out the longest, far above every boundary.
fn lengths() -> impl Iterator<Item = usize> {
    let longest = vox_oracle::scale::scaled(100_000).max(8_193);
    LENGTHS.iter().copied().filter(move |len| *len <= longest)
}

/// Lists of one element type at every length: small values, large ones, and a
/// mix, for their widths on the wire differ.
macro_rules! integers {
    ($($name:ident: $ty:ty;)+) => {$(
        codec_test!(
            fn $name(judge: &Judge) {
                for len in lengths() {
                    let small: Vec<$ty> = vec![1; len];
                    let large = vec![<$ty>::MAX; len];
                    let mixed: Vec<$ty> = (0..len)
                        .map(|idx| <$ty>::MAX >> (idx as u32 * 5 % <$ty>::BITS))
                        .collect();
                    for values in [small, large, mixed] {
                        judge.by_serde(&format!("{len} of {}", stringify!($ty)), &values);
                    }
                }
            }
        );
    )+};
}

integers! {
    bytes: u8;
    signed_bytes: i8;
    u16s: u16;
    u32s: u32;
    u64s: u64;
    u128s: u128;
    usizes: usize;
    i16s: i16;
    i32s: i32;
    i64s: i64;
    i128s: i128;
    isizes: isize;
}

codec_test!(
    fn negative_integers(judge: &Judge) {
        let values: Vec<i64> = (0..5000).map(|idx| i64::MIN >> (idx % 64)).collect();
        judge.by_serde("i64", &values);
        let values: Vec<i16> = (0..5000).map(|idx| i16::MIN >> (idx % 16)).collect();
        judge.by_serde("i16", &values);
    }
);

#[derive(Facet, Serialize, Clone)]
struct Point {
    x: f32,
    y: f32,
    z: f32,
}

#[derive(Facet, Serialize, Clone, Copy)]
struct Gapped {
    first: u8,
    second: f64,
    third: bool,
}

#[derive(Facet, Serialize, Clone)]
struct Row {
    id: u64,
    name: String,
    flags: [bool; 3],
}

#[derive(Facet, Serialize, Clone, Copy)]
struct Nothing;

fn row(id: u64) -> Row {
    Row {
        id,
        name: format!("row {id}"),
        flags: [id.is_multiple_of(2), true, false],
    }
}

codec_test!(
    fn every_length_of_other_elements(judge: &Judge) {
        for len in lengths() {
            let what = |name: &str| format!("{len} of {name}");
            let ids = 0..len as u64;
            judge.by_serde(&what("()"), &vec![(); len]);
            judge.by_serde(&what("Nothing"), &vec![Nothing; len]);
            judge.by_serde(&what("bool"), &vec![true; len]);
            judge.by_serde(&what("char"), &vec!['🦀'; len]);
            judge.by_serde(&what("f32"), &vec![1.5_f32; len]);
            judge.by_serde(&what("f64"), &vec![f64::MIN_POSITIVE; len]);
            judge.by_serde(&what("[u8; 3]"), &vec![[1_u8, 2, 3]; len]);
            judge.by_serde(
                &what("Point"),
                &vec![
                    Point {
                        x: 1.0,
                        y: 2.0,
                        z: 3.0
                    };
                    len
                ],
            );
            judge.by_serde(
                &what("Gapped"),
                &vec![
                    Gapped {
                        first: 1,
                        second: 2.0,
                        third: true
                    };
                    len
                ],
            );
            judge.by_serde(&what("Option<u8>"), &vec![Some(1_u8); len]);
            judge.by_serde(&what("(u8, u64)"), &vec![(255_u8, u64::MAX); len]);
            judge.by_serde(&what("Row"), &ids.map(row).collect::<Vec<_>>());
        }
    }
);

codec_test!(
    lists_of_lists:
    vec![Vec::<u8>::new()],
    vec![vec![1_u8, 2], vec![], vec![3; 5000]],
    vec![vec![vec![1_u16, 300], vec![]], vec![]],
    vec![vec![(); 3], vec![]],
    vec![vec![vec![vec![String::from("deep")]]]],
    vec![vec![true, false], vec![]],
    vec![vec![300_u32; 3000]; 5],
    vec![Some(vec![Some(String::from("x")), None]), None],
);

codec_test!(
    slices:
    &[1_u8, 2, 3][..],
    &[300_u32; 3000][..],
    &[] as &[u64],
    &["a", "b"][..],
    &[(); 5][..],
    &[&[1_u16, 300][..], &[]][..],
    vec![&[1_u8][..], &[2, 3]],
    Box::<[u16]>::from([1, 300]),
);

codec_test!(
    arrays:
    [0_u8; 0],
    [String::from("one")],
    [[0_u64; 0]; 5],
    [[1_u16, 300, 65_535]; 4],
    [[[1_u8; 3]; 3]; 3],
    [true; 32],
    [u128::MAX; 32],
    [Some(1_u8), None],
    [String::from("a"), String::from("b"), String::from("c")],
    [vec![1_u8, 2], vec![]],
    (1_u8, [2_u16; 3], 4_u8, [5_u8; 3], 6_u8),
    vec![[300_u16; 7]; 100],
);

codec_test!(
    /// Longer than serde's own impls go.
    fn long_arrays(judge: &Judge) {
        let bytes = [7_u8; 5000];
        judge.by_twin("[u8; 5000]", &bytes, &AsArray(&bytes));
        let shorts = [60_000_u16; 5000];
        judge.by_twin("[u16; 5000]", &shorts, &AsArray(&shorts));
        let floats = [1.5_f64; 2000];
        judge.by_twin("[f64; 2000]", &floats, &AsArray(&floats));
        let unrolled = [u128::MAX; 64];
        judge.by_twin("[u128; 64]", &unrolled, &AsArray(&unrolled));
        let looped = [u128::MAX; 65];
        judge.by_twin("[u128; 65]", &looped, &AsArray(&looped));
        let texts: [String; 100] = std::array::from_fn(|idx| "x".repeat(idx));
        judge.by_twin("[String; 100]", &texts, &AsArray(&texts));
        let units = [(); 100_000];
        judge.by_twin("[(); 100_000]", &units, &AsArray(&units));
        let nested = [[9_u8; 200]; 200];
        let rows: Vec<_> = nested.iter().map(|row| AsArray(row)).collect();
        judge.by_twin("[[u8; 200]; 200]", &nested, &AsArray(&rows));
    }
);

codec_test!(
    /// A list with more capacity than elements.
    fn spare_capacity_is_not_written(judge: &Judge) {
        let mut list = Vec::with_capacity(1000);
        list.extend([1_u32, 2, 3]);
        judge.by_serde("three of a thousand", &list);
        judge.by_serde("none of a thousand", &Vec::<String>::with_capacity(1000));
    }
);

codec_test!(
    /// A list of units longer than anything that loops could write, the walker
    /// included.
    fn units_without_number(judge: &Judge) {
        let mut expected = vec![0x80; 8];
        expected.push(0x10);
        judge.by_bytes("2^60 units", &vec![(); 1 << 60], &expected);
        judge.by_bytes("2^60 empty arrays", &vec![[0_u8; 0]; 1 << 60], &expected);
    }
);

/// Elements and runs of fields that would be copied whole, if they had no padding.
#[derive(Facet, Serialize, Clone, Copy)]
#[repr(C)]
struct Gaps {
    byte: u8,
    float: f32,
    flag: bool,
    double: f64,
    last: i8,
}

codec_test!(
    fn a6_padding_of_elements_is_not_read(judge: &Judge) {
        const COUNT: usize = 40;
        let gaps = Gaps {
            byte: 1,
            float: 2.5,
            flag: true,
            double: -0.5,
            last: -3,
        };
        for poison in [0xa5_u8, 0x5a] {
            let mut memory = vec![std::mem::MaybeUninit::<Gaps>::uninit(); COUNT];
            for place in &mut memory {
                let start = place.as_mut_ptr();
                // SAFETY: the memory is ours and as large as said; fields of it, one by one, so
                // that what is between them stays.
                unsafe {
                    start.cast::<u8>().write_bytes(poison, size_of::<Gaps>());
                    (&raw mut (*start).byte).write(gaps.byte);
                    (&raw mut (*start).float).write(gaps.float);
                    (&raw mut (*start).flag).write(gaps.flag);
                    (&raw mut (*start).double).write(gaps.double);
                    (&raw mut (*start).last).write(gaps.last);
                }
            }
            // SAFETY: every field of every element was written.
            let values = unsafe { &*(&raw const *memory as *const [Gaps]) };
            judge.by_twin(
                &format!("poisoned with {poison:#x}"),
                values,
                &[gaps; COUNT][..],
            );
        }
    }
);
