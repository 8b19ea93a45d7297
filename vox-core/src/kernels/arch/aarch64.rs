//! AArch64: NEON tests and narrows sixteen small values at a time.
//!
//! Every AArch64 processor with an operating system has NEON. Values that are not small go through
//! the portable form: nothing here spreads bits faster than shifts do.

use core::arch::aarch64::{
    uint8x16_t, vcombine_u8, vcombine_u16, vcombine_u32, veorq_s16, veorq_s32, veorq_s64, vld1q_u8,
    vmaxvq_u16, vmaxvq_u32, vmovn_u16, vmovn_u32, vmovn_u64, vorrq_u16, vorrq_u32, vorrq_u64,
    vreinterpretq_s16_u8, vreinterpretq_s32_u8, vreinterpretq_s64_u8, vreinterpretq_u16_s16,
    vreinterpretq_u16_u8, vreinterpretq_u32_s32, vreinterpretq_u32_u8, vreinterpretq_u32_u64,
    vreinterpretq_u64_s64, vreinterpretq_u64_u8, vshlq_n_s16, vshlq_n_s32, vshlq_n_s64,
    vshrq_n_s16, vshrq_n_s32, vshrq_n_s64, vst1q_u8,
};

use super::super::Kernels;
use super::stretch;
use crate::cx::EncodeCx;
use crate::entry_fn;
use crate::kernels::element::{Element, Routine};
use crate::kernels::plain::{Compiled, Plain, Walk, Written};
use crate::kernels::portable::Portable;
use crate::wire::varint;

struct Neon;

/// Entries are written one by one.
impl Compiled for Neon {
    entry_fn! {
        unsafe fn write_plain<C: Walk, K: Written, V: Written>(cx: *mut EncodeCx, plain: *const Plain, container: *const u8, len: usize, out: *mut u8) -> *mut u8 {
            // SAFETY: the caller's duty.
            unsafe { Portable::write_plain::<C, K, V>(cx, plain, container, len, out) }
        }
    }
}

static NEON: Kernels = Kernels::of::<Neon>("neon");

/// The names of all sets, whatever this processor has.
#[cfg(test)]
pub(in crate::kernels) const ALL: &[&str] = &["neon"];

/// The sets for this processor, best first.
pub(in crate::kernels) fn sets() -> Vec<&'static Kernels> {
    vec![&NEON]
}

/// An element NEON narrows.
trait Narrow: Element {
    /// Sixteen elements as one byte each, if all of them are below 0x80.
    ///
    /// # Safety
    ///
    /// Sixteen initialised elements are at `from`.
    unsafe fn narrow(from: *const u8) -> Option<uint8x16_t>;
}

macro_rules! zigzag {
    ($($name:ident: $from:ident, $to:ident, $xor:ident, $left:ident, $right:ident, $sign:literal, $vector:ident;)*) => { $(
        /// Zigzag encodes.
        #[inline]
        #[target_feature(enable = "neon")]
        fn $name(values: uint8x16_t) -> core::arch::aarch64::$vector {
            let values = $from(values);
            $to($xor($left::<1>(values), $right::<$sign>(values)))
        }
    )* };
}

zigzag! {
    zigzag_16: vreinterpretq_s16_u8, vreinterpretq_u16_s16, veorq_s16, vshlq_n_s16, vshrq_n_s16, 15, uint16x8_t;
    zigzag_32: vreinterpretq_s32_u8, vreinterpretq_u32_s32, veorq_s32, vshlq_n_s32, vshrq_n_s32, 31, uint32x4_t;
    zigzag_64: vreinterpretq_s64_u8, vreinterpretq_u64_s64, veorq_s64, vshlq_n_s64, vshrq_n_s64, 63, uint64x2_t;
}

macro_rules! narrow_16 {
    ($($ty:ty => $wire:path;)*) => { $(
        impl Narrow for $ty {
            #[inline]
            unsafe fn narrow(from: *const u8) -> Option<uint8x16_t> {
                // SAFETY: the caller's duty.
                unsafe {
                    let (a, b) = ($wire(vld1q_u8(from)), $wire(vld1q_u8(from.add(16))));
                    if vmaxvq_u16(vorrq_u16(a, b)) >= 0x80 {
                        return None;
                    }
                    Some(vcombine_u8(vmovn_u16(a), vmovn_u16(b)))
                }
            }
        }
    )* };
}

macro_rules! narrow_32 {
    ($($ty:ty => $wire:path;)*) => { $(
        impl Narrow for $ty {
            #[inline]
            unsafe fn narrow(from: *const u8) -> Option<uint8x16_t> {
                // SAFETY: the caller's duty.
                unsafe {
                    let at = |index: usize| $wire(vld1q_u8(from.add(16 * index)));
                    let (a, b, c, d) = (at(0), at(1), at(2), at(3));
                    if vmaxvq_u32(vorrq_u32(vorrq_u32(a, b), vorrq_u32(c, d))) >= 0x80 {
                        return None;
                    }
                    let low = vcombine_u16(vmovn_u32(a), vmovn_u32(b));
                    let high = vcombine_u16(vmovn_u32(c), vmovn_u32(d));
                    Some(vcombine_u8(vmovn_u16(low), vmovn_u16(high)))
                }
            }
        }
    )* };
}

macro_rules! narrow_64 {
    ($($ty:ty => $wire:path;)*) => { $(
        impl Narrow for $ty {
            #[inline]
            unsafe fn narrow(from: *const u8) -> Option<uint8x16_t> {
                // SAFETY: the caller's duty.
                unsafe {
                    let pair = |index: usize| {
                        let a = $wire(vld1q_u8(from.add(32 * index)));
                        let b = $wire(vld1q_u8(from.add(32 * index + 16)));
                        (vorrq_u64(a, b), vcombine_u32(vmovn_u64(a), vmovn_u64(b)))
                    };
                    let (a, b, c, d) = (pair(0), pair(1), pair(2), pair(3));
                    // The upper halves take part as values that are not small.
                    let any = vorrq_u64(vorrq_u64(a.0, b.0), vorrq_u64(c.0, d.0));
                    let high = core::arch::aarch64::vshrq_n_u64::<7>(any);
                    if vmaxvq_u32(vreinterpretq_u32_u64(high)) != 0 {
                        return None;
                    }
                    let low = vcombine_u16(vmovn_u32(a.1), vmovn_u32(b.1));
                    let high = vcombine_u16(vmovn_u32(c.1), vmovn_u32(d.1));
                    Some(vcombine_u8(vmovn_u16(low), vmovn_u16(high)))
                }
            }
        }
    )* };
}

narrow_16! { u16 => vreinterpretq_u16_u8; i16 => zigzag_16; }
narrow_32! { u32 => vreinterpretq_u32_u8; i32 => zigzag_32; }
narrow_64! { u64 => vreinterpretq_u64_u8; i64 => zigzag_64; }

impl<T: Narrow> Routine<T> for Neon {
    unsafe fn write(out: *mut u8, from: *const T, count: usize) -> *mut u8 {
        // SAFETY: the caller's duty. The sixteen bytes have room, and are the varints of what is small.
        unsafe {
            let narrow = |out, from: *const T| {
                let small = T::narrow(from.cast());
                small.is_some_and(|small| {
                    vst1q_u8(out, small);
                    true
                })
            };
            let one = |out, value| varint::write_u64(out, value);
            stretch::write::<_, false>(out, from, count, narrow, one)
        }
    }
}
