//! Where every word of a call travels: the call plan.
//!
//! [`plan`] carries out the rules of [`crate::abi`] for one function type. The
//! answer is pure data, the same on every host, and prints as text
//! (`plan/text.rs`). It is used by `emit`, which turns it into Cranelift IR.
//!
//! A plan also says in which order to hand the words to a code generator that
//! knows nothing of aggregates and gives each 64-bit integer the next free
//! register, else the next stack word. That order is [`CallPlan::slots`]:
//! hidden pointer, register words, padding for registers that must stay
//! unused, stack words.

mod text;

use crate::abi::{Abi, Large, ReturnPointer, Rules, WhenShort};
use crate::function::{FunctionType, Parameter, Returned, Words};

/// Where one word of the arguments travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// In the argument register of this index
    /// (see [`Abi::argument_registers`]).
    Register(usize),
    /// In this word of the argument area, counted from its start
    /// (see [`Abi::stack_words_start`]).
    Stack(usize),
}

/// How one parameter is passed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Passing {
    /// Word by word.
    Words(Vec<Place>),
    /// The caller stores the words in memory of its own and passes a pointer.
    /// The memory belongs to the callee, which may overwrite it.
    Copy {
        /// The size of the copy.
        words: Words,
        /// Where the pointer to it travels.
        pointer: Place,
    },
}

/// Where the pointer to memory for a result travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HiddenPointer {
    /// In the first argument register, so that arguments start at the second.
    FirstArgument,
    /// In this register, which carries no arguments.
    Dedicated(&'static str),
}

/// How the result comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReturnPlan {
    /// There is none.
    Void,
    /// In the low eight bits of the first result register; the bits above
    /// are dirt.
    Byte,
    /// One word in each of the first so many result registers.
    Registers(usize),
    /// In memory of the caller.
    Memory {
        /// The size of the memory.
        words: Words,
        /// Where the pointer to it travels.
        pointer: HiddenPointer,
    },
}

/// One 64-bit integer handed to the code generator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Slot {
    /// The pointer to memory for the result. Always the first slot.
    ReturnPointer,
    /// A word of a parameter.
    Word {
        /// Index of the parameter.
        parameter: usize,
        /// Index of the word in it.
        word: usize,
    },
    /// The pointer to the copy of a parameter.
    CopyPointer {
        /// Index of the parameter.
        parameter: usize,
    },
    /// Any value: it occupies a register that must carry nothing, so that the
    /// slots after it are on the stack.
    Padding,
}

/// Everything a caller must know to call a function of one type by one ABI.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CallPlan {
    abi: Abi,
    parameters: Vec<Parameter>,
    returned: Returned,
    passing: Vec<Passing>,
    return_plan: ReturnPlan,
    slots: Vec<Slot>,
    stack_words: usize,
}

/// Plans calls of functions of type `function` by the rules of `abi`.
///
/// ```
/// use vox_cabi::{plan, Abi, FunctionType, Parameter, Passing, Place, Returned, Words};
///
/// let function = FunctionType::new(&[Parameter::Aggregate(Words::Two)], Returned::Bool);
/// let linux = plan(Abi::X86_64SystemV, &function);
/// assert_eq!(
///     linux.passing()[0],
///     Passing::Words(vec![Place::Register(0), Place::Register(1)])
/// );
/// let windows = plan(Abi::X86_64Windows, &function);
/// assert_eq!(
///     windows.passing()[0],
///     Passing::Copy { words: Words::Two, pointer: Place::Register(0) }
/// );
/// ```
pub fn plan(abi: Abi, function: &FunctionType<'_>) -> CallPlan {
    let rules = abi.rules();
    let return_plan = plan_return(rules, function.returned);
    let mut places = Places::new(rules, return_plan);
    let passing: Vec<Passing> = function
        .parameters
        .iter()
        .map(|parameter| places.pass(*parameter))
        .collect();
    let slots = order_slots(rules, return_plan, &passing);
    CallPlan {
        abi,
        parameters: function.parameters.to_vec(),
        returned: function.returned,
        passing,
        return_plan,
        slots,
        stack_words: places.next_stack_word,
    }
}

