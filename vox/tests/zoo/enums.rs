//! Enums: every representation, with and without data, negative and sparse
//! discriminants, one variant and three hundred.

use facet::{EnumRepr, EnumType, Facet, Repr, Shape, ShapeBuilder, Type, UserType, VariantBuilder};
use serde::Serialize;

/// Two enums without data in a representation: the second has sparse discriminants in no order.
macro_rules! units {
    ($($name:ident($repr:ident): $low:literal $high:literal;)+) => {
        $(
            pub(crate) mod $name {
                use facet::Facet;
                use serde::Serialize;

                #[derive(Facet, Serialize)]
                #[repr($repr)]
                enum Units { First, Second, Third }

                #[derive(Facet, Serialize)]
                #[repr($repr)]
                enum Sparse { High = $high, Low = $low, Next, Middle = 7 }

                vox_oracle::zoo! { MEMBERS;
                    units: Units = [Units::First, Units::Second, Units::Third];
                    sparse: Sparse = [Sparse::High, Sparse::Low, Sparse::Next, Sparse::Middle];
                }
            }
        )+

        pub(crate) const UNITS: &[&[vox_oracle::zoo::Member]] = &[$($name::MEMBERS),+];
    };
}

// `repr(usize)` and `repr(isize)` are below: facet 0.46 does not derive them.
units! {
    units_u8(u8): 0 255;
    units_u16(u16): 0 65_535;
    units_u32(u32): 0 0xffff_ffff;
    units_u64(u64): 0 0x7fff_ffff_ffff_ffff;
    units_i8(i8): -128 127;
    units_i16(i16): -32_768 32_767;
    units_i32(i32): -2_147_483_648 2_147_483_647;
    units_i64(i64): -2_147_483_648 9_223_372_036_854_775_807;
    units_c(C): -70_000 70_000;
}

/// Two enums with data in a representation.
macro_rules! data {
    ($($name:ident($($repr:ident),+);)+) => {
        $(
            pub(crate) mod $name {
                use facet::Facet;
                use serde::Serialize;

                #[derive(Facet, Serialize)]
                #[repr($($repr),+)]
                enum Data {
                    Unit,
                    Newtype(u64),
                    Tuple(u8, String, u16),
                    Struct { wide: u128, flag: bool, list: Vec<i32> },
                    EmptyTuple(),
                    EmptyStruct {},
                    Nested(#[facet(recursive_type)] Option<Box<Data>>),
                }

                #[derive(Facet, Serialize)]
                #[repr($($repr),+)]
                enum Only { Variant { text: String } }

                vox_oracle::zoo! { MEMBERS;
                    data: Data = [
                        Data::Unit,
                        Data::Newtype(u64::MAX),
                        Data::Tuple(1, String::from("two"), 300),
                        Data::Struct { wide: u128::MAX, flag: true, list: vec![-1, 1] },
                        Data::EmptyTuple(),
                        Data::EmptyStruct {},
                        Data::Nested(None),
                        Data::Nested(Some(Box::new(Data::Nested(Some(Box::new(Data::Newtype(300))))))),
                    ];
                    only: Only = [Only::Variant { text: String::from("only") }];
                }
            }
        )+

        pub(crate) const DATA: &[&[vox_oracle::zoo::Member]] = &[$($name::MEMBERS),+];
    };
}

data! {
    data_u8(u8);
    data_u16(u16);
    data_u32(u32);
    data_u64(u64);
    data_i8(i8);
    data_i16(i16);
    data_i32(i32);
    data_i64(i64);
    data_c(C);
    data_c_u8(C, u8);
    data_c_i64(C, i64);
}

/// Enums as wide as a word, which facet can describe and does not derive.
macro_rules! words {
    ($($name:ident($repr:ident, $described:ident): $other:literal;)+) => {
        $(
            #[derive(Serialize)]
            #[repr($repr)]
            enum $name { First, Second = $other }

            // SAFETY: the shape describes the type: Rust promises that the tag is a word.
            unsafe impl<'f> Facet<'f> for $name {
                const SHAPE: &'static Shape = &const {
                    let variants = &const {
                        [
                            VariantBuilder::unit("First").discriminant(0).build(),
                            VariantBuilder::unit("Second").discriminant($other).build(),
                        ]
                    };
                    ShapeBuilder::for_sized::<Self>(stringify!($name))
                        .ty(Type::User(UserType::Enum(EnumType {
                            repr: Repr::default(),
                            enum_repr: EnumRepr::$described,
                            variants,
                            is_cow: false,
                        })))
                        .build()
                };
            }
        )+
    };
}

