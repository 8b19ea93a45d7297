//! Stubs: what every program does now and then, generated once per compiler.
//!
//! A call in the ordinary convention spoils half the registers, also when it is hardly ever made: what
//! lives across it lives in memory. So the slow paths of hot code (growth, very long strings) call stubs in a convention that preserves all
//! registers (but on riscv64, see `convention`). It has no return values; arguments and the result pass through
//! [`EncodeCx::exchange`].
//!
//! Some routines of the processor are called in the same convention, with arguments in registers: they keep all registers by themselves.
//!
//! Not here: when a stub is called. Other calls that happen every time, of vtable functions and of routines for
//! whole lists, are ordinary ones.

use cranelift_codegen::ir::{AbiParam, Function, InstBuilder, Signature, Value, types};
use cranelift_codegen::isa::{CallConv, TargetIsa};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use target_lexicon::Architecture;
use vox_core::cx::{Constants, EncodeCx};
use vox_core::entry::WriteCharFn;

use super::emitter::Emitter;
use super::entry_signature;
use super::runtime;

/// What a stub does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stub {
    /// (cursor, spare bytes wanted) to the cursor, or null: makes room.
    Grow,
    /// (cursor, address, length, spare bytes wanted) to the end, or null: writes a length and
    /// that many bytes.
    Bytes,
    /// (word, word, function) to nothing: calls a function of ours with the state and
    /// up to two words. For failures and what is told of them.
    Call,
}

impl Stub {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::Grow, Self::Bytes, Self::Call];

    fn name(self) -> &'static str {
        match self {
            Self::Grow => "STUB_GROW",
            Self::Bytes => "STUB_BYTES",
            Self::Call => "STUB_CALL",
        }
    }

    fn position(self) -> usize {
        match self {
            Self::Grow => 0,
            Self::Bytes => 1,
            Self::Call => 2,
        }
    }
}

/// Where the stubs are.
#[derive(Debug, Clone, Copy)]
pub struct Stubs([*const (); Stub::ALL.len()]);

// SAFETY: addresses of code, which any thread may run (A14).
unsafe impl Send for Stubs {}
// SAFETY: as above.
unsafe impl Sync for Stubs {}

impl Stubs {
    /// For code that is never run.
    pub(crate) const NOWHERE: Self = Self([core::ptr::null(); Stub::ALL.len()]);

    /// The stubs at these addresses, in the order of [`Stub::ALL`].
    pub(crate) fn new(addresses: [*const (); Stub::ALL.len()]) -> Self {
        Self(addresses)
    }
}

/// Preserves all registers, but on riscv64: there it would save vector registers, and some systems report that extension for processors with
/// an older, incompatible one. Nothing else that is emitted has vectors there, and stubs are called like everybody else.
fn convention(isa: &dyn TargetIsa) -> CallConv {
    match isa.triple().architecture {
        Architecture::Riscv64(_) => isa.default_call_conv(),
        _ => CallConv::PreserveAll,
    }
}

/// The signature of all stubs: the state in, nothing out.
fn signature(isa: &dyn TargetIsa) -> Signature {
    words_in(isa, 1)
}

/// The signature of what preserves all registers: words in, nothing out.
fn words_in(isa: &dyn TargetIsa, words: usize) -> Signature {
    let mut signature = Signature::new(convention(isa));
    signature.params = vec![AbiParam::new(types::I64); words];
    signature
}

fn exchange(word: usize) -> i32 {
    let offset = core::mem::offset_of!(EncodeCx, exchange) + word * size_of::<u64>();
    i32::try_from(offset).expect("the state of an encode is small")
}

impl Emitter<'_, '_> {
    /// Calls a stub and answers its result.
    pub(super) fn call_stub(&mut self, stub: Stub, arguments: &[Value]) -> Value {
        self.put_arguments(arguments);
        let callee = self.address_of_stub(stub);
        self.call_preserving(callee, &[self.cx]);
        self.exchanged()
    }

