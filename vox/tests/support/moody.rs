//! User code that does what its value says: converts, refuses or panics; locks,
//! refuses or panics; panics when it is given back.
//!
//! Proxies and guards are counted, for they must be given back whatever happens.

use std::cell::Cell;

use facet::{
    Def, Facet, LockGuardVTable, LockResult, PointerDef, PointerFlags, PointerVTable, PtrConst,
    PtrMut, Shape, ShapeBuilder, WriteLockResult,
};

thread_local! {
    static PROXIES: Cell<isize> = const { Cell::new(0) };
    static GUARDS: Cell<isize> = const { Cell::new(0) };
}

/// Proxies and guards of this thread that were made and not given back.
pub(crate) fn live() -> (isize, isize) {
    (PROXIES.get(), GUARDS.get())
}

/// Written as a `Converted` of its number.
#[derive(Facet, Clone, Copy)]
#[facet(proxy = Converted)]
#[repr(u8)]
#[allow(dead_code, reason = "not every test binary needs every mood")]
pub(crate) enum Moody {
    Fine(u16),
    Refuses,
    PanicsConverting,
    PanicsDropping,
}

/// The proxy of `Moody`: owns memory, is counted, and may panic when dropped.
#[derive(Facet)]
pub(crate) struct Converted {
    text: String,
    #[facet(skip)]
    panics: bool,
}

impl Drop for Converted {
    fn drop(&mut self) {
        PROXIES.set(PROXIES.get() - 1);
        assert!(!self.panics, "the proxy panics when dropped");
    }
}

impl TryFrom<&Moody> for Converted {
    type Error = String;

    fn try_from(value: &Moody) -> Result<Self, String> {
        let (text, panics) = match value {
            Moody::Fine(number) => (number.to_string(), false),
            Moody::Refuses => return Err(String::from("not today")),
            Moody::PanicsConverting => panic!("the conversion panics"),
            Moody::PanicsDropping => (String::from("boo"), true),
        };
        PROXIES.set(PROXIES.get() + 1);
        Ok(Self { text, panics })
    }
}

impl TryFrom<Converted> for Moody {
    type Error = String;

    fn try_from(value: Converted) -> Result<Self, String> {
        let number = value.text.parse().map_err(|_| String::from("no number"))?;
        Ok(Self::Fine(number))
    }
}

/// How a lock behaves.
#[derive(Clone, Copy, PartialEq, Eq)]
#[allow(dead_code, reason = "not every test binary needs every mood")]
pub(crate) enum Mood {
    Fine,
    Refuses,
    PanicsLocking,
    PanicsReleasing,
}

/// A lock of our own, over anything.
#[repr(C)]
pub(crate) struct MoodyLock<T> {
    mood: Mood,
    held: Cell<bool>,
    value: T,
}

impl<T> MoodyLock<T> {
    pub(crate) const fn new(mood: Mood, value: T) -> Self {
        Self {
            mood,
            held: Cell::new(false),
            value,
        }
    }

    /// Whether somebody holds it.
    #[allow(dead_code, reason = "not every test binary asks")]
    pub(crate) fn is_held(&self) -> bool {
        self.held.get()
    }
}

unsafe fn take<T>(lock: PtrConst) -> Result<WriteLockResult, ()> {
    // SAFETY: only shapes of `MoodyLock<T>` name this function.
    let lock = unsafe { lock.get::<MoodyLock<T>>() };
    assert!(!lock.held.get(), "the lock is held already");
    match lock.mood {
        Mood::Refuses => return Err(()),
        Mood::PanicsLocking => panic!("the lock panics when taken"),
        Mood::Fine | Mood::PanicsReleasing => {}
    }
    lock.held.set(true);
    GUARDS.set(GUARDS.get() + 1);
    let data = PtrMut::new((&raw const lock.value).cast_mut());
    // SAFETY: the guard is the lock itself, which outlives it.
    Ok(unsafe {
        LockResult::new(
            data,
            PtrConst::new(&raw const *lock),
            &const { guard_vtable::<T>() },
        )
    })
}

const fn guard_vtable<T>() -> LockGuardVTable {
    unsafe fn release<T>(guard: PtrConst) {
        // SAFETY: made by `take`.
        let lock = unsafe { guard.get::<MoodyLock<T>>() };
        lock.held.set(false);
        GUARDS.set(GUARDS.get() - 1);
        assert!(
            lock.mood != Mood::PanicsReleasing,
            "the lock panics when released"
        );
    }
    LockGuardVTable {
        drop_in_place: release::<T>,
    }
}

// SAFETY: the shape describes the type: its layout by `for_sized`, its contents
// through a function written for it.
unsafe impl<'f, T: Facet<'f>> Facet<'f> for MoodyLock<T> {
    const SHAPE: &'static Shape = &const {
        ShapeBuilder::for_sized::<Self>("MoodyLock")
            .def(Def::Pointer(PointerDef {
                vtable: &const {
                    PointerVTable {
                        lock_fn: Some(take::<T>),
                        ..PointerVTable::new()
                    }
                },
                pointee: Some(T::SHAPE),
                weak: None,
                strong: None,
                flags: PointerFlags::LOCK,
                known: None,
            }))
            .build()
    };
}