words! {
    WordUnsigned(usize, USize): 0x7fff_ffff;
    WordSigned(isize, ISize): -70_000;
}

/// Variants as different in size as can be.
#[derive(Facet, Serialize)]
#[repr(u8)]
enum Uneven {
    Nothing,
    Huge([u64; 32]),
    Text(String),
    Nested(Option<Result<u8, String>>),
}

/// A generic enum.
#[derive(Facet, Serialize)]
#[repr(u8)]
enum Either<L, R> {
    Left(L),
    Right(R),
    Both { left: L, right: R },
}

vox_oracle::zoo! { MEMBERS;
    word_unsigned: WordUnsigned = [WordUnsigned::First, WordUnsigned::Second];
    word_signed: WordSigned = [WordSigned::First, WordSigned::Second];
    uneven: Uneven = [Uneven::Nothing, Uneven::Huge([u64::MAX; 32]), Uneven::Text("t".repeat(500)), Uneven::Nested(Some(Err(String::from("e"))))];
    either: Either<u8, String> = [Either::Left(1), Either::Right(String::from("r")), Either::Both { left: 2, right: String::new() }];
    either_of_either: Either<Either<(), bool>, Box<u64>> = [
        Either::Left(Either::Left(())), Either::Left(Either::Right(true)), Either::Right(Box::new(300)),
        Either::Both { left: Either::Left(()), right: Box::new(0) },
    ];
    many: Many = [Many::A00, Many::B26, Many::B27, Many::B28, Many::C55, Many::C56, Many::C99];
    many_with_data: ManyWithData = [ManyWithData::V000(1), ManyWithData::V127(2), ManyWithData::V128(3), ManyWithData::V299(4)];
}

/// Three hundred variants: the index takes two bytes from 128 on.
#[derive(Facet, Serialize)]
#[repr(u16)]
#[rustfmt::skip]
enum Many {
    A00, A01, A02, A03, A04, A05, A06, A07, A08, A09, A10, A11, A12, A13, A14, A15, A16, A17, A18, A19,
    A20, A21, A22, A23, A24, A25, A26, A27, A28, A29, A30, A31, A32, A33, A34, A35, A36, A37, A38, A39,
    A40, A41, A42, A43, A44, A45, A46, A47, A48, A49, A50, A51, A52, A53, A54, A55, A56, A57, A58, A59,
    A60, A61, A62, A63, A64, A65, A66, A67, A68, A69, A70, A71, A72, A73, A74, A75, A76, A77, A78, A79,
    A80, A81, A82, A83, A84, A85, A86, A87, A88, A89, A90, A91, A92, A93, A94, A95, A96, A97, A98, A99,
    B00, B01, B02, B03, B04, B05, B06, B07, B08, B09, B10, B11, B12, B13, B14, B15, B16, B17, B18, B19,
    B20, B21, B22, B23, B24, B25, B26, B27, B28, B29, B30, B31, B32, B33, B34, B35, B36, B37, B38, B39,
    B40, B41, B42, B43, B44, B45, B46, B47, B48, B49, B50, B51, B52, B53, B54, B55, B56, B57, B58, B59,
    B60, B61, B62, B63, B64, B65, B66, B67, B68, B69, B70, B71, B72, B73, B74, B75, B76, B77, B78, B79,
    B80, B81, B82, B83, B84, B85, B86, B87, B88, B89, B90, B91, B92, B93, B94, B95, B96, B97, B98, B99,
    C00, C01, C02, C03, C04, C05, C06, C07, C08, C09, C10, C11, C12, C13, C14, C15, C16, C17, C18, C19,
    C20, C21, C22, C23, C24, C25, C26, C27, C28, C29, C30, C31, C32, C33, C34, C35, C36, C37, C38, C39,
    C40, C41, C42, C43, C44, C45, C46, C47, C48, C49, C50, C51, C52, C53, C54, C55, C56, C57, C58, C59,
    C60, C61, C62, C63, C64, C65, C66, C67, C68, C69, C70, C71, C72, C73, C74, C75, C76, C77, C78, C79,
    C80, C81, C82, C83, C84, C85, C86, C87, C88, C89, C90, C91, C92, C93, C94, C95, C96, C97, C98, C99,
}

