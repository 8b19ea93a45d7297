//! The real document: mostly text, and options of text that are nearly always the same.

use super::Hand;
use super::cursor::Cursor;
use super::isa::Isa;
use super::strings::write_strings;
use crate::workload::metadata::{
    Dependency, DependencyKind, Document, Edge, Node, Package, Resolve, Target,
};

/// Writes a list whose elements check behind themselves.
macro_rules! list {
    ($cursor:expr, $list:expr) => {{
        let list = $list;
        let mut cursor = $cursor.small::<I>(list.len());
        for element in list {
            cursor = element.write::<I>(cursor);
        }
        cursor.check()
    }};
}

impl Hand for Document {
    #[inline(always)]
    unsafe fn write<I: Isa>(&self, cursor: Cursor) -> Cursor {
        // SAFETY: the caller's duty; 21 bytes of scalars at most between two checks (H1).
        unsafe {
            let cursor = list!(cursor, &self.packages);
            let cursor = write_strings::<I>(cursor, &self.workspace_members);
            let mut cursor = write_strings::<I>(cursor, &self.workspace_default_members);
            cursor = match &self.resolve {
                Some(resolve) => resolve.write::<I>(cursor.byte(1)),
                None => cursor.byte(0),
            };
            cursor
                .text::<I>(&self.target_directory)
                .option_text::<I>(self.build_directory.as_deref())
                .u32::<I>(self.version)
                .text::<I>(&self.workspace_root)
        }
    }
}

impl Hand for Package {
    #[inline(always)]
    unsafe fn write<I: Isa>(&self, cursor: Cursor) -> Cursor {
        // SAFETY: the caller's duty; 21 bytes of scalars at most between two checks (H1).
        unsafe {
            let cursor = cursor.text::<I>(&self.name).text::<I>(&self.version);
            let cursor = cursor.text::<I>(&self.id);
            let cursor = cursor.option_text::<I>(self.license.as_deref());
            let cursor = cursor.option_text::<I>(self.license_file.as_deref());
            let cursor = cursor.option_text::<I>(self.description.as_deref());
            let cursor = cursor.option_text::<I>(self.source.as_deref());
            let cursor = list!(cursor, &self.dependencies);
            let cursor = list!(cursor, &self.targets);
            let mut cursor = cursor.small::<I>(self.features.len());
            for (name, features) in &self.features {
                cursor = write_strings::<I>(cursor.text::<I>(name), features);
            }
            cursor = cursor.text::<I>(&self.manifest_path);
            cursor = match &self.publish {
                Some(registries) => write_strings::<I>(cursor.byte(1), registries),
                None => cursor.byte(0),
            };
            let cursor = write_strings::<I>(cursor, &self.authors);
            let cursor = write_strings::<I>(cursor, &self.categories);
            let cursor = write_strings::<I>(cursor, &self.keywords);
            cursor
                .option_text::<I>(self.readme.as_deref())
                .option_text::<I>(self.repository.as_deref())
                .option_text::<I>(self.homepage.as_deref())
                .option_text::<I>(self.documentation.as_deref())
                .text::<I>(&self.edition)
                .option_text::<I>(self.links.as_deref())
                .option_text::<I>(self.default_run.as_deref())
                .option_text::<I>(self.rust_version.as_deref())
        }
    }
}

impl Hand for Dependency {
    #[inline(always)]
    unsafe fn write<I: Isa>(&self, cursor: Cursor) -> Cursor {
        // SAFETY: the caller's duty; 12 bytes of scalars at most between two checks (H1).
        unsafe {
            let cursor = cursor.text::<I>(&self.name);
            let cursor = cursor.option_text::<I>(self.source.as_deref());
            let cursor = kind(cursor.text::<I>(&self.req), self.kind);
            let cursor = cursor.option_text::<I>(self.rename.as_deref());
            let cursor = cursor.raw([self.optional.into(), self.uses_default_features.into()]);
            write_strings::<I>(cursor, &self.features)
                .option_text::<I>(self.target.as_deref())
                .option_text::<I>(self.registry.as_deref())
                .option_text::<I>(self.path.as_deref())
        }
    }
}

/// # Safety
///
/// 2 bytes of room (H1).
#[inline(always)]
unsafe fn kind(cursor: Cursor, kind: Option<DependencyKind>) -> Cursor {
    // SAFETY: the caller's duty.
    unsafe {
        match kind {
            None => cursor.byte(0),
            // The number of a unit variant is its discriminant here.
            Some(kind) => cursor.raw([1, kind as u8]),
        }
    }
}

impl Hand for Target {
    #[inline(always)]
    unsafe fn write<I: Isa>(&self, cursor: Cursor) -> Cursor {
        // SAFETY: the caller's duty; a length or three bytes between two checks (H1).
        unsafe {
            let cursor = write_strings::<I>(cursor, &self.kind);
            let cursor = write_strings::<I>(cursor, &self.crate_types);
            write_strings::<I>(cursor, &self.required_features)
                .text::<I>(&self.name)
                .text::<I>(&self.src_path)
                .text::<I>(&self.edition)
                .raw([self.doc.into(), self.doctest.into(), self.test.into()])
                .check()
        }
    }
}

impl Hand for Resolve {
    #[inline(always)]
    unsafe fn write<I: Isa>(&self, cursor: Cursor) -> Cursor {
        // SAFETY: the caller's duty; a length and a tag between two checks (H1).
        unsafe { list!(cursor, &self.nodes).option_text::<I>(self.root.as_deref()) }
    }
}

impl Hand for Node {
    #[inline(always)]
    unsafe fn write<I: Isa>(&self, cursor: Cursor) -> Cursor {
        // SAFETY: the caller's duty; a length between two checks (H1).
        unsafe {
            let cursor = cursor.text::<I>(&self.id);
            let cursor = write_strings::<I>(cursor, &self.dependencies);
            write_strings::<I>(list!(cursor, &self.deps), &self.features)
        }
    }
}

impl Hand for Edge {
    #[inline(always)]
    unsafe fn write<I: Isa>(&self, cursor: Cursor) -> Cursor {
        // SAFETY: the caller's duty; 12 bytes of scalars at most between two checks (H1).
        unsafe {
            let cursor = cursor.text::<I>(&self.name).text::<I>(&self.pkg);
            let mut cursor = cursor.small::<I>(self.dep_kinds.len());
            for edge in &self.dep_kinds {
                cursor = kind(cursor, edge.kind).option_text::<I>(edge.target.as_deref());
            }
            cursor.check()
        }
    }
}
