//! What compilations have to tell through `tracing`, kept until no lock is held.

use vox_core::reflect::Shape;
use vox_jit::CompileError;

/// See the module documentation. Nothing is allocated while all goes well.
#[derive(Default)]
pub(super) struct News(Vec<Item>);

enum Item {
    Warning(String),
    /// A type that stays in its tier, and whether the reason was told before.
    Stays(&'static Shape, String, bool),
}

impl News {
    pub(super) fn warn(&mut self, text: String) {
        self.0.push(Item::Warning(text));
    }

    pub(super) fn stays(&mut self, shape: &'static Shape, error: &CompileError, is_known: bool) {
        self.0.push(Item::Stays(shape, error.to_string(), is_known));
    }

    /// To be called without any lock.
    pub(super) fn tell(self) {
        for item in self.0 {
            match item {
                Item::Warning(text) => tracing::warn!("{text}"),
                Item::Stays(shape, error, true) => {
                    tracing::debug!(shape = %shape, "stays in its tier: {error}");
                }
                Item::Stays(shape, error, false) => {
                    tracing::warn!(shape = %shape, "stays in its tier: {error}");
                }
            }
        }
    }
}
