//! Signatures at the edges of the rules, which facet's functions stay clear of:
//! registers exhausted by words and by pairs, leftover registers, large
//! aggregates before and after exhaustion, results in memory.

use vox_cabi::{Parameter, Returned, Words};

const WORD: Parameter = Parameter::Word;
const ONE: Parameter = Parameter::Aggregate(Words::One);
const PAIR: Parameter = Parameter::Aggregate(Words::Two);
const TRIPLE: Parameter = Parameter::Aggregate(Words::Three);
const FOUR: Parameter = Parameter::Aggregate(Words::Four);

/// Names, parameters and results.
pub(crate) const EDGES: &[(&str, &[Parameter], Returned)] = &[
    ("no parameters", &[], Returned::Void),
    (
        "one word aggregate",
        &[ONE],
        Returned::Aggregate(Words::One),
    ),
    ("two pairs", &[PAIR, PAIR], Returned::Aggregate(Words::Two)),
    (
        "every size",
        &[ONE, PAIR, TRIPLE, FOUR, WORD],
        Returned::Aggregate(Words::Three),
    ),
    (
        "ten words",
        &[WORD, WORD, WORD, WORD, WORD, WORD, WORD, WORD, WORD, WORD],
        Returned::Word,
    ),
    (
        "a pair with one register left of four",
        &[WORD, WORD, WORD, PAIR, WORD, WORD],
        Returned::Bool,
    ),
    (
        "a pair with one register left of five",
        &[WORD, WORD, WORD, WORD, PAIR, WORD, WORD],
        Returned::Bool,
    ),
    (
        "a pair with one register left of six",
        &[WORD, WORD, WORD, WORD, WORD, PAIR, WORD, WORD],
        Returned::Bool,
    ),
    (
        "a pair with one register left of eight",
        &[WORD, WORD, WORD, WORD, WORD, WORD, WORD, PAIR, WORD, WORD],
        Returned::Bool,
    ),
    (
        "a pair that the hidden pointer pushes out",
        &[PAIR, PAIR, PAIR, WORD],
        Returned::Aggregate(Words::Four),
    ),
    (
        "large aggregates around words",
        &[TRIPLE, WORD, FOUR, WORD, PAIR],
        Returned::Void,
    ),
    (
        "five pairs",
        &[PAIR, PAIR, PAIR, PAIR, PAIR],
        Returned::Aggregate(Words::Two),
    ),
    (
        "ten large aggregates",
        &[FOUR, FOUR, FOUR, FOUR, FOUR, FOUR, FOUR, FOUR, FOUR, FOUR],
        Returned::Pointer,
    ),
];