    /// Writes a length and that many bytes, and answers the end, or null: by [`Stub::Bytes`], or by a routine of
    /// the processor that is faster, and goes on at the stub where it cannot.
    pub(super) fn call_bytes(&mut self, arguments: [Value; 4]) -> Value {
        let routine = self.program.linkage.kernels.write_long;
        let Some(routine) = routine.filter(|_| self.options.processor_routines) else {
            return self.call_stub(Stub::Bytes, &arguments);
        };
        self.put_arguments(&arguments);
        let otherwise = self.address_of_stub(Stub::Bytes);
        let callee = self.address_of("WRITE_LONG", runtime::write_long(routine));
        self.call_preserving(callee, &[self.cx, otherwise]);
        self.exchanged()
    }

    /// Calls the routine that writes a character, and answers the end. It is no stub of ours, but preserves all registers as they do; the state
    /// is its first parameter so that it stays in the register it is in.
    pub(super) fn call_write_char(
        &mut self,
        routine: WriteCharFn,
        code: Value,
        out: Value,
    ) -> Value {
        let callee = self.address_of("WRITE_CHAR", runtime::write_char(routine));
        self.call_preserving(callee, &[self.cx, code, out]);
        self.exchanged()
    }

    fn put_arguments(&mut self, arguments: &[Value]) {
        let flags = Emitter::read_flags();
        for (word, argument) in arguments.iter().enumerate() {
            self.builder
                .ins()
                .store(flags, *argument, self.cx, exchange(word));
        }
    }

    fn exchanged(&mut self) -> Value {
        let flags = Emitter::read_flags();
        self.builder
            .ins()
            .load(types::I64, flags, self.cx, exchange(0))
    }

    fn address_of_stub(&mut self, stub: Stub) -> Value {
        self.address_of(stub.name(), self.options.stubs.0[stub.position()])
    }

    /// Calls what preserves all registers.
    fn call_preserving(&mut self, callee: Value, words: &[Value]) {
        let signature = match self.preserving[words.len()] {
            Some(known) => known,
            None => {
                let signature = words_in(self.options.isa, words.len());
                self.builder.import_signature(signature)
            }
        };
        self.preserving[words.len()] = Some(signature);
        self.builder.ins().call_indirect(signature, callee, words);
    }

    /// Calls a function of ours that takes the state and up to two words, on a way that is
    /// hardly ever taken. Its result, if any, is not wanted.
    pub(super) fn call_rarely(&mut self, function: runtime::Function, words: &[Value]) {
        debug_assert!(function.parameters == words.len() + 1 && words.len() <= 2);
        let callee = self.address_of(function.name, function.address);
        let nothing = match words {
            [_, _] => None,
            _ => Some(self.word(0)),
        };
        let word = |idx: usize| words.get(idx).copied().or(nothing).unwrap_or(callee);
        self.call_stub(Stub::Call, &[word(0), word(1), callee]);
    }
}

/// Emits a stub into `function`, which must be empty.
pub(crate) fn emit(
    stub: Stub,
    isa: &dyn TargetIsa,
    function: &mut Function,
    context: &mut FunctionBuilderContext,
) {
    function.signature = signature(isa);
    let mut builder = FunctionBuilder::new(function, context);
    let entry = builder.create_block();
    builder.append_block_params_for_function_params(entry);
    builder.switch_to_block(entry);
    let cx = builder.block_params(entry)[0];
    let mut body = Body { builder, isa, cx };
    let result = match stub {
        Stub::Grow => {
            let constants = body.load_cx(core::mem::offset_of!(EncodeCx, constants));
            let grow = body.load(constants, core::mem::offset_of!(Constants, grow));
            let [out, spare] = body.arguments();
            body.call(grow, &[cx, out, spare])
        }
        Stub::Bytes => {
            let [out, ptr, len, spare] = body.arguments();
            let callee = body.address(runtime::BYTES);
            body.call(callee, &[cx, out, ptr, len, spare])
        }
        Stub::Call => {
            // A word too many does no harm, nor does a result there is not.
            let [first, second, callee] = body.arguments();
            body.call(callee, &[cx, first, second])
        }
    };
    body.finish(result);
}

