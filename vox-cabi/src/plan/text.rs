//! The text form of a call plan: what people review in the golden files.
//!
//! ```text
//! x86-64 Windows: fn(aggregate 2, word) -> aggregate 2
//!   0 copy of 2 in rdx
//!   1 r8
//!   returns 2 in memory, pointer in rcx
//!   slots return copy0 1.0
//! ```
//!
//! `stack+1` is the second word of the argument area; `1.0` is word 0 of
//! parameter 1; `pad` is a register left unused.

use core::fmt;

use super::{CallPlan, HiddenPointer, Passing, Place, ReturnPlan, Slot};

impl CallPlan {
    fn write_place(&self, f: &mut fmt::Formatter<'_>, place: Place) -> fmt::Result {
        match place {
            Place::Register(idx) => f.write_str(self.abi.argument_registers()[idx]),
            Place::Stack(word) => write!(f, "stack+{word}"),
        }
    }

    fn write_passing(&self, f: &mut fmt::Formatter<'_>, passing: &Passing) -> fmt::Result {
        match passing {
            Passing::Words(places) => {
                for (idx, place) in places.iter().enumerate() {
                    if idx > 0 {
                        f.write_str(" ")?;
                    }
                    self.write_place(f, *place)?;
                }
                Ok(())
            }
            Passing::Copy { words, pointer } => {
                write!(f, "copy of {} in ", words.count())?;
                self.write_place(f, *pointer)
            }
        }
    }

    fn write_return(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let registers = self.abi.result_registers();
        match self.return_plan {
            ReturnPlan::Void => f.write_str("returns nothing"),
            ReturnPlan::Byte => write!(f, "returns the low byte of {}", registers[0]),
            ReturnPlan::Registers(count) => {
                f.write_str("returns")?;
                for register in &registers[..count] {
                    write!(f, " {register}")?;
                }
                Ok(())
            }
            ReturnPlan::Memory { words, pointer } => {
                let register = match pointer {
                    HiddenPointer::FirstArgument => self.abi.argument_registers()[0],
                    HiddenPointer::Dedicated(register) => register,
                };
                let count = words.count();
                write!(f, "returns {count} in memory, pointer in {register}")
            }
        }
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Slot::ReturnPointer => f.write_str("return"),
            Slot::Word { parameter, word } => write!(f, "{parameter}.{word}"),
            Slot::CopyPointer { parameter } => write!(f, "copy{parameter}"),
            Slot::Padding => f.write_str("pad"),
        }
    }
}

impl fmt::Display for CallPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.abi, self.function())?;
        for (idx, passing) in self.passing.iter().enumerate() {
            write!(f, "  {idx} ")?;
            self.write_passing(f, passing)?;
            writeln!(f)?;
        }
        f.write_str("  ")?;
        self.write_return(f)?;
        f.write_str("\n  slots")?;
        for slot in &self.slots {
            write!(f, " {slot}")?;
        }
        writeln!(f)
    }
}
