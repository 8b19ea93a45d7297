//! Every attribute of facet's built-in grammar has a rule.
//!
//! The names are matched against facet's own enum without a wildcard: when facet adds an
//! attribute, this file does not compile until somebody decides what it means for the bytes.

use facet::builtin::Attr;

use crate::support::ATTRIBUTES;

macro_rules! grammar {
    ($($variant:ident $name:literal)+) => {
        const NAMES: &[(&str, &str)] = &[$((stringify!($variant), $name)),+];

        /// Never called: it is here to be complete.
        const fn name(attribute: &Attr) -> &'static str {
            match attribute {
                $(Attr::$variant { .. } => $name),+
            }
        }
    };
}

grammar! {
    Sensitive "sensitive"
    Opaque "opaque"
    Transparent "transparent"
    MetadataContainer "metadata_container"
    Flatten "flatten"
    Trailing "trailing"
    Child "child"
    DenyUnknownFields "deny_unknown_fields"
    Default "default"
    Skip "skip"
    SkipSerializing "skip_serializing"
    SkipSerializingIf "skip_serializing_if"
    SkipUnlessTruthy "skip_unless_truthy"
    SkipDeserializing "skip_deserializing"
    Untagged "untagged"
    Other "other"
    IsNumeric "is_numeric"
    Cow "cow"
    Pod "pod"
    Rename "rename"
    RenameAll "rename_all"
    Alias "alias"
    Tag "tag"
    Content "content"
    TypeTag "type_tag"
    Invariants "invariants"
    Truthy "truthy"
    SkipAllUnlessTruthy "skip_all_unless_truthy"
    Proxy "proxy"
    RecursiveType "recursive_type"
    Where "where"
    Traits "traits"
    AutoTraits "auto_traits"
    Metadata "metadata"
    Crate "crate"
    FromRef "from_ref"
    TryFromRef "try_from_ref"
    Attribute "attribute"
    Text "text"
    CustomElement "custom_element"
}

/// As facet's macros make an attribute's name of a variant's.
fn snake_case(variant: &str) -> String {
    let mut name = String::new();
    for letter in variant.chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.extend(letter.to_lowercase());
    }
    name
}

#[test]
fn every_attribute_has_a_rule() {
    assert_eq!(name(&Attr::Untagged), "untagged");
    for (variant, name) in NAMES {
        assert_eq!(snake_case(variant), *name);
        let rules = ATTRIBUTES
            .iter()
            .filter(|row| row.names.contains(name))
            .count();
        assert!(rules > 0, "`{name}` has no rule in the support list");
    }
    for row in ATTRIBUTES {
        for name in row.names {
            let known = NAMES.iter().any(|(_, known)| known == name);
            assert!(
                known,
                "`{name}` is in the support list and not in facet's grammar"
            );
        }
    }
}