/// A stub being emitted.
struct Body<'a, 'f> {
    builder: FunctionBuilder<'f>,
    isa: &'a dyn TargetIsa,
    cx: Value,
}

impl Body<'_, '_> {
    fn load_cx(&mut self, offset: usize) -> Value {
        self.load(self.cx, offset)
    }

    fn load(&mut self, address: Value, offset: usize) -> Value {
        let offset = i32::try_from(offset).expect("the state of an encode is small");
        let flags = Emitter::read_flags();
        self.builder.ins().load(types::I64, flags, address, offset)
    }

    fn arguments<const N: usize>(&mut self) -> [Value; N] {
        let flags = Emitter::read_flags();
        core::array::from_fn(|word| {
            self.builder
                .ins()
                .load(types::I64, flags, self.cx, exchange(word))
        })
    }

    fn address(&mut self, function: runtime::Function) -> Value {
        let address = function.address.addr().cast_signed() as i64;
        self.builder.ins().iconst(types::I64, address)
    }

    fn call(&mut self, callee: Value, arguments: &[Value]) -> Value {
        let signature = entry_signature(self.isa, arguments.len(), true);
        let signature = self.builder.import_signature(signature);
        let call = self
            .builder
            .ins()
            .call_indirect(signature, callee, arguments);
        self.builder.inst_results(call)[0]
    }

    fn finish(mut self, result: Value) {
        let flags = Emitter::read_flags();
        self.builder
            .ins()
            .store(flags, result, self.cx, exchange(0));
        self.builder.ins().return_(&[]);
        self.builder.seal_all_blocks();
        self.builder.finalize(self.isa.frontend_config());
    }
}

#[cfg(test)]
mod tests {
    use cranelift_codegen::isa::OwnedTargetIsa;
    use cranelift_codegen::settings::{self, Configurable as _, Flags};
    use cranelift_codegen::{Context, control::ControlPlane, isa};

    use super::*;

    /// Systems of some processors say that they have them, and mean others.
    #[test]
    fn stubs_for_riscv64_leave_vectors_alone() {
        for stub in Stub::ALL {
            let listing = listing(stub, None);
            assert!(!listing.contains(VECTOR_STORE), "{listing}");
        }
    }

    /// What the other test looks for is what such a convention has there.
    #[test]
    fn preserving_all_registers_takes_vectors() {
        let listing = listing(Stub::Grow, Some(CallConv::PreserveAll));
        assert!(listing.contains(VECTOR_STORE), "{listing}");
    }

    const VECTOR_STORE: &str = "vse8.v";

    /// A stub for riscv64 with vectors, in its own convention or in another.
    fn listing(stub: Stub, convention: Option<CallConv>) -> String {
        let isa = riscv64_with_vectors();
        let mut context = Context::new();
        emit(
            stub,
            &*isa,
            &mut context.func,
            &mut FunctionBuilderContext::new(),
        );
        if let Some(convention) = convention {
            context.func.signature.call_conv = convention;
        }
        context.want_disasm = true;
        let code = context
            .compile(&*isa, &mut ControlPlane::default())
            .expect("it compiles");
        code.vcode.clone().expect("it was asked for")
    }

    fn riscv64_with_vectors() -> OwnedTargetIsa {
        let triple = "riscv64gc-unknown-linux-gnu".parse().expect("a triple");
        let mut builder = isa::lookup(triple).expect("it is compiled in");
        builder.enable("has_v").expect("an extension");
        builder
            .finish(Flags::new(settings::builder()))
            .expect("an instruction set")
    }
}
