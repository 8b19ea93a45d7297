//! From a program to bytes: emission, Cranelift, and the guard around both.

use std::panic::{AssertUnwindSafe, catch_unwind};

use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::ir::{Function, UserFuncName};
use cranelift_codegen::isa::{OwnedTargetIsa, TargetIsa};
use cranelift_codegen::{CompiledCode, Context};
use cranelift_frontend::FunctionBuilderContext;
use target_lexicon::Architecture;
use vox_core::program::Program;

use super::CompilerOptions;
use super::lead::{self, Stretch};
use super::substitute::{self, Unexpected};
use crate::emit::stand_in;
use crate::emit::stub::{self, Stub};
use crate::emit::{self, EmitOptions, Stubs};
use crate::error::CompileError;

/// What a person can read of a program's code.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Listing {
    /// The Cranelift IR, as emitted.
    pub clif: String,
    /// The disassembly.
    pub assembly: String,
    /// Bytes of machine code.
    pub code_bytes: usize,
}

/// Cranelift's working memory, reused from one program to the next.
pub(super) struct Generator {
    context: Context,
    builder: FunctionBuilderContext,
    panic: bool,
    spoil: bool,
}

impl core::fmt::Debug for Generator {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Generator").finish_non_exhaustive()
    }
}

impl Generator {
    pub(super) fn new() -> Self {
        Self {
            context: Context::new(),
            builder: FunctionBuilderContext::new(),
            panic: false,
            spoil: false,
        }
    }

    /// Makes the next program panic.
    pub(super) fn panic_once(&mut self) {
        self.panic = true;
    }

    /// Has the next program come out of Cranelift otherwise than it was emitted.
    pub(super) fn spoil_once(&mut self) {
        self.spoil = true;
    }

    /// The machine code of a program. After a failure, memory that may be in
    /// disorder is replaced.
    pub(super) fn generate(
        &mut self,
        program: &Program,
        emit: &EmitOptions<'_>,
    ) -> Result<Code, CompileError> {
        let attempt = catch_unwind(AssertUnwindSafe(|| self.attempt(program, emit)));
        let result = attempt.unwrap_or_else(|payload| Err(panicked(&*payload)));
        if result.is_err() {
            *self = Self::new();
        }
        result
    }

    /// The machine code of the stubs, in the order of [`Stub::ALL`].
    pub(super) fn stubs(&mut self, isa: &dyn TargetIsa) -> Result<Vec<Vec<u8>>, CompileError> {
        let attempt = catch_unwind(AssertUnwindSafe(|| {
            Stub::ALL
                .into_iter()
                .map(|stub| {
                    self.context.clear();
                    stub::emit(stub, isa, &mut self.context.func, &mut self.builder);
                    let compiled = compile(&mut self.context, isa)?;
                    Ok(compiled.code_buffer().to_vec())
                })
                .collect()
        }));
        let result = attempt.unwrap_or_else(|payload| Err(panicked(&*payload)));
        if result.is_err() {
            *self = Self::new();
        }
        result
    }

    fn attempt(&mut self, program: &Program, emit: &EmitOptions<'_>) -> Result<Code, CompileError> {
        let is_spoiled = core::mem::take(&mut self.spoil);
        let mut code = self.code(program, emit)?;
        if is_spoiled && let Some(first) = code.stand_ins.first_mut() {
            *first += 1;
        }
        match code.substitute() {
            Ok(()) => Ok(code),
            Err(unexpected) => {
                debug_assert!(is_spoiled, "{unexpected}");
                let mut code = self.code(program, &without_stand_ins(emit))?;
                let is_whole = code.substitute();
                is_whole.map_err(|unexpected| CompileError::Codegen(unexpected.to_string()))?;
                code.fell_back = true;
                Ok(code)
            }
        }
    }

    /// The code as Cranelift makes it, which must not be run as long as something in it stands in for something else.
    fn code(&mut self, program: &Program, emit: &EmitOptions<'_>) -> Result<Code, CompileError> {
        self.context.clear();
        emit::emit(program, emit, &mut self.context.func, &mut self.builder)?;
        assert!(!self.panic, "injected by a test");
        Code::compile(&mut self.context, emit)
    }
}

/// The code of a program, behind what it takes to start well in a line.
#[derive(Debug)]
pub(super) struct Code {
    /// To be placed at the start of a line.
    pub(super) bytes: Vec<u8>,
    /// How many bytes the function is behind that.
    pub(super) lead: usize,
    /// Whether it does without instructions that Cranelift lacks, because it did not come out as expected with them.
    pub(super) fell_back: bool,
    /// Where in the bytes something stands in for something else.
    stand_ins: Vec<usize>,
    /// How many there are by what was compiled.
    stand_ins_expected: usize,
}

impl Code {
    /// Bytes of the function itself.
    pub(super) fn len(&self) -> usize {
        self.bytes.len() - self.lead
    }

    /// Compiles what was emitted.
    fn compile(context: &mut Context, emit: &EmitOptions<'_>) -> Result<Self, CompileError> {
        let mut code = Self::new(compile(context, emit.isa)?, emit.isa);
        if emit.stand_ins {
            code.stand_ins_expected = stand_ins_in(&context.func);
        }
        Ok(code)
    }

