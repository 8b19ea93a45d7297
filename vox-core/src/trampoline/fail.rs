//! The failures that code without Rust of its own has to report.

use crate::cx::{EncodeCx, Failure};
use crate::entry_fn;
use crate::program::NoForm;

entry_fn! {
    /// The depth limit is reached. Answers null.
    ///
    /// # Safety
    ///
    /// `cx` is the state of a running encode.
    #[cold]
    pub unsafe fn fail_depth(cx: *mut EncodeCx) -> *mut u8 {
        // SAFETY: the state is exclusively ours while a function of ours runs (A3).
        let cx = unsafe { &mut *cx };
        let limit = cx.max_depth;
        cx.fail(Failure::Depth { limit })
    }
}

entry_fn! {
    /// A container said `said` items and its iterator yielded more (`more` is
    /// not 0) or fewer. Answers null.
    ///
    /// # Safety
    ///
    /// `cx` is the state of a running encode.
    #[cold]
    pub unsafe fn fail_length(cx: *mut EncodeCx, said: usize, more: usize) -> *mut u8 {
        // SAFETY: as in `fail_depth`.
        let cx = unsafe { &mut *cx };
        cx.fail(Failure::Length { said, more: more != 0 })
    }
}

entry_fn! {
    /// An enum's tag is no variant's. Answers null.
    ///
    /// # Safety
    ///
    /// `cx` is the state of a running encode.
    #[cold]
    pub unsafe fn fail_discriminant(cx: *mut EncodeCx, tag: i64) -> *mut u8 {
        // SAFETY: as in `fail_depth`.
        let cx = unsafe { &mut *cx };
        cx.fail(Failure::Discriminant(tag))
    }
}

entry_fn! {
    /// A value without a wire form; `why` is the number of a [`NoForm`]. Answers null.
    ///
    /// # Safety
    ///
    /// `cx` is the state of a running encode.
    #[cold]
    pub unsafe fn fail_no_form(cx: *mut EncodeCx, why: usize) -> *mut u8 {
        // SAFETY: as in `fail_depth`.
        let cx = unsafe { &mut *cx };
        cx.fail(match NoForm::from_number(why) {
            Some(why) => Failure::NoForm(why),
            None => Failure::Bug(format!("there is no lack of a form with the number {why}")),
        })
    }
}
