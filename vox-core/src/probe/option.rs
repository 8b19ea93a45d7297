//! Probing an `Option`: which bytes are its tag, and where its payload is.
//!
//! Rust marks `None` by one value of one field: a tag of its own, or a value the payload
//! never has (a niche). So the rule to be found is "`None` if and only if the number
//! here is that one". It is learnt from `is_some` alone, in memory vox owns:
//!
//! 1. `init_none` writes the tag, and always the same one. Bytes that depend on what was in the
//!    memory before are no part of it.
//! 2. The *tag* is every byte that matters: changed, it changes the answer for a `None`, or for a
//!    `Some` that is made of it by changing one byte.
//! 3. With the tag of `None`, whatever stands in all other bytes, the answer is `None`. So a
//!    `Some` that has the tag of `None` cannot exist: `is_some` would call it `None`.
//!
//! No payload is built, and none needs to be valid: core's `is_some` and `get_value` look at the tag
//! and at nothing else, which is what 2 and 3 show. Only core's `Option` is asked. Under Miri, which
//! minds tags that no value has, nothing is.
//!
//! Not here: options that are null pointers ([`crate::lower`]); Rust promises those.

use core::mem::MaybeUninit;

use facet_core::{Facet, OptionDef, OptionVTable, PtrConst, PtrUninit, Shape};

/// Where an option keeps its tag, and its payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tagged {
    /// Where the tag is, in bytes from the start of the option.
    pub(crate) at: usize,
    /// Its bytes: 1, 2, 4 or 8.
    pub(crate) width: usize,
    /// The number there in `None`, and only there, in the machine's byte order.
    pub(crate) none: u64,
    /// Where the payload is, in bytes from the start of the option.
    pub(crate) payload: usize,
}

/// The largest option that is probed.
const MAX_BYTES: usize = 1024;
/// The memory a probed option stands in, and its alignment.
#[repr(align(128))]
struct Memory([MaybeUninit<u8>; MAX_BYTES]);

/// What the memory held before `None` was written, by seed.
const NONES: u64 = 8;
/// How a byte is changed to see whether it matters.
const CHANGES: [u8; 11] = [1, 2, 4, 8, 16, 32, 64, 128, 255, 0x55, 0xaa];
/// How often everything but the tag is filled anew.
const FILLS: u64 = 24;

/// The layout of an option of this shape.
pub(super) fn probe(shape: &'static Shape, def: &OptionDef) -> Option<Tagged> {
    if cfg!(miri) || shape.decl_id != Option::<u8>::SHAPE.decl_id {
        return None;
    }
    // SAFETY: the functions are those of core's `Option`.
    unsafe { probe_any(shape, def) }
}

/// Probes an option whose functions look at nothing but its bytes.
///
/// # Safety
///
/// `init_none` writes within the option; `is_some` and `get_value` read within it, whatever its
/// bytes, and have no other effect.
pub(super) unsafe fn probe_any(shape: &'static Shape, def: &OptionDef) -> Option<Tagged> {
    let layout = shape.layout.sized_layout().ok()?;
    let payload = def.t.layout.sized_layout().ok()?;
    if layout.size() == 0 || layout.size() > MAX_BYTES || layout.align() > align_of::<Memory>() {
        return None;
    }
    let mut specimen = Specimen {
        memory: Memory([MaybeUninit::uninit(); MAX_BYTES]),
        size: layout.size(),
        functions: *def.vtable,
    };
    // SAFETY: the duty of this function.
    let (tag, flip) = unsafe { specimen.find_tag()? };
    // SAFETY: as above.
    if !unsafe { specimen.confirm(&tag, flip) } {
        return None;
    }
    let offset = flip.payload;
    let fits = offset.is_multiple_of(payload.align())
        && offset.checked_add(payload.size())? <= layout.size();
    let tagged = tag.as_number(offset)?;
    // The tag is outside the payload, or a part of it.
    let (start, end) = (offset, offset + payload.size());
    let apart = tagged.at + tagged.width <= start || end <= tagged.at;
    let inside = start <= tagged.at && tagged.at + tagged.width <= end;
    (fits && (apart || inside)).then_some(tagged)
}

