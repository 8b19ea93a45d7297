//! Machine code that calls one function, on the host.
//!
//! A thunk loads argument words from memory, makes the call a number of times,
//! and stores the result words. Usually it is twice, because the second call
//! shares the stack slots of the first, which the callee may have overwritten.
//! Six more words are loaded
//! before the calls and stored after them; they live in registers or spill
//! slots meanwhile, so a call that damages either is noticed.

use cranelift_codegen::ir::{AbiParam, InstBuilder, MemFlagsData, Signature, Value, types};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use cranelift_jit::{JITBuilder, JITModule};
use cranelift_module::{Linkage, Module};
use vox_cabi::{Abi, Emitter, FunctionType, Results, Returned};

/// Most words a result can have.
pub(crate) const RESULT_WORDS: usize = 4;
/// Words that must survive the calls.
const LIVE_WORDS: usize = 6;
/// How often a thunk usually makes its call.
pub(crate) const CALLS: usize = 2;

/// What a model of calling does: emits one call, returns the result's words.
pub(crate) type Model<'a> = dyn FnMut(&mut FunctionBuilder<'_>, &[&[Value]]) -> Vec<Value> + 'a;

/// The ABIs of the host that tests can declare callees for. On x86-64 these
/// are two on every operating system.
pub(crate) fn host_abis() -> Vec<Abi> {
    if cfg!(target_arch = "x86_64") {
        vec![Abi::X86_64SystemV, Abi::X86_64Windows]
    } else {
        Abi::native().into_iter().collect()
    }
}

/// A compiled thunk.
pub(crate) struct Thunk {
    caller: Abi,
    entry: *const u8,
    argument_words: usize,
    calls: usize,
    module: Option<JITModule>,
}

impl Thunk {
    /// A function of `caller`'s convention that makes planned calls by
    /// `callee`'s.
    pub(crate) fn planned(
        caller: Abi,
        callee: Abi,
        function: &FunctionType<'_>,
        address: u64,
        calls: usize,
    ) -> Thunk {
        let mut emitter = Emitter::new(callee);
        Thunk::with_model(caller, function, calls, &mut |builder, arguments| {
            let results = emitter.call(builder, function, address, arguments);
            match results {
                Results::Byte(byte) => vec![builder.ins().uextend(types::I64, byte)],
                other => other.words().to_vec(),
            }
        })
    }

    /// As [`Thunk::planned`], with any model of calling.
    pub(crate) fn with_model(
        caller: Abi,
        function: &FunctionType<'_>,
        calls: usize,
        model: &mut Model<'_>,
    ) -> Thunk {
        let flags = [("enable_verifier", "true"), ("opt_level", "speed")];
        let builder = JITBuilder::with_flags(&flags, cranelift_module::default_libcall_names())
            .expect("Cranelift generates code for the host");
        let mut module = JITModule::new(builder);
        let mut context = module.make_context();
        context.func.signature = Signature::new(caller.call_conv());
        context.func.signature.params = vec![AbiParam::new(types::I64); 2];
        let counts: Vec<usize> = function.parameters.iter().map(|p| p.word_count()).collect();

        let mut builder_context = FunctionBuilderContext::new();
        let mut builder = FunctionBuilder::new(&mut context.func, &mut builder_context);
        emit_thunk(&mut builder, &counts, calls, model);
        builder.finalize(module.target_config());

        let id = module
            .declare_function("thunk", Linkage::Local, &context.func.signature)
            .expect("the only function of the module");
        module
            .define_function(id, &mut context)
            .unwrap_or_else(|error| panic!("{error:?}\n{}", context.func.display()));
        module.finalize_definitions().expect("memory for the code");
        Thunk {
            caller,
            entry: module.get_finalized_function(id),
            argument_words: counts.iter().sum(),
            calls,
            module: Some(module),
        }
    }

    /// The address of the thunk: a function of the caller's convention that
    /// takes a pointer to argument words, followed by [`LIVE_WORDS`] more, and
    /// a pointer to memory for [`RESULT_WORDS`] words of each call and the
    /// live words.
    #[cfg(target_arch = "x86_64")]
    pub(crate) fn entry(&self) -> *const u8 {
        self.entry
    }

    /// Runs the thunk on argument words in C order and returns the result
    /// words of each call.
    ///
    /// # Safety
    ///
    /// The callee can be called with these arguments as often as the thunk
    /// does, and the model the thunk was made with calls it correctly (or the
    /// process is one whose death is expected).
    pub(crate) unsafe fn run(&self, words: &[u64]) -> Vec<[u64; RESULT_WORDS]> {
        assert_eq!(words.len(), self.argument_words);
        let live: [u64; LIVE_WORDS] = [!0, 0x11, 0x2222, 0x3333_3333, 1 << 63, 0x55aa];
        let input: Vec<u64> = words.iter().chain(&live).copied().collect();
        let result_words = self.calls * RESULT_WORDS;
        let mut output = vec![0xfeed_u64; result_words + LIVE_WORDS];
        // SAFETY: the thunk reads `argument_words` and six more words, and
        // writes at most the words `output` has; the rest is promised by the
        // caller.
        unsafe { enter(self.caller, self.entry, input.as_ptr(), output.as_mut_ptr()) };
        let (results, kept) = output.split_at(result_words);
        assert_eq!(kept, live, "words live across the calls");
        let results = results.chunks(RESULT_WORDS);
        results
            .map(|words| words.try_into().expect("chunks of that many words"))
            .collect()
    }
}

