//! Calls of facet's vtable functions: the only place that makes them.
//!
//! Inline, by the platform's C calling convention (the plans are `vox-cabi`'s), or through a
//! trampoline. Facet's pointers are two words: a thin one is the address and 0;
//! a wide one has the top bit of its address set, and carries a length. The bit
//! is set and cleared here and nowhere else.

use cranelift_codegen::ir::{InstBuilder, Value, types};
use vox_cabi::{Abi, FunctionType, Parameter, Results, Returned, Words};
use vox_core::program::{FunctionId, FunctionKind};

use super::emitter::Emitter;
use super::place::Place;
use super::{EmitOptions, VtableCalls};
use crate::error::CompileError;

/// Marks the address word of a wide pointer.
const WIDE: i64 = i64::MIN;

const POINTER: Parameter = Parameter::Aggregate(Words::Two);
const TO_WORD: FunctionType<'_> = FunctionType::new(&[POINTER], Returned::Word);
const TO_ADDRESS: FunctionType<'_> = FunctionType::new(&[POINTER], Returned::Pointer);
const TO_BOOL: FunctionType<'_> = FunctionType::new(&[POINTER], Returned::Bool);
const TO_POINTER: FunctionType<'_> = FunctionType::new(&[POINTER], Returned::Aggregate(Words::Two));
const TO_NOTHING: FunctionType<'_> = FunctionType::new(&[POINTER], Returned::Void);

/// How calls are made in one function.
pub(super) enum Calls {
    /// By the C calling convention.
    Inline(vox_cabi::Emitter),
    /// Through trampolines.
    Trampoline,
    /// Not at all: a program without such calls compiles, another is refused.
    Unknown,
}

impl Calls {
    pub(super) fn new(options: &EmitOptions<'_>) -> Result<Self, CompileError> {
        let trampolines = cfg!(feature = "trampolines");
        match options.vtable_calls {
            VtableCalls::Inline => Ok(match Abi::from_isa(options.isa) {
                Some(abi) => Self::Inline(vox_cabi::Emitter::new(abi)),
                None if trampolines => Self::Trampoline,
                None => Self::Unknown,
            }),
            VtableCalls::Trampoline if trampolines => Ok(Self::Trampoline),
            VtableCalls::Trampoline => Err(CompileError::NoTrampolines),
        }
    }
}

/// The length of a list, set or map.
pub(super) fn len(
    e: &mut Emitter<'_, '_>,
    id: FunctionId,
    container: Place,
) -> Result<Value, CompileError> {
    let kinds = [
        FunctionKind::ListLen,
        FunctionKind::SetLen,
        FunctionKind::MapLen,
    ];
    on_thin(e, id, &kinds, TO_WORD, container).map(|results| results.word())
}

/// The address of the first element of a list or array.
pub(super) fn as_ptr(
    e: &mut Emitter<'_, '_>,
    id: FunctionId,
    container: Place,
) -> Result<Value, CompileError> {
    let kinds = [FunctionKind::ListAsPtr, FunctionKind::ArrayAsPtr];
    on_thin(e, id, &kinds, TO_POINTER, container).map(|results| results.first())
}

/// The length of the slice whose pair is at a place.
pub(super) fn slice_len(
    e: &mut Emitter<'_, '_>,
    id: FunctionId,
    pair: Place,
) -> Result<Value, CompileError> {
    on_wide(e, id, FunctionKind::SliceLen, TO_WORD, pair).map(|results| results.word())
}

/// The address of the first element of the slice whose pair is at a place.
pub(super) fn slice_as_ptr(
    e: &mut Emitter<'_, '_>,
    id: FunctionId,
    pair: Place,
) -> Result<Value, CompileError> {
    on_wide(e, id, FunctionKind::SliceAsPtr, TO_POINTER, pair).map(|results| results.first())
}