/// Memory that is made to look like options.
struct Specimen {
    memory: Memory,
    size: usize,
    functions: OptionVTable,
}

/// The bytes of `None`, and which of them matter.
struct Tag {
    none: Vec<u8>,
    matters: Vec<bool>,
}

/// A change of one byte of `None` that makes a `Some`.
#[derive(Clone, Copy)]
struct Flip {
    at: usize,
    by: u8,
    /// Where the payload is then.
    payload: usize,
}

/// What the functions take an option for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Made {
    None,
    /// With the distance of the payload.
    Some(usize),
    /// Something no value is, for the functions contradict each other: they may test tags
    /// that do not occur in different ways.
    Neither,
}

impl Specimen {
    /// Makes the memory a `None`: its tag, and noise for all other bytes.
    fn fill(&mut self, tag: &Tag, seed: u64) {
        let bytes = tag.none.iter().zip(&tag.matters).zip(noise(seed));
        for (to, ((none, matters), noise)) in self.memory.0.iter_mut().zip(bytes) {
            to.write(if *matters { *none } else { noise });
        }
    }

    /// Changes one byte of the tag.
    fn change(&mut self, tag: &Tag, at: usize, by: u8) {
        self.memory.0[at].write(tag.none[at] ^ by);
    }

    fn address(&self) -> *const u8 {
        self.memory.0.as_ptr().cast()
    }

    /// Asks both functions.
    ///
    /// # Safety
    ///
    /// The duty of [`probe_any`]; every byte of the option is filled.
    unsafe fn ask(&self) -> Made {
        let option = PtrConst::new_sized(self.address());
        // SAFETY: the caller's duty (assumption A4).
        let (is_some, value) = unsafe {
            (
                (self.functions.is_some)(option),
                (self.functions.get_value)(option),
            )
        };
        match (is_some, value.is_null()) {
            (false, true) => Made::None,
            (true, false) => Made::Some(value.addr().wrapping_sub(self.address().addr())),
            _ => Made::Neither,
        }
    }

    /// A `None` as the type makes it, over noise.
    ///
    /// # Safety
    ///
    /// The duty of [`probe_any`].
    unsafe fn none(&mut self, seed: u64) -> Option<Vec<u8>> {
        for (to, byte) in self.memory.0.iter_mut().zip(noise(seed)) {
            to.write(byte);
        }
        dirty_the_stack(seed);
        let memory = self.memory.0.as_mut_ptr().cast::<u8>();
        // SAFETY: the memory has the size and the alignment of the option (assumption A4).
        unsafe { (self.functions.init_none)(PtrUninit::new_sized(memory)) };
        // SAFETY: `init_none` made it one.
        if unsafe { self.ask() } != Made::None {
            return None;
        }
        // SAFETY: every byte was filled, and perhaps written over with bytes that
        // mean nothing, by a function the compiler does not see through (assumption A4).
        let byte = |byte: &MaybeUninit<u8>| unsafe { byte.as_ptr().read_volatile() };
        Some(self.memory.0[..self.size].iter().map(byte).collect())
    }

    /// Steps 1 and 2 of the module documentation.
    ///
    /// # Safety
    ///
    /// The duty of [`probe_any`].
    unsafe fn find_tag(&mut self) -> Option<(Tag, Flip)> {
        // SAFETY: the caller's duty.
        let none = unsafe { self.none(0)? };
        let mut tag = Tag {
            matters: vec![true; self.size],
            none,
        };
        for seed in 1..NONES {
            // SAFETY: the caller's duty.
            let other = unsafe { self.none(seed)? };
            for (at, byte) in other.into_iter().enumerate() {
                tag.matters[at] &= byte == tag.none[at];
            }
        }
        let is_constant = tag.matters.clone();
        let constants = || (0..is_constant.len()).filter(|at| is_constant[*at]);
        // SAFETY: the caller's duty.
        let flip = constants().find_map(|at| unsafe { self.find_flip(&tag, at) })?;
        for at in constants() {
            // SAFETY: as above.
            tag.matters[at] = unsafe { self.matters(&tag, flip, at) };
        }
        Some((tag, flip))
    }

