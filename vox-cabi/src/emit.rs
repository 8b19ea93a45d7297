//! Planned calls as Cranelift IR, by order-and-pad.
//!
//! Cranelift has no aggregates, but it gives plain `i64` parameters the next
//! free register, else the next stack word. So a call is emitted with `i64`
//! parameters only, in the order of [`CallPlan::slots`], which puts every word
//! where the C ABI wants it. The one special parameter is `StructReturn` for a
//! result in memory, which every backend places correctly.
//!
//! Two things that look like they should help are not used.
//! `ArgumentPurpose::StructArgument` is a copy to the stack on x86-64, which
//! is not what Windows wants, and refused elsewhere. `I128` in place of an
//! aggregate of two words is aligned to even registers on AArch64.
//!
//! The stack slots for copies and results are in `emit/pool.rs`.

mod pool;

use cranelift_codegen::ir::{
    AbiParam, ArgumentPurpose, InstBuilder, SigRef, Signature, Value, types,
};
use cranelift_frontend::FunctionBuilder;

use crate::abi::Abi;
use crate::function::{FunctionType, Parameter};
use crate::plan::{CallPlan, Passing, ReturnPlan, Slot, plan};
use pool::SlotPool;

/// Emits calls into one Cranelift function.
///
/// It imports each signature once and shares stack slots between calls, so one
/// emitter serves one function: make a new one for the next. The convention of
/// the calling function does not matter and may differ from the callees'.
///
/// # Example
///
/// ```
/// use cranelift_codegen::ir::{types, AbiParam, Function, InstBuilder, Signature, UserFuncName};
/// use cranelift_codegen::{isa, settings};
/// use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
/// use vox_cabi::{Abi, Emitter, FunctionType, Parameter, Returned, Words};
///
/// // `bool is_some(struct { void *address; size_t metadata; } option)`
/// const IS_SOME: FunctionType<'_> =
///     FunctionType::new(&[Parameter::Aggregate(Words::Two)], Returned::Bool);
///
/// let flags = settings::Flags::new(settings::builder());
/// let isa = isa::lookup_by_name("x86_64-unknown-linux-gnu")?.finish(flags)?;
/// let mut signature = Signature::new(isa.default_call_conv());
/// signature.params.push(AbiParam::new(types::I64));
/// signature.returns.push(AbiParam::new(types::I64));
/// let mut function = Function::with_name_signature(UserFuncName::default(), signature);
/// let mut context = FunctionBuilderContext::new();
/// let mut builder = FunctionBuilder::new(&mut function, &mut context);
/// let block = builder.create_block();
/// builder.append_block_params_for_function_params(block);
/// builder.switch_to_block(block);
/// builder.seal_block(block);
///
/// // A System V function that calls a Windows function at 0x1000.
/// let mut emitter = Emitter::new(Abi::X86_64Windows);
/// let address = builder.block_params(block)[0];
/// let metadata = builder.ins().iconst(types::I64, 0);
/// let results = emitter.call(&mut builder, &IS_SOME, 0x1000, &[&[address, metadata]]);
/// let is_some = builder.ins().uextend(types::I64, results.byte());
/// builder.ins().return_(&[is_some]);
/// builder.finalize(isa.frontend_config());
///
/// let text = function.display().to_string();
/// assert!(text.contains("sig0 = (i64) -> i8 windows_fastcall"), "{text}");
/// assert!(text.contains("explicit_slot 16, align = 16"), "{text}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Emitter {
    abi: Abi,
    planned: Vec<(CallPlan, SigRef)>,
    pool: SlotPool,
}

/// What an emitted call returns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Results {
    /// Nothing.
    Void,
    /// A `bool`, as an `I8`. The bits above the low eight of the register are
    /// whatever the callee left there, so nothing may be assumed of them:
    /// compare, branch on, or extend the `I8`, never a wider reinterpretation.
    Byte(Value),
    /// The words of the result, each an `I64`, in memory order.
    Words(Vec<Value>),
}

impl Results {
    /// The `I8` of a `bool` result.
    ///
    /// # Panics
    ///
    /// If the result is something else.
    ///
    /// # Examples
    ///
    /// ```
    /// use cranelift_codegen::ir::Value;
    ///
    /// let value = Value::from_u32(7);
    /// assert_eq!(vox_cabi::Results::Byte(value).byte(), value);
    /// ```
    #[track_caller]
    pub fn byte(&self) -> Value {
        match self {
            Results::Byte(value) => *value,
            other => panic!("a call that returns a bool was expected, not {other:?}"),
        }
    }

