//! What was generated, counted: a generator that makes the same thing a thousand times tests one.

use std::collections::BTreeMap;
use std::fmt;

use facet_core::StructKind;

use crate::case::Case;
use crate::plan::{Field, Form, OptionForm, Tagging, Treatment, Variant};

/// What a long campaign must have made, leaves apart.
const WANTED: &[&str] = &[
    "recursion",
    "struct",
    "packed struct",
    "tuple struct",
    "transparent struct",
    "enum, Position",
    "enum, Adjacent",
    "enum, Name",
    "enum, Untagged",
    "enum, Numeric",
    "enum U8",
    "enum U16",
    "enum U32",
    "enum U64",
    "enum USize",
    "enum I8",
    "enum I16",
    "enum I32",
    "enum I64",
    "enum ISize",
    "variant, skipped",
    "variant, renamed",
    "variant of a name around a struct",
    "option, null is none",
    "option, tagged",
    "result",
    "list, Vec",
    "list, Block",
    "list, Chain",
    "array",
    "pointer, Box",
    "pointer, Reference",
    "pointer, Counted",
    "pointer, WideBox",
    "pointer, WideReference",
    "pointer, WideCounted",
    "pointer, WideCow",
    "pointer, Cow",
    "pointer, Weak",
    "set",
    "map",
    "lock, shared",
    "lock, exclusive",
    "lock, OnceLock",
    "lock, LazyLock",
    "proxy",
    "field, Renamed",
    "field, Skipped",
    "field, UnlessNever",
    "field, UnlessAlways",
    "field, UnlessOdd",
    "spoiled out of sight",
    "refused types: flattened field",
    "refused types: captured tag",
    "refused types: content without tag",
    "refused types: tuple behind a name",
    "refused types: number with fields",
    "refused values: skipped variant",
    "refused values: empty `OnceLock`",
];

/// How often everything was generated.
#[derive(Debug, Clone, Default)]
pub struct Census {
    cases: u64,
    values: u64,
    /// Of the values.
    refused: u64,
    bytes: u64,
    forms: BTreeMap<String, u64>,
    sizes: BTreeMap<u32, u64>,
}

impl Census {
    /// Counts a case.
    pub fn add(&mut self, case: &Case) {
        self.cases += 1;
        self.values += case.len() as u64;
        let refused = (0..case.len()).filter(|index| case.is_refused(*index));
        self.refused += refused.count() as u64;
        for index in 0..case.len() {
            let len = case.value(index).1.len();
            self.bytes += len as u64;
            *self
                .sizes
                .entry(usize::BITS - len.leading_zeros())
                .or_default() += 1;
        }
        let plan = case.plan();
        for planned in &plan.types {
            self.form(&planned.form);
        }
        *self.forms.entry(String::from("recursion")).or_default() += plan.recursions;
        self.refusals(case);
    }

    fn refusals(&mut self, case: &Case) {
        if let Some(refusal) = case.refusal_of_type() {
            return self.count(format!("refused types: {}", refusal.name));
        }
        if case.plan().is_spoiled() {
            self.count(String::from("spoiled out of sight"));
        }
        for refusal in (0..case.len()).filter_map(|index| case.refusal(index)) {
            self.count(format!("refused values: {}", refusal.name));
        }
    }

    fn form(&mut self, form: &Form) {
        let name = match form {
            Form::Open | Form::Slice { .. } => return,
            Form::Leaf(leaf) => leaf.name.to_owned(),
            Form::Struct { packed: true, .. } => String::from("packed struct"),
            Form::Struct {
                kind: StructKind::TupleStruct,
                ..
            } => String::from("tuple struct"),
            Form::Struct { .. } => String::from("struct"),
            Form::Transparent { .. } => String::from("transparent struct"),
            Form::Enum { repr, .. } => format!("enum {repr:?}"),
            Form::Option {
                form: OptionForm::NullIsNone,
                ..
            } => String::from("option, null is none"),
            Form::Option { .. } => String::from("option, tagged"),
            Form::Result { .. } => String::from("result"),
            Form::List { form, .. } => format!("list, {form:?}"),
            Form::Array { .. } => String::from("array"),
            Form::Pointer { form, .. } => format!("pointer, {form:?}"),
            Form::Set { .. } => String::from("set"),
            Form::Map { .. } => String::from("map"),
            Form::Lock { shared, .. } => {
                format!("lock, {}", if *shared { "shared" } else { "exclusive" })
            }
            Form::Once { .. } => String::from("lock, OnceLock"),
            Form::Lazy { .. } => String::from("lock, LazyLock"),
            Form::Cow { .. } => String::from("pointer, Cow"),
            Form::Weak { .. } => String::from("pointer, Weak"),
            Form::Proxied { .. } => String::from("proxy"),
        };
        self.count(name);
        match form {
            Form::Struct { fields, .. } => self.fields(fields),
            Form::Enum {
                tagging, variants, ..
            } => {
                self.count(format!("enum, {tagging:?}"));
                for variant in variants {
                    self.variant(*tagging, variant);
                }
            }
            _ => {}
        }
    }

    fn variant(&mut self, tagging: Tagging, variant: &Variant) {
        self.fields(&variant.fields);
        if variant.skipped {
            self.count(String::from("variant, skipped"));
        }
        if variant.rename.is_some() {
            self.count(String::from("variant, renamed"));
        }
        if tagging == Tagging::Name && variant.kind == StructKind::TupleStruct {
            self.count(String::from("variant of a name around a struct"));
        }
    }

    fn fields(&mut self, fields: &[Field]) {
        for field in fields {
            if field.treatment != Treatment::Plain {
                self.count(format!("field, {:?}", field.treatment));
            }
        }
    }

    fn count(&mut self, name: String) {
        *self.forms.entry(name).or_default() += 1;
    }

    /// Adds all of another census.
    pub fn merge(&mut self, other: &Self) {
        self.cases += other.cases;
        self.values += other.values;
        self.refused += other.refused;
        self.bytes += other.bytes;
        for (name, count) in &other.forms {
            *self.forms.entry(name.clone()).or_default() += count;
        }
        for (size, count) in &other.sizes {
            *self.sizes.entry(*size).or_default() += count;
        }
    }

    /// Values that have no encoding.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.refused
    }

    /// What was never made, of what a long campaign must have made.
    #[must_use]
    pub fn missing(&self) -> Vec<&'static str> {
        let is_missing = |name: &&str| self.forms.get(*name).is_none_or(|count| *count == 0);
        WANTED.iter().copied().filter(is_missing).collect()
    }

    /// Types counted.
    #[must_use]
    pub fn cases(&self) -> u64 {
        self.cases
    }
}

impl fmt::Display for Census {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} types, {} values ({} of them refused), {} bytes\nencoded size:",
            self.cases, self.values, self.refused, self.bytes
        )?;
        for (bits, count) in &self.sizes {
            let most = (1_u128 << bits) - 1;
            write!(f, " up to {most}: {count},")?;
        }
        f.write_str("\nmade of:")?;
        for (name, count) in &self.forms {
            write!(f, " {name}: {count};")?;
        }
        Ok(())
    }
}
