//! Pointers, locks, and the unsized values behind them.

use facet_core::{Def, Shape, SliceDef};

use super::LowerError;
use super::scope::Scope;
use super::walk::{PAIR, Walk, distance, words_source};
use crate::probe::{self, Words};
use crate::program::{FunctionKind, Op, OptionSource, PointerSource, Proxy, Source};
use crate::shape::pointer::{LockFunction, PointerForm};
use crate::shape::{Kind, Lock, Pointer, Weak, classify};
use crate::trampoline::proxy::STRONG_AT;

/// Where a counted pointer keeps its pointee, in bytes.
#[derive(Clone, Copy)]
struct Shared {
    /// Where the address of the counts and a length are, if it is wide.
    words: Words,
    /// From the counts to the pointee.
    distance: usize,
}

impl Walk<'_> {
    /// A pointer: followed, then whatever it points to.
    pub(super) fn pointer(&mut self, pointer: Pointer, scope: Scope<'_>) -> Result<(), LowerError> {
        let pointee = pointer.pointee;
        let is_sized = pointee.layout.sized_layout().is_ok();
        if !is_sized && let Some(words) = self.wide_words(pointer.form) {
            // The two words of the pointer are all there is to know.
            return self.unsized_value(pointee, scope, words);
        }
        let at = scope.offset()?;
        let shared = self.shared(pointer);
        let each = self.builder.open();
        if is_sized {
            // Behind the counts, where there are some.
            let behind = shared.map_or(0, |shared| shared.distance);
            self.value(pointee, scope.inside(each).moved(behind)?)?;
        } else {
            self.unsized_value(pointee, scope.inside(each).on_pair(), PAIR)?;
        }
        if self.builder.is_empty(each) {
            self.builder.discard(each);
            return Ok(());
        }
        let source = match shared {
            Some(_) if is_sized => PointerSource::Word,
            Some(shared) => PointerSource::Counted {
                ptr: distance(shared.words.ptr),
                len: distance(shared.words.len),
                behind: distance(shared.distance),
            },
            None => self.borrowed(pointer, is_sized, &scope)?,
        };
        self.builder.push(&scope, Op::Borrow { at, source, each })
    }

    /// How to follow a pointer that has no counts to step over.
    fn borrowed(
        &mut self,
        pointer: Pointer,
        is_sized: bool,
        scope: &Scope<'_>,
    ) -> Result<PointerSource, LowerError> {
        match (pointer.form, pointer.borrow) {
            (PointerForm::Word, borrow) if self.probed || borrow.is_none() => {
                Ok(PointerSource::Word)
            }
            (_, Some(borrow)) => {
                let borrow = self
                    .builder
                    .function(FunctionKind::PointerBorrow, borrow as *const ());
                Ok(if is_sized {
                    PointerSource::BorrowThin { borrow }
                } else {
                    PointerSource::BorrowWide { borrow }
                })
            }
            (_, None) => Err(scope.refuse("cannot be followed; this is a bug in vox")),
        }
    }

    /// Where an `Arc` or `Rc` keeps its pointee.
    fn shared(&self, pointer: Pointer) -> Option<Shared> {
        let counted = match pointer.form {
            PointerForm::Arc if self.probed => probe::arc(),
            PointerForm::Rc if self.probed => probe::rc(),
            _ => None,
        }?;
        let align = match (pointer.pointee.layout.sized_layout(), pointer.pointee.def) {
            (Ok(layout), _) => layout.align(),
            (Err(_), Def::Slice(def)) => def.t.layout.sized_layout().ok()?.align(),
            // A string: nothing else that is unsized has a form that is known.
            (Err(_), _) => 1,
        };
        Some(Shared {
            words: counted.words,
            distance: counted.distance(align)?,
        })
    }

    fn wide_words(&self, form: PointerForm) -> Option<Words> {
        if !self.probed {
            return None;
        }
        match form {
            PointerForm::WideReference => probe::wide_reference(),
            PointerForm::WideBox => probe::wide_box(),
            PointerForm::Word | PointerForm::Arc | PointerForm::Rc | PointerForm::Unknown => None,
        }
    }

    /// An unsized value whose address and length are at these distances from
    /// the scope's place.
    pub(super) fn unsized_value(
        &mut self,
        shape: &'static Shape,
        scope: Scope<'_>,
        words: Words,
    ) -> Result<(), LowerError> {
        let at = scope.offset()?;
        match classify(shape) {
            Kind::Str => {
                let op = Op::WriteBytes {
                    at,
                    source: words_source(words),
                    reserve: 0,
                };
                self.builder.push(&scope, op)
            }
            Kind::Slice(def) => {
                let source = self.slice_source(def, words);
                self.elements(def.t, source, scope)
            }
            Kind::Leaf(function) if words == PAIR => self.leaf(function, &scope),
            Kind::Unsupported(refusal) => {
                Err(scope.refuse(format!("`{shape}` {}", refusal.reason())))
            }
            _ => Err(scope.refuse(format!(
                "`{shape}` is unsized and neither a string, a slice nor a path; a \
                 `#[facet(proxy = ...)]` says what to encode instead"
            ))),
        }
    }

    fn slice_source(&mut self, def: &'static SliceDef, words: Words) -> Source {
        if self.probed {
            return words_source(words);
        }
        let vtable = def.vtable;
        Source::Slice {
            len: self
                .builder
                .function(FunctionKind::SliceLen, vtable.len as *const ()),
            as_ptr: self
                .builder
                .function(FunctionKind::SliceAsPtr, vtable.as_ptr as *const ()),
        }
    }

    /// A lock: taken around the block that writes what it protects.
    pub(super) fn lock(&mut self, lock: Lock, scope: Scope<'_>) -> Result<(), LowerError> {
        let at = scope.offset()?;
        if lock.inner.layout.sized_layout().is_err() {
            return Err(scope.refuse("is a lock around something unsized"));
        }
        let each = self.builder.open();
        self.value(lock.inner, scope.inside(each).in_frame())?;
        let lock = match lock.function {
            LockFunction::Shared(read) => {
                self.builder.function(FunctionKind::Read, read as *const ())
            }
            LockFunction::Exclusive(lock) => {
                self.builder.function(FunctionKind::Lock, lock as *const ())
            }
        };
        let path = self.builder.path(&scope);
        // Kept even when nothing is written inside: the lock may fail.
        let op = Op::WithLock {
            at,
            lock,
            each,
            path,
        };
        self.builder.push(&scope, op)
    }
    /// A weak pointer: the option of a strong one, which exists as long as it is
    /// written. The strong pointer is a proxy behind a word that says whether there is one.
    pub(super) fn weak(&mut self, weak: Weak, scope: Scope<'_>) -> Result<(), LowerError> {
        let strong = weak.strong;
        let at = scope.offset()?;
        // As large as any strong pointer is, and with the flag in front.
        let fits = strong.layout.sized_layout().is_ok_and(|layout| {
            layout.align() <= align_of::<usize>() && layout.size() <= 2 * size_of::<usize>()
        });
        if !fits {
            return Err(scope.refuse(format!("`{strong}` is a strong pointer of unknown form")));
        }
        let each = self.builder.open();
        let inner = scope.inside(each).in_frame();
        let some = self.builder.open();
        self.value(strong, inner.inside(some).moved(STRONG_AT)?)?;
        let option = Op::WriteOption {
            at: inner.offset()?,
            source: OptionSource::NullIsNone,
            some,
        };
        self.builder.push(&inner, option)?;
        let upgrade = weak.upgrade as *const ();
        let convert = self.builder.function(FunctionKind::Upgrade, upgrade);
        let address = core::ptr::from_ref(strong).cast();
        let drop = self.builder.function(FunctionKind::DropShape, address);
        let word = |words: usize| u32::try_from(words * size_of::<usize>()).unwrap_or(u32::MAX);
        let proxy = self.builder.proxy(Proxy {
            convert,
            drop: Some(drop),
            size: word(3),
            align: word(1),
        });
        let path = self.builder.path(&scope);
        let op = Op::WithProxy {
            at,
            proxy,
            each,
            path,
        };
        self.builder.push(&scope, op)
    }
}