    fn new(compiled: &CompiledCode, isa: &dyn TargetIsa) -> Self {
        let code = compiled.code_buffer();
        let locations = compiled.buffer.get_srclocs_sorted().iter();
        let stretches: Vec<Stretch> = locations
            .map(|it| Stretch {
                bytes: it.start as usize..it.end as usize,
                of_loop: emit::loop_of(it.loc),
            })
            .collect();
        let lead = lead::best(&stretches);
        // Nobody gets there; who does is stopped.
        let filler = match isa.triple().architecture {
            Architecture::X86_64 => 0xcc,
            _ => 0,
        };
        let mut bytes = vec![filler; lead];
        bytes.extend_from_slice(code);
        let traps = compiled.buffer.traps().iter();
        let stand_ins = traps
            .filter(|it| it.code == stand_in::TRAP)
            .map(|it| lead + it.offset as usize)
            .collect();
        Self {
            bytes,
            lead,
            fell_back: false,
            stand_ins,
            stand_ins_expected: 0,
        }
    }

    /// Puts what is meant in the place of what stands in for it.
    fn substitute(&mut self) -> Result<(), Unexpected> {
        if self.stand_ins.len() != self.stand_ins_expected {
            return Err(Unexpected {
                at: self.bytes.len(),
                expected: "all stand-ins",
            });
        }
        substitute::substitute(&mut self.bytes, self.stand_ins.drain(..))
    }
}

/// How many instructions of a function stand in for something: of some kinds of address, Cranelift tells of no trap.
fn stand_ins_in(function: &Function) -> usize {
    let (layout, dfg) = (&function.layout, &function.dfg);
    let all = layout
        .blocks()
        .flat_map(|block| layout.block_insts(block))
        .filter(|inst| dfg.insts[*inst].memflags_trap_code(dfg) == Some(stand_in::TRAP));
    all.count()
}

/// Compiles what was emitted.
fn compile<'c>(
    context: &'c mut Context,
    isa: &dyn TargetIsa,
) -> Result<&'c CompiledCode, CompileError> {
    let compiled = context
        .compile(isa, &mut ControlPlane::default())
        .map_err(|error| CompileError::Codegen(format!("{:?}", error.inner)))?;
    check(compiled)?;
    Ok(compiled)
}

/// Refuses code that would need more than copying to work.
fn check(compiled: &CompiledCode) -> Result<(), CompileError> {
    if let Some(relocation) = compiled.buffer.relocs().first() {
        return Err(CompileError::Codegen(format!(
            "code with a relocation: {relocation:?}"
        )));
    }
    Ok(())
}

fn panicked(payload: &(dyn core::any::Any + Send)) -> CompileError {
    let message = payload
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| payload.downcast_ref::<String>().cloned());
    CompileError::Panicked(message.unwrap_or_else(|| String::from("no message")))
}

/// A listing of a program's code, as it is run.
pub(super) fn list(program: &Program, emit: &EmitOptions<'_>) -> Result<Listing, CompileError> {
    let run = || match list_with(program, emit)? {
        Ok(listing) => Ok(listing),
        Err(_) => list_with(program, &without_stand_ins(emit))?
            .map_err(|unexpected| CompileError::Codegen(unexpected.to_string())),
    };
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|payload| Err(panicked(&*payload)))
}

/// The same, if the code comes out as expected.
fn list_with(
    program: &Program,
    emit: &EmitOptions<'_>,
) -> Result<Result<Listing, Unexpected>, CompileError> {
    let mut context = Context::for_function(Function::with_name_signature(
        UserFuncName::default(),
        cranelift_codegen::ir::Signature::new(emit::entry_convention(emit.isa)),
    ));
    context.set_disasm(true);
    let mut builder = FunctionBuilderContext::new();
    emit::emit(program, emit, &mut context.func, &mut builder)?;
    let clif = context.func.display().to_string();
    let mut code = Code::compile(&mut context, emit)?;
    let assembly = context.compiled_code().and_then(|it| it.vcode.clone());
    let assembly = assembly.unwrap_or_default();
    Ok(code.substitute().map(|()| Listing {
        clif,
        assembly: match emit.stand_ins {
            true => substitute::in_listing(&assembly),
            false => assembly,
        },
        code_bytes: code.len(),
    }))
}

/// What does with Cranelift's instructions.
fn without_stand_ins<'a>(emit: &EmitOptions<'a>) -> EmitOptions<'a> {
    EmitOptions {
        stand_ins: false,
        ..*emit
    }
}

/// A listing for any instruction set, with numbers that are the same in every
/// build in place of addresses of ours.
///
/// # Errors
///
/// When the program cannot be compiled.
pub fn list_for(
    isa: &OwnedTargetIsa,
    program: &Program,
    options: &CompilerOptions,
) -> Result<Listing, CompileError> {
    let emit = EmitOptions {
        isa: &**isa,
        vtable_calls: options.vtable_calls,
        count_calls: options.count_calls,
        over_read: options.over_read,
        processor_routines: false,
        stand_ins: false,
        stubs: Stubs::NOWHERE,
        symbolic: true,
    };
    list(program, &emit)
}
