//! One guard per assumption of SAFETY.md that can be looked at from here. A test's
//! name starts with the assumption's.

use facet::Facet;
use facet_core::{
    ArrayAsPtrFn, BorrowFn, Def, IterDeallocFn, IterInitWithValueFn, ListAsPtrFn, ListLenFn,
    MapLenFn, OptionGetValueFn, OptionIsSomeFn, PtrConst, PtrMut, ResultGetErrFn, ResultGetOkFn,
    ResultIsOkFn, SetLenFn, SliceAsPtrFn, SliceLenFn, Type, UserType,
};
use vox_core::lower::{LowerOptions, lower};
use vox_core::program::FunctionKind;
use vox_core::reflect::pointers_are_as_modelled;
use vox_core::trampoline::{pack, unpack};

#[derive(Facet)]
struct Mixed {
    a: u8,
    b: u64,
    c: (u16, String),
    d: [u32; 3],
}

#[test]
fn a1_shapes_publish_the_offsets_the_compiler_chose() {
    let Type::User(UserType::Struct(fields)) = Mixed::SHAPE.ty else {
        panic!("a struct has fields");
    };
    let published: Vec<usize> = fields.fields.iter().map(|field| field.offset).collect();
    let chosen = [
        core::mem::offset_of!(Mixed, a),
        core::mem::offset_of!(Mixed, b),
        core::mem::offset_of!(Mixed, c),
        core::mem::offset_of!(Mixed, d),
    ];
    assert_eq!(published, chosen);
    let layout = Mixed::SHAPE.layout.sized_layout().expect("sized");
    assert_eq!(
        (layout.size(), layout.align()),
        (size_of::<Mixed>(), align_of::<Mixed>())
    );
}

/// `cargo xtask layout` sets the variable; a run in which nothing moved would prove nothing.
#[test]
fn a1_a_shuffled_layout_moves_fields() {
    #[derive(Facet)]
    struct Alike(u8, u8, u8, u8, u8, u8, u8, u8);
    let Type::User(UserType::Struct(fields)) = Alike::SHAPE.ty else {
        panic!("a struct has fields");
    };
    let is_in_order = fields.fields.is_sorted_by_key(|field| field.offset);
    let is_shuffled = std::env::var_os("VOX_TEST_LAYOUT_SEED").is_some();
    assert_eq!(is_in_order, !is_shuffled);
}

#[test]
fn a2_vtable_functions_have_the_types_their_kinds_promise() {
    // A signature that changes does not compile here.
    type OneThin<R> = unsafe extern "C" fn(PtrConst) -> R;
    const _: fn(ListLenFn) -> OneThin<usize> = |it| it;
    const _: fn(ListAsPtrFn) -> OneThin<PtrConst> = |it| it;
    const _: fn(SliceLenFn) -> OneThin<usize> = |it| it;
    const _: fn(SliceAsPtrFn) -> OneThin<PtrConst> = |it| it;
    const _: fn(ArrayAsPtrFn) -> OneThin<PtrConst> = |it| it;
    const _: fn(OptionIsSomeFn) -> OneThin<bool> = |it| it;
    const _: fn(OptionGetValueFn) -> OneThin<*const u8> = |it| it;
    const _: fn(ResultIsOkFn) -> OneThin<bool> = |it| it;
    const _: fn(ResultGetOkFn) -> OneThin<*const u8> = |it| it;
    const _: fn(ResultGetErrFn) -> OneThin<*const u8> = |it| it;
    const _: fn(BorrowFn) -> OneThin<PtrConst> = |it| it;
    const _: fn(MapLenFn) -> OneThin<usize> = |it| it;
    const _: fn(SetLenFn) -> OneThin<usize> = |it| it;
    const _: fn(IterInitWithValueFn) -> OneThin<PtrMut> = |it| it;
    const _: fn(IterDeallocFn) -> unsafe extern "C" fn(PtrMut) = |it| it;
    let c_functions = FunctionKind::ALL
        .iter()
        .filter(|kind| kind.class() == vox_core::program::CallClass::ExternC)
        .count();
    assert_eq!(c_functions, 15, "a kind was added: pin its type above");
}

