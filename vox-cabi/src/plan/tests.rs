//! The table of calling conventions, row by row, as worked out by hand from
//! the ABI documents. The golden files show far more placements, but they are
//! blessed from the code under test; these are not.

use super::*;

const WORD: Parameter = Parameter::Word;
const PAIR: Parameter = Parameter::Aggregate(Words::Two);
const TRIPLE: Parameter = Parameter::Aggregate(Words::Three);

/// The places of all parameters, as register names and stack words.
fn places(abi: Abi, parameters: &[Parameter], returned: Returned) -> Vec<String> {
    let text = plan(abi, &FunctionType::new(parameters, returned)).to_string();
    text.lines()
        .skip(1)
        .take(parameters.len())
        .map(|line| line.trim_start().split_once(' ').unwrap().1.to_owned())
        .collect()
}

fn returns(abi: Abi, returned: Returned) -> String {
    let text = plan(abi, &FunctionType::new(&[], returned)).to_string();
    text.lines().nth(1).unwrap().trim().to_owned()
}

fn slots(abi: Abi, parameters: &[Parameter], returned: Returned) -> String {
    let text = plan(abi, &FunctionType::new(parameters, returned)).to_string();
    text.lines().last().unwrap().trim().to_owned()
}

const AARCH64_ALL: [Abi; 3] = [Abi::Aarch64, Abi::Aarch64Apple, Abi::Aarch64Windows];

#[test]
fn a_pair_travels_in_two_registers_or_by_pointer() {
    let two = |abi| places(abi, &[PAIR, WORD], Returned::Void);
    assert_eq!(two(Abi::X86_64SystemV), ["rdi rsi", "rdx"]);
    assert_eq!(two(Abi::X86_64Windows), ["copy of 2 in rcx", "rdx"]);
    for abi in AARCH64_ALL {
        assert_eq!(two(abi), ["x0 x1", "x2"]);
    }
    assert_eq!(two(Abi::Riscv64), ["a0 a1", "a2"]);
    assert_eq!(two(Abi::S390x), ["copy of 2 in r2", "r3"]);
}

#[test]
fn system_v_gives_the_leftover_register_to_a_later_word() {
    let parameters = [WORD, WORD, WORD, WORD, WORD, PAIR, WORD, WORD];
    assert_eq!(
        places(Abi::X86_64SystemV, &parameters, Returned::Void)[5..],
        ["stack+0 stack+1", "r9", "stack+2"]
    );
    assert_eq!(
        slots(Abi::X86_64SystemV, &parameters, Returned::Void),
        "slots 0.0 1.0 2.0 3.0 4.0 6.0 5.0 5.1 7.0"
    );
}

#[test]
fn system_v_without_a_later_word_pads_the_leftover_register() {
    let parameters = [WORD, WORD, WORD, WORD, WORD, PAIR];
    assert_eq!(
        slots(Abi::X86_64SystemV, &parameters, Returned::Void),
        "slots 0.0 1.0 2.0 3.0 4.0 pad 5.0 5.1"
    );
}

#[test]
fn system_v_puts_large_aggregates_on_the_stack() {
    assert_eq!(
        places(Abi::X86_64SystemV, &[TRIPLE, WORD], Returned::Void),
        ["stack+0 stack+1 stack+2", "rdi"]
    );
}

#[test]
fn aarch64_uses_no_register_after_a_pair_went_to_the_stack() {
    let parameters = [WORD, WORD, WORD, WORD, WORD, WORD, WORD, PAIR, WORD];
    for abi in AARCH64_ALL {
        assert_eq!(
            places(abi, &parameters, Returned::Void)[7..],
            ["stack+0 stack+1", "stack+2"]
        );
        assert_eq!(
            slots(abi, &parameters, Returned::Void),
            "slots 0.0 1.0 2.0 3.0 4.0 5.0 6.0 pad 7.0 7.1 8.0"
        );
    }
}

#[test]
fn riscv64_splits_a_pair_between_the_last_register_and_the_stack() {
    let parameters = [WORD, WORD, WORD, WORD, WORD, WORD, WORD, PAIR, WORD];
    assert_eq!(
        places(Abi::Riscv64, &parameters, Returned::Void)[7..],
        ["a7 stack+0", "stack+1"]
    );
}

#[test]
fn large_aggregates_travel_by_pointer_except_on_system_v() {
    let large = |abi| places(abi, &[WORD, TRIPLE], Returned::Void)[1].clone();
    assert_eq!(large(Abi::X86_64Windows), "copy of 3 in rdx");
    for abi in AARCH64_ALL {
        assert_eq!(large(abi), "copy of 3 in x1");
    }
    assert_eq!(large(Abi::Riscv64), "copy of 3 in a1");
    assert_eq!(large(Abi::S390x), "copy of 3 in r3");
}

