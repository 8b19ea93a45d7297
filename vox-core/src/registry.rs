//! The registry: which slot belongs to which shape.
//!
//! Lowering happens here, once per shape, under a lock that only first calls
//! take: the root, and every child it reaches, each into a slot of its own, all
//! before any of them can be called. A shape that cannot be lowered is remembered with its reason.
//!
//! Shapes are told apart by address. [`facet_core::ConstTypeId`] would merge shapes made at
//! run time, which share ids; one type seen at two addresses is merely lowered twice.

use core::ptr::NonNull;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use facet_core::Shape;

use crate::error::EncodeError;
use crate::interp::interpret;
use crate::lower::{LowerError, LowerOptions, Lowered, lower};
use crate::program::{Linkage, Program, verify};
use crate::slot::Slot;

/// The slots of all shapes met so far.
///
/// Slots live as long as the registry.
#[derive(Debug)]
pub struct Registry {
    options: LowerOptions,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    /// Boxed, so that a slot keeps its address.
    #[expect(clippy::vec_box, reason = "slots are referred to by address")]
    slots: Vec<Box<Slot>>,
    by_address: HashMap<*const Shape, Known>,
}

// SAFETY: the keys are addresses of 'static shapes, used as numbers; slots are
// Sync and owned by the registry (A12).
unsafe impl Send for Inner {}

#[derive(Debug, Clone)]
enum Known {
    Slot(NonNull<Slot>),
    Refused(LowerError),
}

/// Slots made while lowering one root, not yet visible to anyone.
#[derive(Default)]
struct Fresh {
    #[expect(clippy::vec_box, reason = "slots are referred to by address")]
    slots: Vec<Box<Slot>>,
    lowered: Vec<Lowered>,
    by_address: HashMap<*const Shape, NonNull<Slot>>,
}

impl Registry {
    /// An empty registry that lowers with these options.
    #[must_use]
    pub fn new(options: LowerOptions) -> Self {
        Self {
            options,
            inner: Mutex::default(),
        }
    }

    /// The slot of a shape, lowering it (and the shapes it reaches) first when
    /// it is new.
    ///
    /// # Errors
    ///
    /// When the shape cannot be encoded.
    pub fn slot(&self, shape: &'static Shape) -> Result<&Slot, EncodeError> {
        // A panic while the lock is held leaves the maps as they were: they are
        // changed last, and all at once.
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let known = match inner.by_address.get(&core::ptr::from_ref(shape)) {
            Some(known) => known.clone(),
            None => inner.add(shape, &self.options)?,
        };
        match known {
            // SAFETY: the slot is owned by this registry and never removed (A12).
            Known::Slot(slot) => Ok(unsafe { slot.as_ref() }),
            Known::Refused(error) => Err(EncodeError::unsupported(shape, &error)),
        }
    }

    /// All slots, in the order they were made.
    #[must_use]
    pub fn slots(&self) -> Vec<&Slot> {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner
            .slots
            .iter()
            // SAFETY: owned by this registry and never removed (A12).
            .map(|slot| unsafe { NonNull::from(slot.as_ref()).as_ref() })
            .collect()
    }

    /// The slots the program of this one reaches through calls, itself first.
    #[must_use]
    pub fn closure<'a>(&'a self, root: &'a Slot) -> Vec<&'a Slot> {
        let mut reached = vec![root];
        let mut next = 0;
        while let Some(slot) = reached.get(next) {
            next += 1;
            let Some(program) = slot.program() else {
                continue;
            };
            for child in &program.linkage.children {
                // SAFETY: slots of children are owned by this registry (A12).
                let child = unsafe { child.as_ref() };
                if !reached.iter().any(|known| core::ptr::eq(*known, child)) {
                    reached.push(child);
                }
            }
        }
        reached
    }
}

impl Inner {
    /// Lowers a shape and everything it reaches.
    fn add(&mut self, shape: &'static Shape, options: &LowerOptions) -> Result<Known, EncodeError> {
        let mut fresh = Fresh::default();
        let lowered = fresh.lower_closure(self, shape, options);
        if let Err(error) = lowered {
            let refused = Known::Refused(error);
            self.by_address.insert(shape, refused.clone());
            return Ok(refused);
        }
        let root = fresh.by_address[&core::ptr::from_ref(shape)];
        fresh.install(self, shape)?;
        Ok(Known::Slot(root))
    }

    fn known_slot(&self, shape: &'static Shape) -> Option<NonNull<Slot>> {
        match self.by_address.get(&core::ptr::from_ref(shape)) {
            Some(Known::Slot(slot)) => Some(*slot),
            _ => None,
        }
    }
}

impl Fresh {
    /// Lowers the root, then every child that has no slot yet. The path of a
    /// refused child starts at the child: its parent's name for it comes first.
    fn lower_closure(
        &mut self,
        known: &Inner,
        root: &'static Shape,
        options: &LowerOptions,
    ) -> Result<(), LowerError> {
        let mut pending = vec![(root, String::new())];
        while let Some((shape, prefix)) = pending.pop() {
            let seen = self.by_address.contains_key(&core::ptr::from_ref(shape));
            if seen || known.known_slot(shape).is_some() {
                continue;
            }
            let lowered = lower(shape, options).map_err(|error| LowerError {
                path: prefix.clone() + &error.path,
                reason: error.reason,
            })?;
            for (child, path) in lowered.children.iter().zip(lowered.child_paths.iter()) {
                pending.push((child, prefix.clone() + path));
            }
            let slot = Box::new(Slot::new(shape));
            self.by_address.insert(shape, NonNull::from(slot.as_ref()));
            self.slots.push(slot);
            self.lowered.push(lowered);
        }
        Ok(())
    }

    /// Links and verifies every program, then makes all slots known at once.
    fn install(self, known: &mut Inner, root: &'static Shape) -> Result<(), EncodeError> {
        let mut programs = Vec::with_capacity(self.lowered.len());
        for lowered in self.lowered {
            verify::verify(&lowered.code)
                .map_err(|error| EncodeError::bug(root, error.to_string()))?;
            let children = lowered
                .children
                .iter()
                .map(|child| {
                    let fresh = self.by_address.get(&core::ptr::from_ref(*child)).copied();
                    fresh.or_else(|| known.known_slot(child))
                })
                .collect::<Option<Vec<_>>>()
                .ok_or_else(|| EncodeError::bug(root, String::from("a child has no slot")))?;
            programs.push(Program {
                code: lowered.code,
                linkage: Linkage {
                    functions: lowered.functions,
                    children,
                },
            });
        }
        for (slot, program) in self.slots.iter().zip(programs) {
            slot.install(program, interpret);
        }
        for slot in self.slots {
            let address = NonNull::from(slot.as_ref());
            known.by_address.insert(slot.shape(), Known::Slot(address));
            known.slots.push(slot);
        }
        Ok(())
    }
}
