//! Every construct facet describes types by is shown: by a member of the zoo, or by a refusal.
//!
//! As in [`crate::grammar`], the names are matched against facet's own enums without a wildcard
//! where facet lets us: when it adds a variant, this file does not compile until somebody decides
//! what becomes of it. `Def` and `ScalarType` are open, and [`vox`] refuses what it does not know.

use facet::{
    Def, EnumRepr, KnownPointer, NumericType, PointerType, PrimitiveType, ScalarType, SequenceType,
    TextualType, Type, UserType,
};

use crate::support::is_shown;

/// Declares a function from the variants of an enum to what shows them, and the list of that.
macro_rules! constructs {
    ($($list:ident $function:ident($ty:ty) { $($variant:pat => $shown:literal),+ $(,)? $(; open $open:literal)? })+) => {
        $(
            const $list: &[&str] = &[$($shown),+];

            /// Never called: it is here to be complete.
            #[allow(clippy::match_same_arms, reason = "one thing may show several")]
            const fn $function(it: &$ty) -> &'static str {
                match it {
                    $($variant => $shown,)+
                    $(_ => $open)?
                }
            }
        )+

        const ALL: &[&[&str]] = &[$($list),+];
    };
}

constructs! {
    DEFS def(Def) {
        Def::Undefined => "refusals::undescribed",
        Def::Scalar => "scalars",
        Def::Map(_) => "containers::map_of_strings",
        Def::Set(_) => "containers::ordered_set",
        Def::List(_) => "containers::byte_list",
        Def::Array(_) => "containers::three_bytes",
        Def::NdArray(_) => "refusals::matrix",
        Def::Slice(_) => "pointers::reference_to_numbers",
        Def::Option(_) => "options",
        Def::Result(_) => "standard::result",
        Def::Pointer(_) => "pointers::shared",
        Def::DynamicValue(_) => "refusals::dynamic";
        open "a kind this version of vox does not know"
    }
    TYPES ty(Type) {
        Type::Undefined => "refusals::undescribed",
        Type::Primitive(_) => "scalars",
        Type::Sequence(_) => "containers::three_bytes",
        Type::User(_) => "products",
        Type::Pointer(_) => "pointers",
    }
    USER_TYPES user_type(UserType) {
        UserType::Struct(_) => "products",
        UserType::Enum(_) => "enums",
        UserType::Union(_) => "refusals::union",
        UserType::Opaque => "refusals::type_id",
    }
    PRIMITIVES primitive(PrimitiveType) {
        PrimitiveType::Boolean => "scalars::boolean",
        PrimitiveType::Numeric(NumericType::Integer { signed: false }) => "scalars::unsigned_128",
        PrimitiveType::Numeric(NumericType::Integer { signed: true }) => "scalars::signed_128",
        PrimitiveType::Numeric(NumericType::Float) => "scalars::float_64",
        PrimitiveType::Textual(TextualType::Char) => "scalars::character",
        PrimitiveType::Textual(TextualType::Str) => "pointers::reference_to_text",
        PrimitiveType::Never => "standard::result_of_never",
    }
    SEQUENCES sequence(SequenceType) {
        SequenceType::Array(_) => "containers::array_of_lists",
        SequenceType::Slice(_) => "pointers::reference_to_strings",
    }
    POINTER_TYPES pointer_type(PointerType) {
        PointerType::Reference(_) => "pointers::reference",
        PointerType::Raw(_) => "refusals::raw_pointer",
        PointerType::Function(_) => "refusals::function",
    }
    POINTERS pointer(KnownPointer) {
        KnownPointer::Box => "pointers::boxed",
        KnownPointer::Rc => "pointers::counted",
        KnownPointer::RcWeak => "weak",
        KnownPointer::Arc => "pointers::shared",
        KnownPointer::ArcWeak => "weak",
        KnownPointer::Cow => "pointers::cow_text",
        // Facet 0.46 has the names of these three and no shape.
        KnownPointer::Pin => "proxies::cell",
        KnownPointer::Cell => "proxies::cell",
        KnownPointer::OnceCell => "proxies::cell",
        KnownPointer::RefCell => "proxies::ref_cell",
        KnownPointer::Mutex => "pointers::mutex",
        KnownPointer::RwLock => "pointers::lock",
        KnownPointer::OnceLock => "pointers::once",
        KnownPointer::LazyLock => "pointers::lazy",
        KnownPointer::NonNull => "refusals::non_null",
        KnownPointer::SharedReference => "pointers::reference",
        KnownPointer::ExclusiveReference => "pointers::mutable_reference",
    }
    SCALARS scalar(ScalarType) {
        ScalarType::Unit => "standard::unit",
        ScalarType::Bool => "scalars::boolean",
        ScalarType::Char => "scalars::character",
        ScalarType::Str => "pointers::reference_to_text",
        ScalarType::String => "standard::string",
        ScalarType::CowStr => "pointers::cow_text",
        ScalarType::F32 => "scalars::float_32",
        ScalarType::F64 => "scalars::float_64",
        ScalarType::U8 => "scalars::unsigned_8",
        ScalarType::U16 => "scalars::unsigned_16",
        ScalarType::U32 => "scalars::unsigned_32",
        ScalarType::U64 => "scalars::unsigned_64",
        ScalarType::U128 => "scalars::unsigned_128",
        ScalarType::USize => "scalars::unsigned_word",
        ScalarType::I8 => "scalars::signed_8",
        ScalarType::I16 => "scalars::signed_16",
        ScalarType::I32 => "scalars::signed_32",
        ScalarType::I64 => "scalars::signed_64",
        ScalarType::I128 => "scalars::signed_128",
        ScalarType::ISize => "scalars::signed_word",
        ScalarType::SocketAddr => "standard::socket",
        ScalarType::IpAddr => "standard::ip",
        ScalarType::Ipv4Addr => "standard::ipv4",
        ScalarType::Ipv6Addr => "standard::ipv6",
        ScalarType::ConstTypeId => "refusals::const_type_id";
        open "a scalar this version of vox does not know"
    }
    REPRESENTATIONS representation(EnumRepr) {
        EnumRepr::U8 => "enums::data_u8",
        EnumRepr::U16 => "enums::data_u16",
        EnumRepr::U32 => "enums::data_u32",
        EnumRepr::U64 => "enums::data_u64",
        EnumRepr::I8 => "enums::data_i8",
        EnumRepr::I16 => "enums::data_i16",
        EnumRepr::I32 => "enums::data_i32",
        EnumRepr::I64 => "enums::data_i64",
        EnumRepr::Rust => "refusals::unrepresented",
        // Facet 0.46 derives none of these three: `Option` has a definition of its own.
        EnumRepr::RustNPO => "options",
        EnumRepr::USize => "enums::word_unsigned",
        EnumRepr::ISize => "enums::word_signed",
    }
}

#[test]
fn every_construct_is_shown() {
    assert_eq!(def(&Def::Scalar), "scalars");
    assert_eq!(pointer(&KnownPointer::Pin), "proxies::cell");
    for name in ALL.iter().copied().flatten() {
        assert!(
            is_shown(name),
            "neither a member nor a refusal is called `{name}`"
        );
    }
}