    /// The only word of the result.
    ///
    /// # Panics
    ///
    /// If the result is something else.
    ///
    /// # Examples
    ///
    /// ```
    /// use cranelift_codegen::ir::Value;
    ///
    /// let value = Value::from_u32(7);
    /// assert_eq!(vox_cabi::Results::Words(vec![value]).word(), value);
    /// ```
    #[track_caller]
    pub fn word(&self) -> Value {
        match self {
            Results::Words(words) if words.len() == 1 => words[0],
            other => panic!("a call that returns one word was expected, not {other:?}"),
        }
    }

    /// The words of the result; none if it is void or a `bool`.
    ///
    /// # Examples
    ///
    /// ```
    /// use cranelift_codegen::ir::Value;
    /// use vox_cabi::Results;
    ///
    /// let words = [7, 8].map(Value::from_u32);
    /// assert_eq!(Results::Words(words.to_vec()).words(), words);
    /// assert!(Results::Void.words().is_empty());
    /// ```
    pub fn words(&self) -> &[Value] {
        match self {
            Results::Words(words) => words,
            Results::Void | Results::Byte(_) => &[],
        }
    }
}

/// The Cranelift signature of functions called by `plan`. It is an artifact of
/// order-and-pad: its parameters are [`CallPlan::slots`].
///
/// # Examples
///
/// ```
/// use cranelift_codegen::ir::ArgumentPurpose;
/// use vox_cabi::{plan, signature, Abi, FunctionType, Parameter, Returned, Words};
///
/// let borrow = FunctionType::new(
///     &[Parameter::Aggregate(Words::Two)],
///     Returned::Aggregate(Words::Two),
/// );
/// // Two words in, two out, in registers.
/// let linux = signature(&plan(Abi::X86_64SystemV, &borrow));
/// assert_eq!((linux.params.len(), linux.returns.len()), (2, 2));
/// // A pointer to where the result goes, and one to a copy of the argument.
/// let windows = signature(&plan(Abi::X86_64Windows, &borrow));
/// assert_eq!((windows.params.len(), windows.returns.len()), (2, 0));
/// assert_eq!(windows.params[0].purpose, ArgumentPurpose::StructReturn);
/// ```
pub fn signature(plan: &CallPlan) -> Signature {
    let mut signature = Signature::new(plan.abi().call_conv());
    for slot in plan.slots() {
        signature.params.push(match slot {
            Slot::ReturnPointer => AbiParam::special(types::I64, ArgumentPurpose::StructReturn),
            Slot::Word { .. } | Slot::CopyPointer { .. } | Slot::Padding => {
                AbiParam::new(types::I64)
            }
        });
    }
    match plan.return_plan() {
        ReturnPlan::Void | ReturnPlan::Memory { .. } => {}
        // No extension is asked for: what callees do to the upper bits differs
        // from what the ABI documents say, so nobody may look at them.
        ReturnPlan::Byte => signature.returns.push(AbiParam::new(types::I8)),
        ReturnPlan::Registers(count) => signature
            .returns
            .extend(std::iter::repeat_n(AbiParam::new(types::I64), count)),
    }
    signature
}

impl Emitter {
    /// An emitter for one function, for callees that follow `abi`.
    ///
    /// # Examples
    ///
    /// ```
    /// let emitter = vox_cabi::Emitter::new(vox_cabi::Abi::Riscv64);
    /// assert_eq!(emitter.abi(), vox_cabi::Abi::Riscv64);
    /// ```
    pub fn new(abi: Abi) -> Self {
        Emitter {
            abi,
            planned: Vec::new(),
            pool: SlotPool::default(),
        }
    }

    /// The ABI of the callees.
    ///
    /// # Examples
    ///
    /// ```
    /// // The callees', whatever platform the code around them is for.
    /// assert_eq!(vox_cabi::Emitter::new(vox_cabi::Abi::S390x).abi(), vox_cabi::Abi::S390x);
    /// ```
    pub fn abi(&self) -> Abi {
        self.abi
    }