/// A byte that is 1 for `Some` or `Ok` and 0 otherwise.
pub(super) fn test(
    e: &mut Emitter<'_, '_>,
    id: FunctionId,
    value: Place,
) -> Result<Value, CompileError> {
    let kinds = [FunctionKind::OptionIsSome, FunctionKind::ResultIsOk];
    let results = on_thin(e, id, &kinds, TO_BOOL, value)?;
    Ok(results.byte(e))
}

/// The address of a payload; null for `None`.
pub(super) fn payload(
    e: &mut Emitter<'_, '_>,
    id: FunctionId,
    value: Place,
) -> Result<Value, CompileError> {
    let kinds = [
        FunctionKind::OptionGetValue,
        FunctionKind::ResultGetOk,
        FunctionKind::ResultGetErr,
    ];
    on_thin(e, id, &kinds, TO_ADDRESS, value).map(|results| results.word())
}

/// The address a thin borrow answers.
pub(super) fn borrow_thin(
    e: &mut Emitter<'_, '_>,
    id: FunctionId,
    pointer: Place,
) -> Result<Value, CompileError> {
    let kinds = [FunctionKind::PointerBorrow];
    on_thin(e, id, &kinds, TO_POINTER, pointer).map(|results| results.first())
}

/// The address (without its mark) and the metadata a wide borrow answers, also stored at `pair`.
pub(super) fn borrow_wide(
    e: &mut Emitter<'_, '_>,
    id: FunctionId,
    pointer: Place,
    pair: Value,
) -> Result<[Value; 2], CompileError> {
    let value = pointer.address(e);
    match call(
        e,
        id,
        &[FunctionKind::PointerBorrow],
        TO_POINTER,
        value,
        Some(pair),
    )? {
        Answer::Stored => Ok([load(e, pair, 0), load(e, pair, 8)]),
        answer => {
            let [address, metadata] = answer.both();
            let address = e.builder.ins().band_imm_u(address, i64::MAX);
            let words = [address, metadata];
            e.store_pair(words, pair);
            Ok(words)
        }
    }
}

/// Starts an iterator; its two words are stored at `iter`.
pub(super) fn iter_init(
    e: &mut Emitter<'_, '_>,
    id: FunctionId,
    container: Place,
    iter: Value,
) -> Result<(), CompileError> {
    let value = container.address(e);
    match call(
        e,
        id,
        &[FunctionKind::IterInit],
        TO_POINTER,
        value,
        Some(iter),
    )? {
        Answer::Stored => {}
        answer => e.store_pair(answer.both(), iter),
    }
    Ok(())
}

/// Frees the iterator whose two words are at `iter`.
pub(super) fn iter_dealloc(
    e: &mut Emitter<'_, '_>,
    id: FunctionId,
    iter: Value,
) -> Result<(), CompileError> {
    let address = check(e, id, &[FunctionKind::IterDealloc])?;
    e.count_vtable_call();
    if matches!(e.calls, Calls::Inline(_)) {
        let words = [load(e, iter, 0), load(e, iter, 8)];
        inline(e, address, TO_NOTHING, &words)?;
    } else {
        trampoline(e, FunctionKind::IterDealloc, address, iter, None)?;
    }
    Ok(())
}

fn load(e: &mut Emitter<'_, '_>, address: Value, offset: i32) -> Value {
    let flags = Emitter::read_flags();
    e.builder.ins().load(types::I64, flags, address, offset)
}

/// What a call answers.
#[cfg_attr(
    not(feature = "trampolines"),
    expect(dead_code, reason = "only trampolines answer by words and pairs")
)]
enum Answer {
    /// The results of an inline call.
    Inline(Results),
    /// The word a trampoline answers.
    Word(Value),
    /// Two words, stored by the trampoline where it was told.
    Stored,
}

impl Answer {
    fn word(&self) -> Value {
        match self {
            Self::Inline(results) => results.word(),
            Self::Word(word) => *word,
            Self::Stored => unreachable!("only borrows and iterators are stored"),
        }
    }