#[test]
fn a5_wide_pointers_are_an_address_and_a_length() {
    assert!(pointers_are_as_modelled());
    let numbers = [1_u32, 2, 3];
    let wide = PtrConst::new(&numbers[..]);
    // SAFETY: a pointer to a slice.
    let pair = unsafe { unpack(wide) };
    assert_eq!((pair.ptr, pair.len), (numbers.as_ptr().cast(), 3));
    // SAFETY: a pair that describes the slice.
    let again = unsafe { pack(&raw const pair) };
    assert!(again == wide);
}

/// How many bytes of a value lowering copies whole, as the text of its program says.
fn copied_bytes<T: Facet<'static>>() -> usize {
    let options = LowerOptions {
        probed_layouts: true,
    };
    let lowered = lower(T::SHAPE, &options).expect("it encodes");
    let text = lowered.code.to_string();
    let number = |line: &str, name: &str| -> usize {
        let (_, rest) = line.split_once(name).expect("the field is there");
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().expect("a number")
    };
    text.lines()
        .map(|line| match line.split_whitespace().next() {
            Some("copy_bytes") => number(line, " len="),
            Some("write_fixed_list") => number(line, " width="),
            _ => 0,
        })
        .sum()
}

/// A struct of fields that touch, another with gaps between them, and one with a gap at the end.
#[derive(Facet)]
#[repr(C)]
struct Touching {
    first: [f32; 2],
    second: [u8; 4],
    third: f32,
}

#[derive(Facet)]
#[repr(C)]
struct Gaps {
    first: [u8; 3],
    second: [f32; 2],
    third: [u8; 2],
    fourth: [f64; 2],
}

#[derive(Facet)]
#[repr(C, align(16))]
struct GapBehind {
    only: [f32; 3],
}

#[test]
fn a6_what_is_copied_whole_has_no_padding() {
    // Floats are as on the wire in one byte order only.
    let floats = |bytes: usize| {
        if cfg!(target_endian = "little") {
            bytes
        } else {
            0
        }
    };
    assert_eq!(copied_bytes::<Vec<Touching>>(), 4 + floats(12));
    assert_eq!(copied_bytes::<Touching>(), 4 + floats(12));
    // Each of these is its fields and no byte between them or behind.
    assert_eq!(copied_bytes::<Gaps>(), 3 + 2 + floats(8 + 16));
    assert_eq!(copied_bytes::<Vec<Gaps>>(), 3 + 2 + floats(8 + 16));
    assert_eq!(copied_bytes::<GapBehind>(), floats(12));
    assert_eq!(copied_bytes::<Vec<GapBehind>>(), floats(12));
}

#[test]
fn a8_references_and_boxes_of_sized_values_are_addresses() {
    let value = Box::new(7_u64);
    let address = (&raw const *value).addr();
    // SAFETY: a `Box` of a sized value is a pointer to it, as the standard
    // library's documentation of `Box` says; a reference has the layout of a pointer.
    unsafe {
        assert_eq!((&raw const value).cast::<usize>().read(), address);
        let reference = &*value;
        assert_eq!((&raw const reference).cast::<usize>().read(), address);
        let some = Some(reference);
        assert_eq!((&raw const some).cast::<usize>().read(), address);
        let none: Option<&u64> = None;
        assert_eq!((&raw const none).cast::<usize>().read(), 0);
    }
}

#[test]
fn a10_items_stay_where_they_are_while_the_iterator_goes_on() {
    let set: std::collections::BTreeSet<String> = ('a'..='z').map(String::from).collect();
    let Def::Set(def) = <std::collections::BTreeSet<String>>::SHAPE.def else {
        panic!("a set is a set");
    };
    let iter = def.vtable.iter_vtable;
    // SAFETY: the functions are those of the set's shape, and the set is alive.
    let collected: Vec<String> = unsafe {
        let state = iter.init_with_value.expect("sets iterate")(PtrConst::new(&raw const set));
        let mut items = Vec::new();
        while let Some(item) = (iter.next)(state) {
            items.push(item);
        }
        let collected = items
            .iter()
            .map(|item| item.get::<String>().clone())
            .collect();
        (iter.dealloc)(state);
        collected
    };
    assert!(collected.iter().eq(set.iter()));
}
