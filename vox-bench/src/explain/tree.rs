//! A shape as indented text: what the type is, and what it contains.

use std::fmt::Write;

use facet::{Def, Shape, StructType, Type, UserType};

/// Deeper than that is left out; it is said where.
const MAX_DEPTH: usize = 12;

/// The tree of a shape.
pub(super) fn text(shape: &'static Shape) -> String {
    let mut tree = Tree {
        text: String::new(),
        above: Vec::new(),
    };
    tree.add("", shape);
    tree.text
}

struct Tree {
    text: String,
    /// The shapes that contain the one at hand.
    above: Vec<&'static Shape>,
}

impl Tree {
    fn line(&mut self, text: &str) {
        let indent = self.above.len() * 2;
        // Writing to a string does not fail.
        let _ = writeln!(self.text, "{:indent$}{text}", "");
    }

    /// Adds a shape, called so by what contains it.
    fn add(&mut self, label: &str, shape: &'static Shape) {
        let size = match shape.layout.sized_layout() {
            Ok(layout) => format!("{} bytes", layout.size()),
            Err(_) => String::from("unsized"),
        };
        let is_above = self.above.contains(&shape);
        let is_deep = self.above.len() >= MAX_DEPTH;
        let note = match (is_above, is_deep) {
            (true, _) => " (as above)",
            (_, true) => " (and so on)",
            _ => "",
        };
        self.line(&format!("{label}{shape}, {size}{note}"));
        if is_above || is_deep {
            return;
        }
        self.above.push(shape);
        if let Some(proxy) = shape.proxy {
            self.add("as ", proxy.shape);
        } else {
            self.add_parts(shape);
        }
        self.above.pop();
    }

    fn add_parts(&mut self, shape: &'static Shape) {
        match &shape.def {
            Def::Option(option) => self.add("some ", option.t()),
            Def::Result(result) => {
                self.add("ok ", result.t());
                self.add("err ", result.e());
            }
            Def::List(list) => self.add("each ", list.t()),
            Def::Array(array) => self.add(&format!("each of {} ", array.n), array.t()),
            Def::Slice(slice) => self.add("each ", slice.t()),
            Def::Set(set) => self.add("each ", set.t()),
            Def::Map(map) => {
                self.add("key ", map.k());
                self.add("value ", map.v());
            }
            Def::Pointer(pointer) => {
                if let Some(pointee) = pointer.pointee() {
                    self.add("to ", pointee);
                }
            }
            _ => self.add_members(shape),
        }
    }

    fn add_members(&mut self, shape: &'static Shape) {
        match &shape.ty {
            Type::User(UserType::Struct(structure)) => self.add_fields(structure),
            Type::User(UserType::Enum(enumeration)) => {
                for variant in enumeration.variants {
                    self.line(&format!("variant {}", variant.name));
                    self.add_fields(&variant.data);
                }
            }
            _ => {}
        }
    }

    fn add_fields(&mut self, structure: &StructType) {
        for field in structure.fields {
            self.add(
                &format!("@{} {}: ", field.offset, field.name),
                field.shape(),
            );
        }
    }
}
