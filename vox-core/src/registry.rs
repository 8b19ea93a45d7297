//! The registry: which slot belongs to which shape.
//!
//! Lowering happens here: the root, and every child it reaches, each into a slot of its own, all
//! before any of them can be called. A shape that cannot be lowered is remembered with its reason.
//! What is known is behind a lock that only first calls take (and that a forked child may take, whoever held it in the parent). No
//! shape is lowered under it, for that may call user code (specimens of hashed maps have hashers, [`crate::probe`]), which may encode.
//! So two threads may lower one shape, and the first to be done is who makes it known.
//!
//! Shapes are told apart by address. [`ConstTypeId`] would merge shapes made at
//! run time, which share ids. But the compiler gives one type's shape several addresses,
//! one per codegen unit that names it, and they must share a slot, or preparing a type in one
//! place would not serve another: a shape at a new address is lowered, and shares the slot of one with
//! its id exactly when both have the same program, down to the addresses of functions and the slots of
//! children. Then it does not matter any more whether the ids spoke the truth.

use core::ptr::NonNull;
use core::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::reflect::{ConstTypeId, Shape, TypeOps};

use crate::error::EncodeError;
use crate::fork::ForkLock;
use crate::interp::interpret;
use crate::kernels::{table::Table, tree::Tree};
use crate::lower::{LowerError, LowerOptions, Lowered, lower};
use crate::program::{FunctionKind, Linkage, Program, verify};
use crate::promotion::Promoter;
use crate::slot::Slot;

/// The slots of all shapes met so far.
///
/// Slots live as long as the registry.
#[derive(Debug)]
pub struct Registry {
    rules: Rules,
    inner: ForkLock<Inner>,
    lookups: AtomicU64,
}

/// What every slot is made by.
struct Rules {
    options: LowerOptions,
    promoter: Option<Weak<dyn Promoter>>,
}

impl core::fmt::Debug for Rules {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Rules")
            .field("options", &self.options)
            .field("promotes", &self.promoter.is_some())
            .finish()
    }
}

#[derive(Debug, Default)]
struct Inner {
    /// Shared, so that a slot keeps its address. A `Box` would not do: moving one claims what is in it for its owner alone.
    slots: Vec<Arc<Slot>>,
    by_address: FxHashMap<*const Shape, Known>,
    by_id: FxHashMap<ConstTypeId, Vec<NonNull<Slot>>>,
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
    slots: Vec<Arc<Slot>>,
    lowered: Vec<Lowered>,
    by_address: FxHashMap<*const Shape, NonNull<Slot>>,
}

impl Registry {
    /// An empty registry that lowers with these options.
    #[must_use]
    pub fn new(options: LowerOptions) -> Self {
        Self::with_promoter(options, None)
    }

    /// As [`Self::new`], with somebody to tell which slots are hot.
    #[must_use]
    pub fn with_promoter(options: LowerOptions, promoter: Option<Weak<dyn Promoter>>) -> Self {
        Self {
            rules: Rules { options, promoter },
            inner: ForkLock::new(),
            lookups: AtomicU64::new(0),
        }
    }

    /// The slot of a shape, lowering it (and the shapes it reaches) first when
    /// it is new.
    ///
    /// # Errors
    ///
    /// When the shape cannot be encoded.
    pub fn slot(&self, shape: &'static Shape) -> Result<&Slot, EncodeError> {
        self.lookups.fetch_add(1, Ordering::Relaxed);
        let mut known = self.inner.lock().known(shape);
        loop {
            match known {
                // SAFETY: the slot is owned by this registry and never removed (A12).
                Some(Known::Slot(slot)) => return Ok(unsafe { slot.as_ref() }),
                Some(Known::Refused(error)) => return Err(EncodeError::unsupported(shape, &error)),
                None => {
                    let mut fresh = Fresh::default();
                    let lowered = fresh.lower_closure(self, shape);
                    known = self.inner.lock().add(shape, lowered.map(|()| fresh))?;
                }
            }
        }
    }

    /// All slots, in the order they were made.
    #[must_use]
    pub fn slots(&self) -> Vec<&Slot> {
        let inner = self.inner.lock();
        inner
            .slots
            .iter()
            // SAFETY: owned by this registry and never removed (A12).
            .map(|slot| unsafe { NonNull::from(slot.as_ref()).as_ref() })
            .collect()
    }

    /// How often a slot was looked up here. What is in front of the registry sees to it that it
    /// is seldom.
    #[must_use]
    pub fn lookups(&self) -> u64 {
        self.lookups.load(Ordering::Relaxed)
    }

