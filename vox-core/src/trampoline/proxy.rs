//! Making proxy values. The value stays in the state of the encode until
//! [`super::release_last`], or until the encode fails.

use core::alloc::Layout;
use core::ptr;

use facet_core::{ProxyConvertOutFn, PtrMut, PtrUninit, Shape, UpgradeIntoFn};

use super::guard;
use crate::cx::{EncodeCx, Failure, ProxyValue, Resource, thin};
use crate::entry_fn;

entry_fn! {
    /// Converts a value to its proxy and answers the proxy's address; null when
    /// that failed. `drop` is the proxy's shape, or null when it needs no drop.
    ///
    /// # Safety
    ///
    /// `cx` is the state of a running encode; `convert` is the address of a
    /// `ProxyConvertOutFn` from the value's shape to a proxy of this size and
    /// alignment; `drop` is null or that proxy's shape.
    pub unsafe fn convert(
        cx: *mut EncodeCx,
        convert: *const (),
        value: *const u8,
        size: usize,
        align: usize,
        drop: *const (),
    ) -> *const u8 {
        // SAFETY: the state is exclusively ours while a function of ours runs (A3).
        let cx = unsafe { &mut *cx };
        cx.counters.trampoline_calls += 1;
        if !cx.has_room() {
            return ptr::null();
        }
        let Some(mut proxy) = allocate(size, align) else {
            return cx.fail(Failure::OutOfMemory);
        };
        // SAFETY: programs name functions of the kind their ops call (A2).
        let convert = unsafe { core::mem::transmute::<*const (), ProxyConvertOutFn>(convert) };
        let memory = proxy.memory;
        // SAFETY: the value is alive and of the function's shape, the memory has
        // the proxy's layout (A1, A9).
        match guard(cx, || unsafe { convert(thin(value), PtrUninit::new_sized(memory)) }) {
            Some(Ok(_)) => {
                // SAFETY: null or a 'static shape, by the duty of this function.
                proxy.drop = unsafe { drop.cast::<Shape>().as_ref() };
                cx.push_resource(Resource::Proxy(proxy));
                memory
            }
            Some(Err(message)) => cx.fail(Failure::Proxy(message)),
            None => ptr::null(),
        }
    }
}

/// Where the strong pointer stands in the proxy of a weak one: behind the flag,
/// which is a word that is null when there is no strong pointer.
pub(crate) const STRONG_AT: usize = size_of::<usize>();

entry_fn! {
    /// Upgrades a weak pointer and answers the address of the flag and the strong
    /// pointer, if there is one; null when it failed. `drop` is the strong pointer's shape.
    ///
    /// # Safety
    ///
    /// `cx` is the state of a running encode; `upgrade` is the address of an `UpgradeIntoFn` of
    /// the value's shape; a strong pointer fits behind the flag in this size and alignment; `drop`
    /// is its shape.
    pub unsafe fn upgrade(
        cx: *mut EncodeCx,
        upgrade: *const (),
        value: *const u8,
        size: usize,
        align: usize,
        drop: *const (),
    ) -> *const u8 {
        // SAFETY: as in `convert`.
        let cx = unsafe { &mut *cx };
        cx.counters.trampoline_calls += 1;
        if !cx.has_room() {
            return ptr::null();
        }
        let Some(mut proxy) = allocate(size, align) else {
            return cx.fail(Failure::OutOfMemory);
        };
        proxy.drop_at = STRONG_AT;
        // SAFETY: as in `convert`.
        let upgrade = unsafe { core::mem::transmute::<*const (), UpgradeIntoFn>(upgrade) };
        let memory = proxy.memory;
        let strong = memory.wrapping_add(STRONG_AT);
        // Facet's type says `mut`, but a weak pointer is only read.
        let weak = PtrMut::new_sized(value.cast_mut());
        // SAFETY: the value is alive and of the function's shape, the memory behind
        // the flag has the strong pointer's layout (A1, A9).
        let upgraded = guard(cx, || unsafe { upgrade(weak, PtrUninit::new_sized(strong)) });
        let Some(upgraded) = upgraded else {
            return ptr::null();
        };
        let flag = usize::from(upgraded.is_some());
        // SAFETY: the memory begins with the flag, and is aligned for it (A9).
        unsafe { memory.cast::<usize>().write(flag) };
        if upgraded.is_some() {
            // SAFETY: as in `convert`.
            proxy.drop = unsafe { drop.cast::<Shape>().as_ref() };
        }
        cx.push_resource(Resource::Proxy(proxy));
        memory
    }
}

/// Memory for a proxy; the aligned address alone when its size is 0.
fn allocate(size: usize, align: usize) -> Option<ProxyValue> {
    let layout = Layout::from_size_align(size, align).ok()?;
    let memory = if size == 0 {
        ptr::without_provenance_mut(align)
    } else {
        // SAFETY: the size is not 0.
        unsafe { std::alloc::alloc(layout) }
    };
    if memory.is_null() {
        // Not `then_some`, which would make a value first and free nothing at all.
        return None;
    }
    Some(ProxyValue {
        memory,
        layout,
        drop_at: 0,
        drop: None,
    })
}