/// The same, each with a number.
#[derive(Facet, Serialize)]
#[repr(i16)]
#[rustfmt::skip]
enum ManyWithData {
    V000(u16), V001(u16), V002(u16), V003(u16), V004(u16), V005(u16), V006(u16), V007(u16),
    V008(u16), V009(u16), V010(u16), V011(u16), V012(u16), V013(u16), V014(u16), V015(u16),
    V016(u16), V017(u16), V018(u16), V019(u16), V020(u16), V021(u16), V022(u16), V023(u16),
    V024(u16), V025(u16), V026(u16), V027(u16), V028(u16), V029(u16), V030(u16), V031(u16),
    V032(u16), V033(u16), V034(u16), V035(u16), V036(u16), V037(u16), V038(u16), V039(u16),
    V040(u16), V041(u16), V042(u16), V043(u16), V044(u16), V045(u16), V046(u16), V047(u16),
    V048(u16), V049(u16), V050(u16), V051(u16), V052(u16), V053(u16), V054(u16), V055(u16),
    V056(u16), V057(u16), V058(u16), V059(u16), V060(u16), V061(u16), V062(u16), V063(u16),
    V064(u16), V065(u16), V066(u16), V067(u16), V068(u16), V069(u16), V070(u16), V071(u16),
    V072(u16), V073(u16), V074(u16), V075(u16), V076(u16), V077(u16), V078(u16), V079(u16),
    V080(u16), V081(u16), V082(u16), V083(u16), V084(u16), V085(u16), V086(u16), V087(u16),
    V088(u16), V089(u16), V090(u16), V091(u16), V092(u16), V093(u16), V094(u16), V095(u16),
    V096(u16), V097(u16), V098(u16), V099(u16), V100(u16), V101(u16), V102(u16), V103(u16),
    V104(u16), V105(u16), V106(u16), V107(u16), V108(u16), V109(u16), V110(u16), V111(u16),
    V112(u16), V113(u16), V114(u16), V115(u16), V116(u16), V117(u16), V118(u16), V119(u16),
    V120(u16), V121(u16), V122(u16), V123(u16), V124(u16), V125(u16), V126(u16), V127(u16),
    V128(u16), V129(u16), V130(u16), V131(u16), V132(u16), V133(u16), V134(u16), V135(u16),
    V136(u16), V137(u16), V138(u16), V139(u16), V140(u16), V141(u16), V142(u16), V143(u16),
    V144(u16), V145(u16), V146(u16), V147(u16), V148(u16), V149(u16), V150(u16), V151(u16),
    V152(u16), V153(u16), V154(u16), V155(u16), V156(u16), V157(u16), V158(u16), V159(u16),
    V160(u16), V161(u16), V162(u16), V163(u16), V164(u16), V165(u16), V166(u16), V167(u16),
    V168(u16), V169(u16), V170(u16), V171(u16), V172(u16), V173(u16), V174(u16), V175(u16),
    V176(u16), V177(u16), V178(u16), V179(u16), V180(u16), V181(u16), V182(u16), V183(u16),
    V184(u16), V185(u16), V186(u16), V187(u16), V188(u16), V189(u16), V190(u16), V191(u16),
    V192(u16), V193(u16), V194(u16), V195(u16), V196(u16), V197(u16), V198(u16), V199(u16),
    V200(u16), V201(u16), V202(u16), V203(u16), V204(u16), V205(u16), V206(u16), V207(u16),
    V208(u16), V209(u16), V210(u16), V211(u16), V212(u16), V213(u16), V214(u16), V215(u16),
    V216(u16), V217(u16), V218(u16), V219(u16), V220(u16), V221(u16), V222(u16), V223(u16),
    V224(u16), V225(u16), V226(u16), V227(u16), V228(u16), V229(u16), V230(u16), V231(u16),
    V232(u16), V233(u16), V234(u16), V235(u16), V236(u16), V237(u16), V238(u16), V239(u16),
    V240(u16), V241(u16), V242(u16), V243(u16), V244(u16), V245(u16), V246(u16), V247(u16),
    V248(u16), V249(u16), V250(u16), V251(u16), V252(u16), V253(u16), V254(u16), V255(u16),
    V256(u16), V257(u16), V258(u16), V259(u16), V260(u16), V261(u16), V262(u16), V263(u16),
    V264(u16), V265(u16), V266(u16), V267(u16), V268(u16), V269(u16), V270(u16), V271(u16),
    V272(u16), V273(u16), V274(u16), V275(u16), V276(u16), V277(u16), V278(u16), V279(u16),
    V280(u16), V281(u16), V282(u16), V283(u16), V284(u16), V285(u16), V286(u16), V287(u16),
    V288(u16), V289(u16), V290(u16), V291(u16), V292(u16), V293(u16), V294(u16), V295(u16),
    V296(u16), V297(u16), V298(u16), V299(u16),
}
