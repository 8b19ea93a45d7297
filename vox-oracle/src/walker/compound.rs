//! Structs, tuples and enums: fields in declaration order, one after another.

use super::attribute::{Member, Told};
use super::{WalkError, Walker, attribute};
use crate::wire;
use facet_core::{
    Def, EnumRepr, EnumType, Field, Shape, StructKind, StructType, Type, UserType, Variant,
};
use facet_reflect::Peek;

impl Walker {
    /// Structs of all kinds.
    pub(super) fn write_struct(
        &mut self,
        peek: Peek<'_, '_>,
        definition: &'static StructType,
    ) -> Result<(), WalkError> {
        if definition.repr.packed {
            return Err(WalkError::unsupported(peek.shape(), "a packed struct"));
        }
        if peek.shape().get_tag_attr().is_some() || peek.shape().has_builtin_attr("tag") {
            return Err(WalkError::unsupported(peek.shape(), "a tagged struct"));
        }
        let is_transparent = peek.shape().has_builtin_attr("transparent");
        let member = if is_newtype(definition) {
            Member::Always
        } else if is_transparent {
            Member::UnlessSkipped
        } else {
            Member::Usual
        };
        self.write_fields(peek, member, definition.fields)
    }

    /// The index of the variant, then its fields.
    pub(super) fn write_enum(
        &mut self,
        peek: Peek<'_, '_>,
        definition: &'static EnumType,
    ) -> Result<(), WalkError> {
        for variant in definition.variants {
            attribute::check_variant(peek.shape(), variant)?;
        }
        let (idx, variant) = active_variant(peek, definition)?;
        if attribute::is_skipped(variant) {
            return Err(WalkError::unsupported(peek.shape(), "a skipped variant"));
        }
        let told = match attribute::told(peek.shape()) {
            Told::ByNumber => Told::ByNumber,
            _ if variant.has_builtin_attr("untagged") => Told::NotAtAll,
            told => told,
        };
        match told {
            Told::ByIndex => {
                let idx = u32::try_from(idx).map_err(|_| {
                    WalkError::unsupported(peek.shape(), "a variant index over 32 bits")
                })?;
                wire::variant(&mut self.out, idx);
            }
            Told::ByName => {
                check_named(peek.shape(), variant)?;
                wire::string(&mut self.out, &name(peek.shape(), variant));
            }
            Told::NotAtAll => {}
            Told::ByNumber => {
                return self.write_number(peek, definition.enum_repr, variant);
            }
        }
        let member = if is_newtype(&variant.data) {
            Member::UnlessSkipped
        } else {
            Member::Usual
        };
        self.write_fields(peek, member, variant.data.fields)
    }

    /// The discriminant, as an integer of the enum's representation.
    fn write_number(
        &mut self,
        peek: Peek<'_, '_>,
        repr: EnumRepr,
        variant: &Variant,
    ) -> Result<(), WalkError> {
        let number = variant.discriminant.unwrap_or_default();
        if !variant.data.fields.is_empty() {
            let what = "a numeric variant with fields";
            return Err(WalkError::unsupported(peek.shape(), what));
        }
        match repr {
            EnumRepr::U8 | EnumRepr::I8 => wire::byte(&mut self.out, number.to_le_bytes()[0]),
            EnumRepr::I16 | EnumRepr::I32 | EnumRepr::I64 | EnumRepr::ISize => {
                wire::signed_varint(&mut self.out, number.into());
            }
            EnumRepr::U16 | EnumRepr::U32 | EnumRepr::U64 | EnumRepr::USize => {
                let (_, mask) = read_tag(peek, repr)?;
                wire::varint(&mut self.out, (number.cast_unsigned() & mask).into());
            }
            EnumRepr::Rust | EnumRepr::RustNPO => {
                let what = "an enum without an explicit representation";
                return Err(WalkError::unsupported(peek.shape(), what));
            }
        }
        Ok(())
    }

    fn write_fields(
        &mut self,
        peek: Peek<'_, '_>,
        member: Member,
        fields: &[Field],
    ) -> Result<(), WalkError> {
        for field in fields {
            // SAFETY: the shape describes the value the peek points to, and
            // the field belongs to it (for an enum, to the active variant), so
            // its offset stays inside that value.
            let field_ptr = unsafe { peek.data().field(field.offset) };
            // SAFETY: a live field of the peeked value, of the field's type.
            if !unsafe { attribute::is_field_written(peek.shape(), member, field, field_ptr)? } {
                continue;
            }
            // SAFETY: as above: `field_ptr` points to a value of this shape.
            let value = unsafe { Peek::unchecked_new(field_ptr, field.shape()) };
            match field.effective_proxy(Some(attribute::FORMAT)) {
                Some(proxy) => self.write_proxy(value, proxy)?,
                None => self.write(value)?,
            }
        }
        Ok(())
    }
}

/// One field without a name.
fn is_newtype(fields: &StructType) -> bool {
    fields.fields.len() == 1 && !matches!(fields.kind, StructKind::Struct | StructKind::Unit)
}