    /// How many shapes were met that cannot be encoded.
    #[must_use]
    pub fn refused(&self) -> usize {
        let inner = self.inner.lock();
        let refused = |known: &&Known| matches!(known, Known::Refused(_));
        inner.by_address.values().filter(refused).count()
    }

    /// The slots the program of this one reaches through calls, itself first.
    #[must_use]
    pub fn closure<'a>(&'a self, root: &'a Slot) -> Vec<&'a Slot> {
        let mut reached = vec![root];
        let mut known = FxHashSet::from_iter([core::ptr::from_ref(root)]);
        let mut next = 0;
        while let Some(slot) = reached.get(next) {
            next += 1;
            let Some(program) = slot.program() else {
                continue;
            };
            for child in &program.linkage.children {
                // SAFETY: slots of children are owned by this registry (A12).
                let child = unsafe { child.as_ref() };
                if known.insert(core::ptr::from_ref(child)) {
                    reached.push(child);
                }
            }
        }
        reached
    }
}

impl Inner {
    /// Makes known what a shape and everything it reaches were lowered to; answers what is known of the shape then, or
    /// `None` if some of the rest has become known meanwhile, and the shape is to be lowered again.
    fn add(
        &mut self,
        shape: &'static Shape,
        lowered: Result<Fresh, LowerError>,
    ) -> Result<Option<Known>, EncodeError> {
        let known = self.known(shape);
        if known.is_some() {
            return Ok(known);
        }
        // A panic from here on leaves the maps as they were: they are changed last, and all at once.
        match lowered {
            Err(error) => {
                self.by_address.insert(shape, Known::Refused(error));
            }
            Ok(fresh) if fresh.has_known_slot(self) => {}
            Ok(mut fresh) => {
                fresh.share_slots(self);
                fresh.install(self, shape)?;
            }
        }
        Ok(self.known(shape))
    }

    fn known(&self, shape: &'static Shape) -> Option<Known> {
        self.by_address.get(&core::ptr::from_ref(shape)).cloned()
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
        registry: &Registry,
        root: &'static Shape,
    ) -> Result<(), LowerError> {
        let rules = &registry.rules;
        let is_known = |shape: &'static Shape| {
            // The root is not: that was asked just now.
            !core::ptr::eq(shape, root) && registry.inner.lock().known_slot(shape).is_some()
        };
        let mut pending = vec![(root, String::new())];
        while let Some((shape, prefix)) = pending.pop() {
            let seen = self.by_address.contains_key(&core::ptr::from_ref(shape));
            if seen || is_known(shape) {
                continue;
            }
            let lowered = lower(shape, &rules.options).map_err(|error| LowerError {
                path: prefix.clone() + error.path.as_str(),
                reason: error.reason,
            })?;
            for (child, path) in lowered.children.iter().zip(lowered.child_paths.iter()) {
                pending.push((child, prefix.clone() + path.as_str()));
            }
            let slot = Arc::new(Slot::new(shape, rules.promoter.clone()));
            for same in core::iter::once(&shape).chain(&lowered.same) {
                let address = core::ptr::from_ref(*same);
                self.by_address
                    .entry(address)
                    .or_insert(NonNull::from(slot.as_ref()));
            }
            self.slots.push(slot);
            if self.lowered.is_empty() {
                // Most roots reach no other program, and the usual four would take a kilobyte.
                self.lowered.reserve_exact(1);
            }
            self.lowered.push(lowered);
        }
        Ok(())
    }

    /// Whether something that was lowered has a slot meanwhile: another thread was first.
    fn has_known_slot(&self, known: &Inner) -> bool {
        let mut lowered = self.slots.iter().map(|slot| slot.shape());
        lowered.any(|shape| known.known_slot(shape).is_some())
    }

    /// Finds the shapes that are known already, at another address: those whose
    /// program is that of a known slot with their id. They give up their new slot for it.
    ///
    /// Programs may call each other in circles, so equality is assumed at first and
    /// taken back where children differ, until nothing changes.
    fn share_slots(&mut self, known: &Inner) {
        let mut shared: Vec<Option<NonNull<Slot>>> = core::iter::zip(&self.slots, &self.lowered)
            .map(|(slot, lowered)| {
                let candidates = known.by_id.get(&slot.shape().id)?;
                candidates
                    .iter()
                    .copied()
                    // SAFETY: slots are owned by the registry and never removed (A12).
                    .find(|known| is_alike(unsafe { known.as_ref() }, lowered))
            })
            .collect();
        loop {
            let kept: Vec<_> = core::iter::zip(&shared, &self.lowered)
                .map(|(slot, lowered)| {
                    slot.filter(|slot| self.has_children_of(*slot, lowered, &shared, known))
                })
                .collect();
            let is_stable = kept == shared;
            shared = kept;
            if is_stable {
                break;
            }
        }
        self.give_up(&shared);
    }

    /// Whether the children of a lowered shape are those of a known slot.
    fn has_children_of(
        &self,
        slot: NonNull<Slot>,
        lowered: &Lowered,
        shared: &[Option<NonNull<Slot>>],
        known: &Inner,
    ) -> bool {
        // SAFETY: slots are owned by the registry and never removed (A12).
        let Some(program) = unsafe { slot.as_ref() }.program() else {
            return false;
        };
        let children = &program.linkage.children;
        children.len() == lowered.children.len()
            && core::iter::zip(&lowered.children, children).all(|(shape, child)| {
                let fresh = self.by_address.get(&core::ptr::from_ref(*shape));
                match fresh {
                    Some(fresh) => self
                        .slots
                        .iter()
                        .position(|slot| NonNull::from(slot.as_ref()) == *fresh)
                        .is_some_and(|index| shared[index] == Some(*child)),
                    None => known.known_slot(shape) == Some(*child),
                }
            })
    }

    /// Replaces slots by the known ones they share.
    fn give_up(&mut self, shared: &[Option<NonNull<Slot>>]) {
        for (slot, known) in core::iter::zip(&self.slots, shared) {
            if let Some(known) = known {
                let given_up = NonNull::from(slot.as_ref());
                for value in self.by_address.values_mut() {
                    if *value == given_up {
                        *value = *known;
                    }
                }
            }
        }
        let mut keeps = shared.iter().map(Option::is_none);
        self.lowered.retain(|_| keeps.next().unwrap_or(true));
        let mut keeps = shared.iter().map(Option::is_none);
        self.slots.retain(|_| keeps.next().unwrap_or(true));
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
            let linkage = Linkage::new(lowered.functions, children).with_runs(&lowered.code);
            programs.push(Program {
                code: lowered.code,
                linkage,
            });
        }
        for (slot, program) in self.slots.iter().zip(programs) {
            slot.install(program, interpret);
        }
        for (address, slot) in self.by_address {
            known.by_address.entry(address).or_insert(Known::Slot(slot));
        }
        for slot in self.slots {
            let address = NonNull::from(slot.as_ref());
            known
                .by_id
                .entry(slot.shape().id)
                .or_default()
                .push(address);
            known.slots.push(slot);
        }
        Ok(())
    }
}