    /// Emits a call of the function at a constant address.
    ///
    /// `arguments` has an entry for each parameter, with as many `I64` values
    /// as the parameter has words, in memory order.
    ///
    /// # Panics
    ///
    /// If the number of arguments, of words of one argument, or the type of a
    /// word is not what `function` says.
    ///
    /// # Examples
    ///
    /// ```
    /// # use cranelift_codegen::ir::{types, Function, InstBuilder, Signature, UserFuncName};
    /// # use cranelift_codegen::isa::CallConv;
    /// # use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
    /// use vox_cabi::{Abi, Emitter, FunctionType, Parameter, Returned, Words};
    ///
    /// # let signature = Signature::new(CallConv::SystemV);
    /// # let mut function = Function::with_name_signature(UserFuncName::default(), signature);
    /// # let mut context = FunctionBuilderContext::new();
    /// # let mut builder = FunctionBuilder::new(&mut function, &mut context);
    /// # let block = builder.create_block();
    /// # builder.switch_to_block(block);
    /// # builder.seal_block(block);
    /// // `builder` is that of a function under construction, in a block.
    /// let len = FunctionType::new(&[Parameter::Aggregate(Words::Two)], Returned::Word);
    /// let list = [0x2000, 0].map(|word| builder.ins().iconst(types::I64, word));
    /// let mut emitter = Emitter::new(Abi::Aarch64);
    /// let results = emitter.call(&mut builder, &len, 0x1000, &[&list]);
    /// assert_eq!(builder.func.dfg.value_type(results.word()), types::I64);
    /// ```
    #[track_caller]
    pub fn call(
        &mut self,
        builder: &mut FunctionBuilder<'_>,
        function: &FunctionType<'_>,
        address: u64,
        arguments: &[&[Value]],
    ) -> Results {
        let callee = builder.ins().iconst(types::I64, address.cast_signed());
        self.call_value(builder, function, callee, arguments)
    }

    /// Emits a call of the function whose address is the `I64` value `callee`.
    ///
    /// # Panics
    ///
    /// As [`Emitter::call`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use cranelift_codegen::ir::{types, Function, InstBuilder, Signature, UserFuncName};
    /// # use cranelift_codegen::isa::CallConv;
    /// # use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
    /// use vox_cabi::{Abi, Emitter, FunctionType, Parameter, Returned, Words};
    ///
    /// # let signature = Signature::new(CallConv::SystemV);
    /// # let mut function = Function::with_name_signature(UserFuncName::default(), signature);
    /// # let mut context = FunctionBuilderContext::new();
    /// # let mut builder = FunctionBuilder::new(&mut function, &mut context);
    /// # let block = builder.create_block();
    /// # builder.switch_to_block(block);
    /// # builder.seal_block(block);
    /// // `builder` is that of a function under construction, in a block.
    /// let free = FunctionType::new(&[Parameter::Pointer], Returned::Void);
    /// let callee = builder.ins().iconst(types::I64, 0x1000);
    /// let argument = builder.ins().iconst(types::I64, 0x2000);
    /// let mut emitter = Emitter::new(Abi::Aarch64);
    /// let results = emitter.call_value(&mut builder, &free, callee, &[&[argument]]);
    /// assert!(results.words().is_empty());
    /// ```
    #[track_caller]
    pub fn call_value(
        &mut self,
        builder: &mut FunctionBuilder<'_>,
        function: &FunctionType<'_>,
        callee: Value,
        arguments: &[&[Value]],
    ) -> Results {
        check_arguments(builder, function.parameters, arguments);
        let idx = self.import(builder, function);
        let (plan, signature) = &self.planned[idx];
        let mut slots = self.pool.start_call();
        let mut values = Vec::with_capacity(plan.slots().len());
        let mut result_slot = None;
        for slot in plan.slots() {
            values.push(match (*slot, plan.return_plan()) {
                (Slot::ReturnPointer, ReturnPlan::Memory { words, .. }) => {
                    let memory = slots.result(builder, words);
                    result_slot = Some((memory, words));
                    builder.ins().stack_addr(types::I64, memory, 0)
                }
                (Slot::ReturnPointer, _) => unreachable!("planned for results in memory only"),
                (Slot::Word { parameter, word }, _) => arguments[parameter][word],
                (Slot::CopyPointer { parameter }, _) => {
                    let Passing::Copy { words, .. } = plan.passing()[parameter] else {
                        unreachable!("planned for copied parameters only");
                    };
                    let copy = slots.copy(builder, words);
                    pool::store_words(builder, copy, arguments[parameter])
                }
                (Slot::Padding, _) => builder.ins().iconst(types::I64, 0),
            });
        }
        let call = builder.ins().call_indirect(*signature, callee, &values);
        match (plan.return_plan(), result_slot) {
            (ReturnPlan::Void, _) => Results::Void,
            (ReturnPlan::Byte, _) => Results::Byte(builder.inst_results(call)[0]),
            (ReturnPlan::Registers(_), _) => Results::Words(builder.inst_results(call).to_vec()),
            (ReturnPlan::Memory { .. }, Some((memory, words))) => {
                Results::Words(pool::load_words(builder, memory, words))
            }
            (ReturnPlan::Memory { .. }, None) => unreachable!("the first slot is its pointer"),
        }
    }

