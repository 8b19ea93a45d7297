//! What a nested call costs, for every pair of tiers.

use super::{Cell, Section};
use crate::nested::{tiers, times};

/// Encodes of one turn.
const ENCODES: u32 = 500;

/// The section; every pair has so many turns, of which the fastest counts.
#[must_use]
pub fn section(rounds: usize) -> Section {
    let tiers = tiers();
    let mut section = Section::new(
        "Nested calls",
        "Nanoseconds per call from the code of one type to that of another, which writes a byte: the call, entry and \
         exit of what is called, and the byte. Lines are the calling tier, columns the called one.",
        &[],
    );
    section.head = core::iter::once(String::from("from"))
        .chain(tiers.iter().map(|tier| format!("to {tier}")))
        .collect();
    if !vox_jit::HAS_CODE_GENERATOR {
        section.state("this build of vox makes machine code".to_owned(), false);
        return section;
    }
    for (caller, row) in tiers.iter().zip(times(rounds, ENCODES)) {
        let mut line = vec![Cell::text(caller.to_string())];
        line.extend(row.into_iter().map(|nanos| Cell::number(Some(nanos), 2)));
        section.line(line);
    }
    section
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_has_a_number() {
        if !vox_jit::HAS_CODE_GENERATOR {
            return;
        }
        let section = section(1);
        assert_eq!(section.lines.len(), tiers().len());
        for line in &section.lines {
            assert_eq!(line.len(), section.head.len());
            assert!(line[1..].iter().all(Cell::is_positive), "{line:?}");
        }
    }
}