    /// The address of a two-word answer that is a thin pointer.
    fn first(&self) -> Value {
        match self {
            Self::Inline(results) => results.words()[0],
            Self::Word(word) => *word,
            Self::Stored => unreachable!("only borrows and iterators are stored"),
        }
    }

    fn both(&self) -> [Value; 2] {
        match self {
            Self::Inline(results) => [results.words()[0], results.words()[1]],
            Self::Word(_) | Self::Stored => unreachable!("trampolines store pairs"),
        }
    }

    /// The low eight bits: what lies above them in the register of a `bool` is
    /// anybody's guess.
    fn byte(&self, e: &mut Emitter<'_, '_>) -> Value {
        match self {
            Self::Inline(results) => results.byte(),
            Self::Word(word) => e.builder.ins().ireduce(types::I8, *word),
            Self::Stored => unreachable!("only borrows and iterators are stored"),
        }
    }
}

fn on_thin(
    e: &mut Emitter<'_, '_>,
    id: FunctionId,
    kinds: &[FunctionKind],
    ty: FunctionType<'static>,
    value: Place,
) -> Result<Answer, CompileError> {
    let value = value.address(e);
    call(e, id, kinds, ty, value, None)
}

/// A call with a thin pointer; `into` is where a trampoline stores a two-word answer.
fn call(
    e: &mut Emitter<'_, '_>,
    id: FunctionId,
    kinds: &[FunctionKind],
    ty: FunctionType<'static>,
    value: Value,
    into: Option<Value>,
) -> Result<Answer, CompileError> {
    let address = check(e, id, kinds)?;
    e.count_vtable_call();
    if matches!(e.calls, Calls::Inline(_)) {
        let metadata = e.word(0);
        inline(e, address, ty, &[value, metadata]).map(Answer::Inline)
    } else {
        let kind = e.program.code.functions[id.index()];
        trampoline(e, kind, address, value, into)
    }
}

fn on_wide(
    e: &mut Emitter<'_, '_>,
    id: FunctionId,
    kind: FunctionKind,
    ty: FunctionType<'static>,
    pair: Place,
) -> Result<Answer, CompileError> {
    let address = check(e, id, &[kind])?;
    e.count_vtable_call();
    if matches!(e.calls, Calls::Inline(_)) {
        let [first, len] = pair.pair(e);
        let first = e.builder.ins().bor_imm_s(first, WIDE);
        inline(e, address, ty, &[first, len]).map(Answer::Inline)
    } else {
        let pair = pair.address(e);
        trampoline(e, kind, address, pair, None)
    }
}

/// The address of a function, which must be of one of these kinds.
fn check(
    e: &Emitter<'_, '_>,
    id: FunctionId,
    kinds: &[FunctionKind],
) -> Result<*const (), CompileError> {
    let kind = e.program.code.functions.get(id.index());
    match (kind, e.program.linkage.functions.get(id.index())) {
        (Some(kind), Some(address)) if kinds.contains(kind) => Ok(*address),
        (kind, _) => Err(CompileError::Malformed(format!(
            "function {id} is {kind:?}, not one of {kinds:?}"
        ))),
    }
}

fn inline(
    e: &mut Emitter<'_, '_>,
    address: *const (),
    ty: FunctionType<'static>,
    pointer: &[Value; 2],
) -> Result<Results, CompileError> {
    let Calls::Inline(calls) = &mut e.calls else {
        return Err(CompileError::NoCallingConvention);
    };
    Ok(calls.call(&mut e.builder, &ty, address.addr() as u64, &[pointer]))
}

#[cfg(not(feature = "trampolines"))]
fn trampoline(
    _: &mut Emitter<'_, '_>,
    _: FunctionKind,
    _: *const (),
    _: Value,
    _: Option<Value>,
) -> Result<Answer, CompileError> {
    Err(CompileError::NoCallingConvention)
}