impl CallPlan {
    /// The ABI the plan is for.
    ///
    /// # Examples
    ///
    /// ```
    /// use vox_cabi::{plan, Abi, FunctionType, Parameter, Returned, Words};
    ///
    /// let len = FunctionType::new(&[Parameter::Aggregate(Words::Two)], Returned::Word);
    /// assert_eq!(plan(Abi::S390x, &len).abi(), Abi::S390x);
    /// ```
    pub fn abi(&self) -> Abi {
        self.abi
    }

    /// The type of the functions the plan is for.
    ///
    /// # Examples
    ///
    /// ```
    /// use vox_cabi::{plan, Abi, FunctionType, Parameter, Returned, Words};
    ///
    /// let len = FunctionType::new(&[Parameter::Aggregate(Words::Two)], Returned::Word);
    /// assert_eq!(plan(Abi::S390x, &len).function(), len);
    /// ```
    pub fn function(&self) -> FunctionType<'_> {
        FunctionType::new(&self.parameters, self.returned)
    }

    /// How each parameter is passed, in C order.
    ///
    /// # Examples
    ///
    /// ```
    /// use vox_cabi::{plan, Abi, FunctionType, Parameter, Passing, Place, Returned, Words};
    ///
    /// let len = FunctionType::new(&[Parameter::Aggregate(Words::Two)], Returned::Word);
    /// let pointer = Place::Register(0);
    /// let copied = Passing::Copy { words: Words::Two, pointer };
    /// assert_eq!(plan(Abi::S390x, &len).passing(), [copied]);
    /// ```
    pub fn passing(&self) -> &[Passing] {
        &self.passing
    }

    /// How the result comes back.
    ///
    /// # Examples
    ///
    /// ```
    /// use vox_cabi::{plan, Abi, FunctionType, Parameter, ReturnPlan, Returned, Words};
    ///
    /// let len = FunctionType::new(&[Parameter::Aggregate(Words::Two)], Returned::Word);
    /// assert_eq!(plan(Abi::S390x, &len).return_plan(), ReturnPlan::Registers(1));
    /// ```
    pub fn return_plan(&self) -> ReturnPlan {
        self.return_plan
    }

    /// The 64-bit integers to hand to a code generator, in its order.
    ///
    /// # Examples
    ///
    /// ```
    /// use vox_cabi::{plan, Abi, FunctionType, Parameter, Returned, Slot, Words};
    ///
    /// let len = FunctionType::new(&[Parameter::Aggregate(Words::Two)], Returned::Word);
    /// let copy = Slot::CopyPointer { parameter: 0 };
    /// assert_eq!(plan(Abi::S390x, &len).slots(), [copy]);
    /// let words = [0, 1].map(|word| Slot::Word { parameter: 0, word });
    /// assert_eq!(plan(Abi::Riscv64, &len).slots(), words);
    /// ```
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// The number of words on the stack.
    ///
    /// # Examples
    ///
    /// ```
    /// use vox_cabi::{plan, Abi, FunctionType, Parameter, Returned, Words};
    ///
    /// let len = FunctionType::new(&[Parameter::Aggregate(Words::Two)], Returned::Word);
    /// assert_eq!(plan(Abi::X86_64SystemV, &len).stack_words(), 0);
    /// let large = FunctionType::new(&[Parameter::Aggregate(Words::Three)], Returned::Word);
    /// assert_eq!(plan(Abi::X86_64SystemV, &large).stack_words(), 3);
    /// ```
    pub fn stack_words(&self) -> usize {
        self.stack_words
    }
}

fn plan_return(rules: &Rules, returned: Returned) -> ReturnPlan {
    match returned {
        Returned::Void => ReturnPlan::Void,
        Returned::Bool => ReturnPlan::Byte,
        Returned::Word | Returned::Pointer => ReturnPlan::Registers(1),
        Returned::Aggregate(words) if words.count() <= rules.returned_words => {
            ReturnPlan::Registers(words.count())
        }
        Returned::Aggregate(words) => ReturnPlan::Memory {
            words,
            pointer: match rules.return_pointer {
                ReturnPointer::FirstArgument => HiddenPointer::FirstArgument,
                ReturnPointer::Dedicated(register) => HiddenPointer::Dedicated(register),
            },
        },
    }
}