/// Whether a lowered shape has the program of a slot, but for the children.
fn is_alike(slot: &Slot, lowered: &Lowered) -> bool {
    let Some(program) = slot.program() else {
        return false;
    };
    let functions = &program.linkage.functions;
    program.code == lowered.code
        && functions.len() == lowered.functions.len()
        && core::iter::zip(functions, &lowered.functions)
            .zip(&lowered.code.functions)
            .all(|((one, other), kind)| {
                one == other
                    || drops_alike(*kind, *one, *other)
                    || is_laid_out_alike(*kind, *one, *other)
            })
}

/// Whether two functions are what is known of the same containers, found at two addresses of their shape.
fn is_laid_out_alike(kind: FunctionKind, one: *const (), other: *const ()) -> bool {
    // SAFETY: functions of these kinds are the addresses of tables and trees that live for ever (A2).
    unsafe {
        match kind {
            FunctionKind::TableItems | FunctionKind::TableEntries => {
                *one.cast::<Table>() == *other.cast::<Table>()
            }
            FunctionKind::TreeItems | FunctionKind::TreeEntries => {
                (*one.cast::<Tree>()).is_of_the_type_of(&*other.cast::<Tree>())
            }
            _ => false,
        }
    }
}

/// Whether two functions are the shapes of proxies that are dropped by the same
/// function, which needs no shape.
fn drops_alike(kind: FunctionKind, one: *const (), other: *const ()) -> bool {
    let drop_function = |shape: *const ()| {
        // SAFETY: functions of this kind are the addresses of 'static shapes (A2).
        let shape = unsafe { &*shape.cast::<Shape>() };
        match shape.type_ops {
            Some(TypeOps::Direct(ops)) => Some(ops.drop_in_place as usize),
            _ => None,
        }
    };
    kind == FunctionKind::DropShape
        && drop_function(one).is_some_and(|function| Some(function) == drop_function(other))
}