/// The name serde writes for a variant. Facet has applied `rename_all` by a rule of its own.
fn name(shape: &'static Shape, variant: &'static Variant) -> String {
    let renamed = variant.attributes.iter().find(|attr| attr.key == "rename");
    if let Some(name) = renamed.and_then(|attr| attr.get_as::<&'static str>()) {
        return String::from(*name);
    }
    let name = variant.name;
    // A word begins at each capital letter.
    let words = || {
        let letters = name.chars().enumerate();
        letters
            .map(|(at, letter)| match letter.is_uppercase() {
                true if at > 0 => format!("_{letter}"),
                _ => String::from(letter),
            })
            .collect::<String>()
    };
    match shape.get_builtin_attr_value::<&'static str>("rename_all") {
        Some("lowercase") => name.to_ascii_lowercase(),
        Some("UPPERCASE") => name.to_ascii_uppercase(),
        Some("camelCase") => name[..1].to_ascii_lowercase() + &name[1..],
        Some("snake_case") => words().to_ascii_lowercase(),
        Some("SCREAMING_SNAKE_CASE") => words().to_ascii_uppercase(),
        Some("kebab-case") => words().to_ascii_lowercase().replace('_', "-"),
        Some("SCREAMING-KEBAB-CASE") => words().to_ascii_uppercase().replace('_', "-"),
        _ => String::from(name),
    }
}

/// Refuses what serde cannot put a tag in front of: it wants named fields, or none.
fn check_named(shape: &'static Shape, variant: &Variant) -> Result<(), WalkError> {
    let has_names = match variant.data.kind {
        StructKind::Unit | StructKind::Struct => true,
        StructKind::TupleStruct | StructKind::Tuple => {
            let [only] = variant.data.fields else {
                return Err(WalkError::unsupported(shape, "a tagged tuple variant"));
            };
            // A skipped field makes it a unit.
            only.should_skip_serializing_unconditional() || is_named(only.shape())
        }
    };
    if has_names {
        return Ok(());
    }
    Err(WalkError::unsupported(
        shape,
        "a tagged variant without named fields",
    ))
}

/// Whether values are structs with named fields to serde: pointers, locks and newtypes hand on what they are asked.
fn is_named(shape: &'static Shape) -> bool {
    if let Def::Pointer(pointer) = shape.def {
        return pointer.pointee().is_some_and(is_named);
    }
    let Type::User(UserType::Struct(inner)) = shape.ty else {
        return false;
    };
    match (inner.kind, inner.fields) {
        (StructKind::Struct, _) => true,
        (StructKind::TupleStruct, [only]) => {
            !only.should_skip_serializing_unconditional() && is_named(only.shape())
        }
        _ => false,
    }
}

/// The active variant and its index, found by the tag in memory.
///
/// Not `PeekEnum::variant_index`: for a `repr(C)` enum facet reads the tag as
/// unsigned but keeps negative discriminants signed, finds no match and
/// panics. Comparing only the bits that are in memory is right for all.
fn active_variant(
    peek: Peek<'_, '_>,
    definition: &'static EnumType,
) -> Result<(usize, &'static Variant), WalkError> {
    let (tag, mask) = read_tag(peek, definition.enum_repr)?;
    let mut active = None;
    // All of them, for one that cannot be trusted spoils the whole enum.
    for (idx, variant) in definition.variants.iter().enumerate() {
        let bits = discriminant_bits(variant, mask)
            .map_err(|what| WalkError::unsupported(peek.shape(), what))?;
        if bits == tag {
            active = active.or(Some((idx, variant)));
        }
    }
    active.ok_or_else(|| WalkError::UnknownTag {
        shape: peek.shape().to_string(),
    })
}

/// The tag of a variant as it stands in memory.
fn discriminant_bits(variant: &Variant, mask: u64) -> Result<u64, &'static str> {
    let discriminant = variant
        .discriminant
        .ok_or("a variant without a discriminant")?;
    let bits = discriminant.cast_unsigned();
    // The bits beyond the tag say only the sign, or the shape is wrong about
    // the tag (facet is for a `repr(C)` enum over 32 bits).
    let sign = !(mask >> 1);
    if bits & !mask != 0 && bits & sign != sign {
        return Err("a discriminant wider than the tag");
    }
    Ok(bits & mask)
}

/// The tag's bits, and a mask as wide as the tag. An enum with an explicit
/// representation begins with its tag.
fn read_tag(peek: Peek<'_, '_>, repr: EnumRepr) -> Result<(u64, u64), WalkError> {
    let tag = peek.data();
    // SAFETY: the shape says that the value is an enum that begins with a tag
    // of this width; the value is live and aligned.
    let (bits, width) = unsafe {
        match repr {
            EnumRepr::U8 | EnumRepr::I8 => (u64::from(tag.read::<u8>()), u8::BITS),
            EnumRepr::U16 | EnumRepr::I16 => (u64::from(tag.read::<u16>()), u16::BITS),
            EnumRepr::U32 | EnumRepr::I32 => (u64::from(tag.read::<u32>()), u32::BITS),
            EnumRepr::U64 | EnumRepr::I64 => (tag.read::<u64>(), u64::BITS),
            EnumRepr::USize | EnumRepr::ISize => {
                let bits = u64::try_from(tag.read::<usize>());
                (bits.expect("usize fits in 64 bits"), usize::BITS)
            }
            EnumRepr::Rust | EnumRepr::RustNPO => {
                let what = "an enum without an explicit representation";
                return Err(WalkError::unsupported(peek.shape(), what));
            }
        }
    };
    Ok((bits, u64::MAX >> (u64::BITS - width)))
}