impl Drop for Thunk {
    fn drop(&mut self) {
        if let Some(module) = self.module.take() {
            // SAFETY: the entry is private to the thunk, and nothing runs it
            // any more.
            unsafe { module.free_memory() };
        }
    }
}

/// Runs planned calls of a function that returns `function.returned` and
/// checks that both calls gave the same.
///
/// # Safety
///
/// As [`Thunk::run`].
pub(crate) unsafe fn call_twice(
    caller: Abi,
    callee: Abi,
    function: &FunctionType<'_>,
    address: u64,
    words: &[u64],
) -> Vec<u64> {
    let thunk = Thunk::planned(caller, callee, function, address, CALLS);
    // SAFETY: promised by the caller; planned calls are correct.
    let results = unsafe { thunk.run(words) };
    assert_eq!(results[0], results[1], "both calls of {function}");
    results[0][..result_words(function.returned)].to_vec()
}

/// How many words of a thunk's results a result of this type takes.
pub(crate) fn result_words(returned: Returned) -> usize {
    match returned {
        Returned::Void => 0,
        Returned::Aggregate(words) => words.count(),
        _ => 1,
    }
}

fn emit_thunk(
    builder: &mut FunctionBuilder<'_>,
    counts: &[usize],
    calls: usize,
    model: &mut Model<'_>,
) {
    let block = builder.create_block();
    builder.append_block_params_for_function_params(block);
    builder.switch_to_block(block);
    builder.seal_block(block);
    let [input, output] = builder.block_params(block).try_into().expect("two words");

    let mut offsets = (0..).step_by(8);
    let arguments: Vec<Vec<Value>> = counts
        .iter()
        .map(|count| {
            let offsets = offsets.by_ref().take(*count);
            offsets.map(|offset| load(builder, input, offset)).collect()
        })
        .collect();
    let arguments: Vec<&[Value]> = arguments.iter().map(Vec::as_slice).collect();
    let live: Vec<Value> = offsets
        .take(LIVE_WORDS)
        .map(|offset| load(builder, input, offset))
        .collect();

    let mut offsets = (0..).step_by(8);
    for _ in 0..calls {
        let results = model(builder, &arguments);
        assert!(results.len() <= RESULT_WORDS);
        let offsets = offsets.by_ref().take(RESULT_WORDS);
        for (offset, result) in offsets.collect::<Vec<i32>>().into_iter().zip(results) {
            builder
                .ins()
                .store(MemFlagsData::new(), result, output, offset);
        }
    }
    for (word, offset) in live.into_iter().zip(offsets) {
        builder
            .ins()
            .store(MemFlagsData::new(), word, output, offset);
    }
    builder.ins().return_(&[]);
}

fn load(builder: &mut FunctionBuilder<'_>, base: Value, offset: i32) -> Value {
    builder
        .ins()
        .load(types::I64, MemFlagsData::new(), base, offset)
}

/// Calls a thunk by its own convention.
///
/// # Safety
///
/// `entry` is a function of `abi` that takes two pointers, and may be called
/// with these.
#[cfg(target_arch = "x86_64")]
unsafe fn enter(abi: Abi, entry: *const u8, input: *const u64, output: *mut u64) {
    type SystemV = unsafe extern "sysv64" fn(*const u64, *mut u64);
    type Windows = unsafe extern "win64" fn(*const u64, *mut u64);
    match abi {
        Abi::X86_64SystemV => {
            // SAFETY: promised by the caller.
            unsafe { std::mem::transmute::<*const u8, SystemV>(entry)(input, output) }
        }
        Abi::X86_64Windows => {
            // SAFETY: promised by the caller.
            unsafe { std::mem::transmute::<*const u8, Windows>(entry)(input, output) }
        }
        other => panic!("{other} is not an ABI of this host"),
    }
}

/// Calls a thunk by its own convention.
///
/// # Safety
///
/// `entry` is a function of `abi` that takes two pointers, and may be called
/// with these.
#[cfg(not(target_arch = "x86_64"))]
unsafe fn enter(abi: Abi, entry: *const u8, input: *const u64, output: *mut u64) {
    type Native = unsafe extern "C" fn(*const u64, *mut u64);
    assert_eq!(Some(abi), Abi::native(), "the only ABI of this host");
    // SAFETY: promised by the caller.
    unsafe { std::mem::transmute::<*const u8, Native>(entry)(input, output) }
}
