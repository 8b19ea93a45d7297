//! The baseline tier: the same executable memory and the same answers as a compiler's, and no Cranelift, which
//! takes a millisecond to start.

use std::ops::Range;
use std::time::Instant;

use vox_core::slot::Slot;
use vox_core::tier::Tier;

use super::{Batch, Compiled, SharedArena, lock, program_of, publish};
use crate::baseline::{self, Generator};
use crate::error::CompileError;

/// Makes baseline code for the programs of these slots and publishes it in them. A slot whose
/// program fails keeps its entry.
///
/// # Safety
///
/// Nobody calls an entry of these slots, nor of slots their programs refer to, after the arena is dropped; and
/// the slots live as long as their entries may be called.
pub unsafe fn unroll(arena: &SharedArena, slots: &[&Slot]) -> Batch {
    let mut generator = Generator::default();
    // All code, one function after the other.
    let mut bytes = Vec::new();
    let generated: Vec<_> = slots
        .iter()
        .map(|slot| generate(&mut generator, slot, &mut bytes))
        .collect();
    let publishing = Instant::now();
    let placed = {
        let codes: Vec<&[u8]> = generated
            .iter()
            .filter_map(|made| made.as_ref().ok())
            .map(|(code, _)| &bytes[code.clone()])
            .collect();
        lock(arena).publish(&codes)
    };
    let publication = publishing.elapsed();
    let mut placed = placed.into_iter();
    let programs = slots
        .iter()
        .zip(generated)
        .map(|(slot, code)| {
            let (_, compiled) = code?;
            let missing = || CompileError::Malformed(String::from("code without a place"));
            let address = placed.next().ok_or_else(missing)??;
            // SAFETY: the code was generated from this slot's verified program, is executable, and
            // lives as long as it is called by the duty of this function (A13, A14).
            unsafe { publish(slot, address, Tier::Baseline) };
            Ok(compiled)
        })
        .collect();
    Batch {
        programs,
        publication,
        perf_error: None,
    }
}

/// Appends the code of a slot's program, and answers which bytes it is.
fn generate(
    generator: &mut Generator,
    slot: &Slot,
    bytes: &mut Vec<u8>,
) -> Result<(Range<usize>, Compiled), CompileError> {
    let program = program_of(slot)?;
    if !baseline::IS_AVAILABLE {
        return Err(CompileError::NoBaseline);
    }
    let start = Instant::now();
    let code = generator.generate(program)?;
    let begin = bytes.len();
    bytes.extend_from_slice(code);
    let compiled = Compiled {
        fell_back: false,
        code_bytes: code.len(),
        time: start.elapsed(),
    };
    Ok((begin..bytes.len(), compiled))
}
