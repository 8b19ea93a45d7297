//! A plan as text: a declaration of every struct and enum in it.

use core::fmt;

use super::{Field, Form, Plan, Tagging, Treatment, TypeId, Variant};

impl Plan {
    /// The type, as a declaration of everything in it.
    fn write_type(&self, id: TypeId, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let one = |f: &mut fmt::Formatter<'_>, name: &str, inner: TypeId| {
            write!(f, "{name}<")?;
            self.write_type(inner, f)?;
            f.write_str(">")
        };
        let two = |f: &mut fmt::Formatter<'_>, name: &str, first: TypeId, second: TypeId| {
            write!(f, "{name}<")?;
            self.write_type(first, f)?;
            f.write_str(", ")?;
            self.write_type(second, f)?;
            f.write_str(">")
        };
        match &self.get(id).form {
            Form::Open => f.write_str("?"),
            Form::Leaf(leaf) => f.write_str(leaf.name),
            Form::Struct { .. } | Form::Enum { .. } => write!(f, "T{}", id.0),
            Form::Option { payload, form } => one(f, &format!("Option::{form:?}"), *payload),
            Form::Result { ok, err, .. } => two(f, "Result", *ok, *err),
            Form::List { element, form } => one(f, &format!("List::{form:?}"), *element),
            Form::Array { element, count } => one(f, &format!("[{count}]"), *element),
            Form::Slice { element } => one(f, "Slice", *element),
            Form::Pointer { pointee, form } => one(f, &format!("{form:?}"), *pointee),
            Form::Set { item } => one(f, "Set", *item),
            Form::Map { key, value } => two(f, "Map", *key, *value),
            Form::Lock {
                inner,
                shared: true,
            } => one(f, "RwLock", *inner),
            Form::Lock {
                inner,
                shared: false,
            } => one(f, "Mutex", *inner),
            Form::Proxied { proxy } => one(f, "Proxied", *proxy),
            Form::Weak { strong } => one(f, "Weak", *strong),
            Form::Once { inner } => one(f, "OnceLock", *inner),
            Form::Lazy { inner } => one(f, "LazyLock", *inner),
            Form::Cow { inner } => one(f, "Cow", *inner),
            Form::Transparent { inner } => one(f, "Transparent", *inner),
        }
    }

    fn write_fields(&self, fields: &[Field], f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for field in fields {
            write!(f, " @{} ", field.offset)?;
            if field.treatment != Treatment::Plain {
                write!(f, "{:?} ", field.treatment)?;
            }
            self.write_type(field.ty, f)?;
            f.write_str(",")?;
        }
        Ok(())
    }

    fn write_variant(&self, variant: &Variant, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let skipped = if variant.skipped { "skipped " } else { "" };
        write!(f, " {skipped}{}", variant.discriminant)?;
        if let Some(rename) = &variant.rename {
            write!(f, " {rename:?}")?;
        }
        write!(f, " {:?} {{", variant.kind)?;
        self.write_fields(&variant.fields, f)?;
        f.write_str(" }")
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_type(self.root, f)?;
        for (index, planned) in self.types.iter().enumerate() {
            match &planned.form {
                Form::Struct {
                    fields,
                    kind,
                    packed,
                } => {
                    let packed = if *packed { "packed " } else { "" };
                    write!(f, "\n{packed}{kind:?} T{index} {{")?;
                    self.write_fields(fields, f)?;
                    f.write_str(" }")?;
                }
                Form::Enum {
                    repr,
                    tagging,
                    variants,
                } => {
                    write!(f, "\nenum T{index}: {repr:?}")?;
                    if *tagging != Tagging::Position {
                        write!(f, ", {tagging:?}")?;
                    }
                    f.write_str(" {")?;
                    for variant in variants {
                        self.write_variant(variant, f)?;
                    }
                    f.write_str(" }")?;
                }
                _ => {}
            }
        }
        Ok(())
    }
}
