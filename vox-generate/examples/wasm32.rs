//! A WebAssembly module that encodes types made at run time: `cargo xtask wasm` loads it, with what is in `wasm32.js`.
//!
//! Such a module has no arguments and no standard error, and ends at a panic. So functions are its interface.

use std::sync::{Mutex, PoisonError};

use vox_generate::{Tiers, fuzz};

/// What the last panic said.
static MESSAGE: Mutex<String> = Mutex::new(String::new());

/// To be called once, before all else: keeps what panics say.
// No other symbol has this name: nothing else is linked with a module.
#[unsafe(no_mangle)]
pub extern "C" fn begin() {
    std::panic::set_hook(Box::new(|panic| {
        *MESSAGE.lock().unwrap_or_else(PoisonError::into_inner) = panic.to_string();
    }));
}

/// Encodes the value of the type that this seed leads to, in every mode there is, and compares.
///
/// # Panics
///
/// When a byte differs.
// As above.
#[unsafe(no_mangle)]
pub extern "C" fn encode(seed: u64) {
    let mut random = fastrand::Rng::with_seed(seed);
    let bytes: Vec<u8> = (0..random.usize(40..900)).map(|_| random.u8(..)).collect();
    fuzz(&bytes, Tiers::All);
}

/// Where the message of the last panic is.
// As above.
#[unsafe(no_mangle)]
pub extern "C" fn message() -> *const u8 {
    MESSAGE
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .as_ptr()
}

/// Bytes of that message.
// As above.
#[unsafe(no_mangle)]
pub extern "C" fn message_len() -> usize {
    MESSAGE.lock().unwrap_or_else(PoisonError::into_inner).len()
}