    /// The byte at `offset_bytes` of an aggregate whose words a call returned,
    /// as an `I8`.
    ///
    /// This is how a narrow field is read: the third field of
    /// `{usize, usize, bool}` is the byte at offset 16. The word around it may
    /// be padding, and which of its bits are the byte depends on byte order.
    ///
    /// # Panics
    ///
    /// If the offset is outside the words.
    ///
    /// # Examples
    ///
    /// ```
    /// # use cranelift_codegen::ir::{types, Function, InstBuilder, Signature, UserFuncName};
    /// # use cranelift_codegen::isa::CallConv;
    /// # use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
    /// use vox_cabi::{Abi, Emitter, FunctionType, Parameter, Returned, Words};
    ///
    /// # let signature = Signature::new(CallConv::SystemV);
    /// # let mut function = Function::with_name_signature(UserFuncName::default(), signature);
    /// # let mut context = FunctionBuilderContext::new();
    /// # let mut builder = FunctionBuilder::new(&mut function, &mut context);
    /// # let block = builder.create_block();
    /// # builder.switch_to_block(block);
    /// # builder.seal_block(block);
    /// // `builder` is that of a function under construction, in a block.
    /// // `{usize, usize, bool}`
    /// let next = FunctionType::new(&[Parameter::Pointer], Returned::Aggregate(Words::Three));
    /// let iterator = builder.ins().iconst(types::I64, 0x2000);
    /// let mut emitter = Emitter::new(Abi::Aarch64);
    /// let results = emitter.call(&mut builder, &next, 0x1000, &[&[iterator]]);
    /// let has_more = emitter.byte_at(&mut builder, results.words(), 16);
    /// assert_eq!(builder.func.dfg.value_type(has_more), types::I8);
    /// ```
    #[track_caller]
    pub fn byte_at(
        &self,
        builder: &mut FunctionBuilder<'_>,
        words: &[Value],
        offset_bytes: usize,
    ) -> Value {
        let word = words[offset_bytes / 8];
        let byte = offset_bytes % 8;
        let shift_bytes = if self.abi.is_big_endian() {
            7 - byte
        } else {
            byte
        };
        let shifted = match i64::try_from(shift_bytes * 8) {
            Ok(0) | Err(_) => word,
            Ok(bits) => builder.ins().ushr_imm_u(word, bits),
        };
        builder.ins().ireduce(types::I8, shifted)
    }

    /// The index of the plan and imported signature for `function`.
    fn import(&mut self, builder: &mut FunctionBuilder<'_>, function: &FunctionType<'_>) -> usize {
        // A function has a handful of different callee types; searching beats
        // hashing them.
        let known = self
            .planned
            .iter()
            .position(|(plan, _)| plan.function() == *function);
        known.unwrap_or_else(|| {
            let plan = plan(self.abi, function);
            let signature = builder.import_signature(signature(&plan));
            self.planned.push((plan, signature));
            self.planned.len() - 1
        })
    }
}

#[track_caller]
fn check_arguments(
    builder: &FunctionBuilder<'_>,
    parameters: &[Parameter],
    arguments: &[&[Value]],
) {
    assert_eq!(
        arguments.len(),
        parameters.len(),
        "one argument for each parameter"
    );
    for (idx, (parameter, words)) in parameters.iter().zip(arguments).enumerate() {
        assert_eq!(
            words.len(),
            parameter.word_count(),
            "words of argument {idx}, {parameter}"
        );
        for word in *words {
            let ty = builder.func.dfg.value_type(*word);
            assert_eq!(ty, types::I64, "type of a word of argument {idx}");
        }
    }
}