    /// A change of the byte at `at` that makes a `Some`. The lowest bit comes first: it
    /// makes a `Some` of a tag that is not a niche.
    ///
    /// # Safety
    ///
    /// The duty of [`probe_any`].
    unsafe fn find_flip(&mut self, tag: &Tag, at: usize) -> Option<Flip> {
        CHANGES.into_iter().find_map(|by| {
            self.fill(tag, 0);
            self.change(tag, at, by);
            // SAFETY: the caller's duty.
            match unsafe { self.ask() } {
                Made::Some(payload) => Some(Flip { at, by, payload }),
                Made::None | Made::Neither => None,
            }
        })
    }

    /// Whether some other byte at `at` changes the answer for a `None`, or for the
    /// `Some` beside it.
    ///
    /// # Safety
    ///
    /// The duty of [`probe_any`].
    unsafe fn matters(&mut self, tag: &Tag, flip: Flip, at: usize) -> bool {
        at == flip.at
            || (0..).zip(CHANGES).any(|(seed, by)| {
                self.fill(tag, seed);
                self.change(tag, at, by);
                // SAFETY: the caller's duty.
                let beside_none = unsafe { self.ask() } != Made::None;
                self.change(tag, flip.at, flip.by);
                // SAFETY: as above.
                beside_none || unsafe { self.ask() } != Made::Some(flip.payload)
            })
    }

    /// Step 3, and that the payload is always in one place.
    ///
    /// # Safety
    ///
    /// The duty of [`probe_any`].
    unsafe fn confirm(&mut self, tag: &Tag, flip: Flip) -> bool {
        flip.payload <= self.size
            && (0..FILLS).all(|seed| {
                self.fill(tag, seed);
                // SAFETY: the caller's duty.
                let none = unsafe { self.ask() };
                self.change(tag, flip.at, flip.by);
                // SAFETY: as above.
                let some = unsafe { self.ask() };
                none == Made::None && some == Made::Some(flip.payload)
            })
    }
}

impl Tag {
    /// The tag as one number, where it is one: adjacent bytes that could be loaded at once.
    fn as_number(&self, payload: usize) -> Option<Tagged> {
        let at = self.matters.iter().position(|matters| *matters)?;
        let width = self.matters[at..].iter().take_while(|it| **it).count();
        let all = self.matters.iter().filter(|it| **it).count();
        let is_number = matches!(width, 1 | 2 | 4 | 8) && at.is_multiple_of(width);
        if !is_number || width != all {
            return None;
        }
        let digits = self.none[at..at + width].iter();
        let append = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        let none = if cfg!(target_endian = "little") {
            digits.rev().fold(0, append)
        } else {
            digits.fold(0, append)
        };
        Some(Tagged {
            at,
            width,
            none,
            payload,
        })
    }
}

/// Bytes without a pattern, after the plain ones: all 0, all 1, and those that poison memory.
fn noise(seed: u64) -> impl Iterator<Item = u8> {
    let plain = match seed {
        0 => Some(0xa5),
        1 => Some(0x5a),
        2 => Some(0x00),
        3 => Some(0xff),
        _ => None,
    };
    let mut state = seed;
    core::iter::repeat_with(move || {
        // The top byte of Knuth's linear congruential generator.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let [byte, ..] = state.to_be_bytes();
        plain.unwrap_or(byte)
    })
}

/// Leaves other bytes where the next call has its locals: a function that copies a whole `None`
/// copies some of those.
#[inline(never)]
fn dirty_the_stack(seed: u64) {
    let mut bytes = [0_u8; 2 * MAX_BYTES];
    for (to, byte) in bytes.iter_mut().zip(noise(seed)) {
        *to = byte;
    }
    core::hint::black_box(&bytes);
}

#[cfg(test)]
mod tests;
