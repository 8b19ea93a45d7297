//! Options and results over payloads with and without niches, nested.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::num::{NonZeroI64, NonZeroU8, NonZeroU128};
use std::rc::Rc;
use std::sync::Arc;

use facet::Facet;
use serde::Serialize;
use vox_oracle::codec_test;
use vox_oracle::judge::Judge;

/// A payload, one to four options deep, in every state each depth has.
#[track_caller]
fn nested<'f, T>(judge: &Judge, label: &str, value: T)
where
    T: Facet<'f> + Serialize + Clone,
{
    judge.by_serde(label, &Some(value.clone()));
    judge.by_serde(label, &None::<T>);
    judge.by_serde(label, &[Some(Some(value.clone())), Some(None), None]);
    judge.by_serde(
        label,
        &[
            Some(Some(Some(value.clone()))),
            Some(Some(None)),
            Some(None),
            None,
        ],
    );
    judge.by_serde(
        label,
        &vec![
            Some(Some(Some(Some(value.clone())))),
            Some(Some(Some(None))),
            Some(Some(None)),
            Some(None),
            None,
        ],
    );
    judge.by_serde(label, &(1_u8, Some(value.clone()), 2_u8, None::<T>, 3_u8));
    judge.by_serde(label, &vec![Some(value), None]);
}

macro_rules! payloads {
    ($($name:ident: $value:expr;)+) => {$(
        codec_test!(
            fn $name(judge: &Judge) {
                nested(judge, stringify!($value), $value);
            }
        );
    )+};
}

payloads! {
    over_unit: ();
    over_u8: 7_u8;
    over_u16: 300_u16;
    over_u64: u64::MAX;
    over_u128: u128::MAX;
    over_bool: true;
    over_char: '🦀';
    over_f32: 1.5_f32;
    over_string: String::from("text");
    over_empty_string: String::new();
    over_str: "text";
    over_vec: vec![1_u32, 300];
    over_empty_vec: Vec::<u64>::new();
    over_box: Box::new(300_u16);
    over_reference: &300_u16;
    over_rc: Rc::new(300_u16);
    over_arc: Arc::new(String::from("arc"));
    over_boxed_str: Box::<str>::from("boxed");
    over_boxed_slice: Box::<[u16]>::from([1, 300]);
    over_non_zero_u8: NonZeroU8::MAX;
    over_non_zero_i64: NonZeroI64::MIN;
    over_non_zero_u128: NonZeroU128::MAX;
    over_cow: Cow::Borrowed("cow");
    over_array: [1_u8, 2, 3];
    over_map: BTreeMap::from([(1_u8, 2_u16)]);
    over_enum: Side::Left(300);
    over_fieldless_enum: Order::Less;
    over_struct: Plain { a: 1, b: true };
    over_result: Ok::<u16, String>(300);
    over_tuple: (1_u8, String::from("t"));
}

#[derive(Facet, Serialize, Clone)]
#[repr(u8)]
enum Side {
    Left(u32),
    #[allow(dead_code, reason = "one variant is enough here")]
    Right,
}

#[derive(Facet, Serialize, Clone)]
#[repr(i8)]
enum Order {
    Less = -1,
    #[allow(dead_code, reason = "one variant is enough here")]
    More = 1,
}

#[derive(Facet, Serialize, Clone)]
struct Plain {
    a: u32,
    b: bool,
}

codec_test!(
    results:
    Ok::<u8, u16>(1),
    Err::<u8, u16>(300),
    Ok::<(), ()>(()),
    Err::<(), ()>(()),
    Ok::<String, Vec<u8>>(String::from("fine")),
    Err::<String, Vec<u8>>(vec![1, 2]),
    Ok::<Result<u8, u16>, String>(Err(300)),
    vec![Ok::<Box<u8>, Arc<str>>(Box::new(1)), Err(Arc::from("bad"))],
    Some(Ok::<Option<u8>, Option<u16>>(None)),
    (1_u8, Err::<u128, u64>(u64::MAX), 2_u8),
);

// A wide payload behind a narrow one: how much room each branch needs differs.
codec_test!(
    uneven_results:
    Ok::<[u128; 16], u8>([u128::MAX; 16]),
    Err::<[u128; 16], u8>(1),
    vec![Ok::<[u128; 16], u8>([1; 16]), Err(2), Ok([u128::MAX; 16])],
);

codec_test!(
    /// Padding and the bytes of a `None` are whatever they are, and never written.
    fn a6_padding_is_not_read(judge: &Judge) {
        #[derive(Facet, Serialize)]
        struct Padded {
            small: u8,
            wide: Option<u64>,
            tiny: Option<u8>,
        }
        for poison in [0xa5_u8, 0x5a] {
            let mut memory = std::mem::MaybeUninit::<Padded>::uninit();
            // SAFETY: the memory is ours and as large as said.
            unsafe {
                memory
                    .as_mut_ptr()
                    .cast::<u8>()
                    .write_bytes(poison, size_of::<Padded>());
            }
            // SAFETY: fields of the allocation, each written before the whole is used.
            let value = unsafe {
                let start = memory.as_mut_ptr();
                (&raw mut (*start).small).write(1);
                (&raw mut (*start).wide).write(None);
                (&raw mut (*start).tiny).write(None);
                memory.assume_init_ref()
            };
            judge.by_bytes(&format!("poisoned with {poison:#x}"), value, &[1, 0, 0]);
        }
    }
);