#[test]
fn a_pointer_to_a_copy_goes_to_the_stack_when_registers_are_used_up() {
    let parameters = [WORD, WORD, WORD, WORD, PAIR];
    assert_eq!(
        places(Abi::X86_64Windows, &parameters, Returned::Void)[4],
        "copy of 2 in stack+0"
    );
    let parameters = [WORD, WORD, WORD, WORD, WORD, PAIR];
    assert_eq!(
        places(Abi::S390x, &parameters, Returned::Void)[5],
        "copy of 2 in stack+0"
    );
}

#[test]
fn results_of_one_word() {
    for abi in Abi::ALL {
        let first = abi.result_registers()[0];
        assert_eq!(returns(abi, Returned::Word), format!("returns {first}"));
        assert_eq!(
            returns(abi, Returned::Bool),
            format!("returns the low byte of {first}")
        );
    }
}

#[test]
fn an_aggregate_result_of_one_word_is_in_memory_on_s390x_only() {
    for abi in Abi::ALL {
        let expected = match abi {
            Abi::S390x => "returns 1 in memory, pointer in r2".to_owned(),
            _ => format!("returns {}", abi.result_registers()[0]),
        };
        assert_eq!(returns(abi, Returned::Aggregate(Words::One)), expected);
    }
}

#[test]
fn a_pair_comes_back_in_registers_or_memory() {
    let pair = |abi| returns(abi, Returned::Aggregate(Words::Two));
    assert_eq!(pair(Abi::X86_64SystemV), "returns rax rdx");
    assert_eq!(
        pair(Abi::X86_64Windows),
        "returns 2 in memory, pointer in rcx"
    );
    for abi in AARCH64_ALL {
        assert_eq!(pair(abi), "returns x0 x1");
    }
    assert_eq!(pair(Abi::Riscv64), "returns a0 a1");
    assert_eq!(pair(Abi::S390x), "returns 2 in memory, pointer in r2");
}

#[test]
fn a_result_in_memory_shifts_the_arguments_except_on_aarch64() {
    let shifted = |abi| places(abi, &[WORD], Returned::Aggregate(Words::Three));
    assert_eq!(shifted(Abi::X86_64SystemV), ["rsi"]);
    assert_eq!(shifted(Abi::X86_64Windows), ["rdx"]);
    for abi in AARCH64_ALL {
        assert_eq!(shifted(abi), ["x0"]);
        assert_eq!(
            returns(abi, Returned::Aggregate(Words::Three)),
            "returns 3 in memory, pointer in x8"
        );
    }
    assert_eq!(shifted(Abi::Riscv64), ["a1"]);
    assert_eq!(shifted(Abi::S390x), ["r3"]);
}

/// The slots must land where the plan says when each takes the next free
/// register, else the next stack word. Checked for every signature of up to
/// four parameters of any size, behind zero to eight words.
#[test]
fn slots_handed_out_in_order_reach_their_places() {
    let kinds = [
        WORD,
        Parameter::Aggregate(Words::One),
        PAIR,
        TRIPLE,
        Parameter::Aggregate(Words::Four),
    ];
    for abi in Abi::ALL {
        for returned in [Returned::Word, Returned::Aggregate(Words::Four)] {
            for code in 0..9 * kinds.len().pow(4) {
                let mut parameters = vec![WORD; code % 9];
                let mut rest = code / 9;
                for _ in 0..4 {
                    parameters.push(kinds[rest % kinds.len()]);
                    rest /= kinds.len();
                }
                check_slots(&plan(abi, &FunctionType::new(&parameters, returned)));
            }
        }
    }
}

fn check_slots(plan: &CallPlan) {
    let registers = plan.abi().argument_registers().len();
    let mut next_register = 0;
    let mut next_stack = 0;
    for (idx, slot) in plan.slots().iter().enumerate() {
        let dedicated = matches!(
            plan.return_plan(),
            ReturnPlan::Memory {
                pointer: HiddenPointer::Dedicated(_),
                ..
            }
        );
        if *slot == Slot::ReturnPointer && dedicated {
            assert_eq!(idx, 0);
            continue;
        }
        let place = if next_register < registers {
            next_register += 1;
            Place::Register(next_register - 1)
        } else {
            next_stack += 1;
            Place::Stack(next_stack - 1)
        };
        match slot {
            Slot::ReturnPointer => assert_eq!(place, Place::Register(0)),
            Slot::Padding => assert!(matches!(place, Place::Register(_)), "{plan}"),
            Slot::Word { parameter, word } => match &plan.passing()[*parameter] {
                Passing::Words(places) => assert_eq!(places[*word], place, "{plan}"),
                Passing::Copy { .. } => panic!("a copied parameter has no word slots\n{plan}"),
            },
            Slot::CopyPointer { parameter } => match plan.passing()[*parameter] {
                Passing::Copy { pointer, .. } => assert_eq!(pointer, place, "{plan}"),
                Passing::Words(_) => panic!("no copy was planned\n{plan}"),
            },
        }
    }
    assert_eq!(next_stack, plan.stack_words(), "{plan}");
}