#[cfg(feature = "trampolines")]
fn trampoline(
    e: &mut Emitter<'_, '_>,
    kind: FunctionKind,
    address: *const (),
    value: Value,
    into: Option<Value>,
) -> Result<Answer, CompileError> {
    let function = e.constant_address(address);
    let Some(through) = trampolines::of(kind, into.is_some()) else {
        return Err(CompileError::Malformed(format!(
            "there is no trampoline for {}",
            kind.name()
        )));
    };
    Ok(match into {
        Some(into) => {
            e.call(through, &[e.cx, function, value, into]);
            Answer::Stored
        }
        None => Answer::Word(e.call(through, &[e.cx, function, value])),
    })
}

/// The trampolines by kind.
#[cfg(feature = "trampolines")]
mod trampolines {
    use vox_core::cx::EncodeCx;
    use vox_core::entry::Pair;
    use vox_core::program::FunctionKind;
    use vox_core::trampoline::iter::State;
    use vox_core::trampoline::vtable;

    use crate::emit::runtime::{Function, count, functions};

    type Cx = *mut EncodeCx;
    type Callee = *const ();
    type Address = *const u8;

    functions! {
        LIST_LEN = vtable::list_len, (Cx, Callee, Address) -> usize;
        LIST_AS_PTR = vtable::list_as_ptr, (Cx, Callee, Address) -> Address;
        ARRAY_AS_PTR = vtable::array_as_ptr, (Cx, Callee, Address) -> Address;
        OPTION_IS_SOME = vtable::option_is_some, (Cx, Callee, Address) -> usize;
        OPTION_GET_VALUE = vtable::option_get_value, (Cx, Callee, Address) -> Address;
        RESULT_IS_OK = vtable::result_is_ok, (Cx, Callee, Address) -> usize;
        RESULT_GET_OK = vtable::result_get_ok, (Cx, Callee, Address) -> Address;
        RESULT_GET_ERR = vtable::result_get_err, (Cx, Callee, Address) -> Address;
        BORROW_THIN = vtable::borrow_thin, (Cx, Callee, Address) -> Address;
        BORROW_WIDE = vtable::borrow_wide, (Cx, Callee, Address, *mut Pair) -> usize;
        MAP_LEN = vtable::map_len, (Cx, Callee, Address) -> usize;
        SET_LEN = vtable::set_len, (Cx, Callee, Address) -> usize;
        SLICE_LEN = vtable::slice_len, (Cx, Callee, *const Pair) -> usize;
        SLICE_AS_PTR = vtable::slice_as_ptr, (Cx, Callee, *const Pair) -> Address;
        ITER_INIT = vtable::iter_init, (Cx, Callee, Address, *mut State) -> usize;
        ITER_DEALLOC = vtable::iter_dealloc, (Cx, Callee, *const State) -> usize;
    }

    /// The trampoline for a kind; `stores` when it is told where to put a pair.
    pub(super) fn of(kind: FunctionKind, stores: bool) -> Option<Function> {
        Some(match kind {
            FunctionKind::ListLen => LIST_LEN,
            FunctionKind::ListAsPtr => LIST_AS_PTR,
            FunctionKind::ArrayAsPtr => ARRAY_AS_PTR,
            FunctionKind::OptionIsSome => OPTION_IS_SOME,
            FunctionKind::OptionGetValue => OPTION_GET_VALUE,
            FunctionKind::ResultIsOk => RESULT_IS_OK,
            FunctionKind::ResultGetOk => RESULT_GET_OK,
            FunctionKind::ResultGetErr => RESULT_GET_ERR,
            FunctionKind::PointerBorrow if stores => BORROW_WIDE,
            FunctionKind::PointerBorrow => BORROW_THIN,
            FunctionKind::MapLen => MAP_LEN,
            FunctionKind::SetLen => SET_LEN,
            FunctionKind::SliceLen => SLICE_LEN,
            FunctionKind::SliceAsPtr => SLICE_AS_PTR,
            FunctionKind::IterInit => ITER_INIT,
            FunctionKind::IterDealloc => ITER_DEALLOC,
            _ => return None,
        })
    }
}
