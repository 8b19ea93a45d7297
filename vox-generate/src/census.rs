//! What was generated, counted: a generator that makes the same thing a thousand times tests one.

use std::collections::BTreeMap;
use std::fmt;

use crate::case::Case;
use crate::plan::{Field, Form, OptionForm, Treatment};

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
    }

    fn form(&mut self, form: &Form) {
        let name = match form {
            Form::Open | Form::Slice { .. } => return,
            Form::Leaf(leaf) => leaf.name.to_owned(),
            Form::Struct { packed: true, .. } => String::from("packed struct"),
            Form::Struct { .. } => String::from("struct"),
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
            Form::Proxied { .. } => String::from("proxy"),
        };
        self.count(name);
        match form {
            Form::Struct { fields, .. } => self.fields(fields),
            Form::Enum { variants, .. } => {
                for variant in variants {
                    self.fields(&variant.fields);
                    if variant.skipped {
                        self.count(String::from("variant, skipped"));
                    }
                }
            }
            _ => {}
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
