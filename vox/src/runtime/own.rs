//! Memory of a use's own: a place that each instantiation of a generic function has for itself.
//!
//! Rust has no statics that differ by type. Assembly has: its text is repeated wherever a function is instantiated or inlined, and may set
//! memory aside beside the code (Rust reference, "Inline assembly", "Directives support"). A compiler may repeat the text once more, and
//! a use has two places then; or it may find two uses alike and keep one, and two types share a place. So a place is a cache and no more:
//! whoever looks compares the shape.
//!
//! On Linux, on the two architectures that most machines have. Elsewhere, and under Miri, there is none.

use facet_core::Shape;

use super::place::Place;

/// The place of this use, which is for this shape only.
#[cfg(all(
    target_os = "linux",
    target_pointer_width = "64",
    any(target_arch = "x86_64", target_arch = "aarch64"),
    not(miri)
))]
#[inline(always)]
pub(super) fn place(shape: &'static Shape) -> Option<&'static Place> {
    /// Sets memory aside, and has the instructions answer its address. The shape is named so that uses for two types are not alike.
    macro_rules! own {
        ($own:ident, $($address:literal),*) => {
            core::arch::asm!(
                ".pushsection .bss.vox_own,\"aw\",@nobits",
                ".balign {size}",
                "2:",
                ".skip {size}",
                ".popsection",
                $($address,)*
                "/* {shape} */",
                size = const size_of::<Place>(),
                own = out(reg) $own,
                shape = in(reg) core::ptr::from_ref(shape).addr(),
                options(nomem, nostack, preserves_flags),
            )
        };
    }
    let own: *const Place;
    // SAFETY: an address is computed, and the assembler's section is the one before.
    unsafe {
        #[cfg(target_arch = "x86_64")]
        own!(own, "lea {own}, [rip + 2b]");
        #[cfg(target_arch = "aarch64")]
        own!(own, "adrp {own}, 2b", "add {own}, {own}, :lo12:2b");
    }
    // SAFETY: memory for a place, aligned to its size, and used as nothing else. It is zero in the beginning, as an empty
    // place is, and stays as long as the code that is running (A12).
    Some(unsafe { &*own })
}

/// None: see the module documentation.
#[cfg(not(all(
    target_os = "linux",
    target_pointer_width = "64",
    any(target_arch = "x86_64", target_arch = "aarch64"),
    not(miri)
)))]
#[inline(always)]
pub(super) fn place(_shape: &'static Shape) -> Option<&'static Place> {
    None
}

#[cfg(test)]
mod tests {
    use core::ptr;

    use facet::Facet;

    use super::*;

    #[inline(never)]
    fn of<T: Facet<'static>>() -> Option<&'static Place> {
        place(T::SHAPE)
    }

    #[test]
    fn a12_each_use_has_an_empty_place() {
        const ARE_SOME: bool = cfg!(target_os = "linux")
            && cfg!(target_pointer_width = "64")
            && cfg!(any(target_arch = "x86_64", target_arch = "aarch64"))
            && !cfg!(miri);
        let uses = [of::<u8>, of::<u16>, of::<String>];
        let places = uses.map(|of| of());
        assert_eq!(places.map(|place| place.is_some()), [ARE_SOME; 3]);
        for (place, of) in places.into_iter().zip(uses) {
            let Some(place) = place else { continue };
            assert!(place.is_empty());
            // Never in two cache lines.
            assert_eq!(ptr::from_ref(place).addr() % size_of::<Place>(), 0);
            // Again the same, and nobody else's.
            let same = uses
                .iter()
                .filter(|of| of().is_some_and(|it| ptr::eq(it, place)));
            assert_eq!(same.count(), 1);
            assert!(of().is_some_and(|it| ptr::eq(it, place)));
        }
    }
}