/// Hands out places to parameters, in C order.
struct Places {
    rules: &'static Rules,
    next_register: usize,
    next_stack_word: usize,
}

impl Places {
    fn new(rules: &'static Rules, return_plan: ReturnPlan) -> Self {
        Places {
            rules,
            next_register: leading_registers(return_plan),
            next_stack_word: 0,
        }
    }

    fn pass(&mut self, parameter: Parameter) -> Passing {
        match parameter {
            Parameter::Word | Parameter::Pointer => Passing::Words(vec![self.next_word()]),
            Parameter::Aggregate(words) if words.count() <= self.rules.direct_words => {
                Passing::Words(self.pass_direct(words))
            }
            Parameter::Aggregate(words) => match self.rules.large {
                Large::OnStack => Passing::Words(self.next_stack_words(words)),
                Large::PointerToCopy => Passing::Copy {
                    words,
                    pointer: self.next_word(),
                },
            },
        }
    }

    /// An aggregate that travels in registers if enough of them are left.
    fn pass_direct(&mut self, words: Words) -> Vec<Place> {
        if words.count() <= self.registers_left() {
            return self.next_words(words);
        }
        match self.rules.when_short {
            WhenShort::Split => self.next_words(words),
            WhenShort::StackKeepsRegister => self.next_stack_words(words),
            WhenShort::StackClosesRegisters => {
                self.next_register = self.rules.argument_registers.len();
                self.next_stack_words(words)
            }
        }
    }

    fn registers_left(&self) -> usize {
        self.rules.argument_registers.len() - self.next_register
    }

    fn next_words(&mut self, words: Words) -> Vec<Place> {
        (0..words.count()).map(|_| self.next_word()).collect()
    }

    fn next_stack_words(&mut self, words: Words) -> Vec<Place> {
        (0..words.count()).map(|_| self.next_stack_word()).collect()
    }

    fn next_word(&mut self) -> Place {
        if self.registers_left() == 0 {
            return self.next_stack_word();
        }
        let register = self.next_register;
        self.next_register += 1;
        Place::Register(register)
    }

    fn next_stack_word(&mut self) -> Place {
        let word = self.next_stack_word;
        self.next_stack_word += 1;
        Place::Stack(word)
    }
}

/// The number of argument registers taken before the first parameter.
fn leading_registers(return_plan: ReturnPlan) -> usize {
    match return_plan {
        ReturnPlan::Memory {
            pointer: HiddenPointer::FirstArgument,
            ..
        } => 1,
        _ => 0,
    }
}

fn order_slots(rules: &Rules, return_plan: ReturnPlan, passing: &[Passing]) -> Vec<Slot> {
    let mut in_registers = Vec::new();
    let mut on_stack = Vec::new();
    let mut add = |place: Place, slot: Slot| match place {
        Place::Register(_) => in_registers.push(slot),
        Place::Stack(_) => on_stack.push(slot),
    };
    for (parameter, passing) in passing.iter().enumerate() {
        match passing {
            Passing::Words(places) => {
                for (word, place) in places.iter().enumerate() {
                    add(*place, Slot::Word { parameter, word });
                }
            }
            Passing::Copy { pointer, .. } => add(*pointer, Slot::CopyPointer { parameter }),
        }
    }
    // Registers and stack words are both handed out in ascending order, so C
    // order is also the order of either list, and the registers that stay
    // unused are the last ones.
    let used = leading_registers(return_plan) + in_registers.len();
    let unused = rules.argument_registers.len() - used;
    let mut slots = Vec::new();
    if matches!(return_plan, ReturnPlan::Memory { .. }) {
        slots.push(Slot::ReturnPointer);
    }
    slots.append(&mut in_registers);
    if !on_stack.is_empty() {
        slots.extend(std::iter::repeat_n(Slot::Padding, unused));
    }
    slots.append(&mut on_stack);
    slots
}

#[cfg(test)]
mod tests;
