//! The worst programs the limits of lowering allow, on the stack of a thread nobody configured.
//!
//! `max_depth` counts calls, and the frames of a call are those of all the blocks around it. So lowering
//! bounds what may stand around a call (`vox_core::lower::MAX_NESTING`). Each type here nests one kind of block
//! far deeper than that before it leads back to itself, and its value is its own descendant: it
//! never ends, and must exceed the default limit before it exceeds two megabytes, in every
//! tier and in a debug build.

use core::alloc::Layout;
use core::cell::Cell;
use std::thread;

use facet_core::{EnumRepr, PtrConst, StructKind};
use facet_reflect::Peek;
use vox::EncodeErrorKind;
use vox_oracle::mode;

use crate::arena::Arena;
use crate::functions::{self, Block, Chain, Counted, HEADER, Lock, Node, Original};
use crate::plan::{
    Field, Form, ListForm, OptionForm, Plan, Planned, PointerForm, Tagging, Treatment, TypeId,
    Variant,
};
use crate::shapes;
use crate::values::vec_of;

const DEFAULT_STACK: usize = 2 << 20;
/// Blocks around the place where a type meets itself again.
const NESTED: usize = 48;

#[derive(Debug, Clone, Copy)]
enum Kind {
    Option,
    Result,
    Enum,
    Lock,
    Map,
    Set,
    List(ListForm),
    Array,
    Pointer(PointerForm),
    Weak,
    Proxy,
}

impl Kind {
    const ALL: [Self; 19] = [
        Self::Option,
        Self::Result,
        Self::Enum,
        Self::Lock,
        Self::Map,
        Self::Set,
        Self::List(ListForm::Vec),
        Self::List(ListForm::Block),
        Self::List(ListForm::Chain),
        Self::Array,
        Self::Pointer(PointerForm::Box),
        Self::Pointer(PointerForm::Reference),
        Self::Pointer(PointerForm::Counted),
        Self::Pointer(PointerForm::WideBox),
        Self::Pointer(PointerForm::WideReference),
        Self::Pointer(PointerForm::WideCounted),
        Self::Pointer(PointerForm::WideCow),
        Self::Weak,
        Self::Proxy,
    ];

    /// The type between it and what it contains: the slice it points to, or the strong pointer it
    /// can be upgraded to.
    fn between(self, element: TypeId) -> Option<(Form, Layout)> {
        use PointerForm::{WideBox, WideCounted, WideCow, WideReference};
        match self {
            Self::Pointer(WideBox | WideReference | WideCounted | WideCow) => {
                Some((Form::Slice { element }, Layout::new::<()>()))
            }
            Self::Weak => {
                let (pointee, form) = (element, PointerForm::Counted);
                let word = Layout::new::<*const u8>();
                Some((Form::Pointer { pointee, form }, word))
            }
            _ => None,
        }
    }

    fn form(self, inner: TypeId) -> Form {
        let payload_at = 8;
        match self {
            Self::Option => Form::Option {
                payload: inner,
                form: OptionForm::Tagged { payload_at },
            },
            Self::Result => Form::Result {
                ok: inner,
                // Both deep would make programs of exponential size.
                err: TypeId(1),
                payload_at,
            },
            Self::Enum => Form::Enum {
                repr: EnumRepr::U64,
                tagging: Tagging::Position,
                variants: vec![Variant {
                    discriminant: 1,
                    rename: None,
                    kind: StructKind::Struct,
                    fields: vec![field(inner, payload_at)],
                    skipped: false,
                }],
            },
            Self::Lock => Form::Lock {
                inner,
                shared: true,
            },
            Self::Map => Form::Map {
                // The key never ends, so that the value is never looked at.
                key: inner,
                value: TypeId(1),
            },
            Self::Set => Form::Set { item: inner },
            Self::List(form) => Form::List {
                element: inner,
                form,
            },
            // One element: with two a value would be of exponential size.
            Self::Array => Form::Array {
                element: inner,
                count: 1,
            },
            Self::Pointer(form) => Form::Pointer {
                pointee: inner,
                form,
            },
            Self::Weak => Form::Weak { strong: inner },
            Self::Proxy => Form::Proxied { proxy: inner },
        }
    }

    /// How much larger a type is than what it contains; `None` when it contains it elsewhere.
    fn header(self) -> Option<usize> {
        match self {
            Self::Option | Self::Result | Self::Enum => Some(8),
            Self::Lock => Some(HEADER),
            Self::Array => Some(0),
            Self::Map | Self::Set | Self::List(_) | Self::Pointer(_) | Self::Weak | Self::Proxy => {
                None
            }
        }
    }

    fn layout(self, inner: Layout) -> Layout {
        if let Some(header) = self.header() {
            return Layout::from_size_align(header + inner.size(), 8).expect("it is small");
        }
        match self {
            Self::List(ListForm::Vec) => Layout::new::<Vec<u8>>(),
            Self::List(ListForm::Block) => Layout::new::<Block>(),
            Self::Pointer(PointerForm::WideBox | PointerForm::WideReference) => {
                Layout::new::<*const [u8]>()
            }
            Self::Pointer(PointerForm::WideCow) => Layout::new::<Block>(),
            Self::Pointer(_) | Self::Weak => Layout::new::<*const u8>(),
            Self::Proxy => Layout::new::<Original>(),
            _ => Layout::new::<Chain>(),
        }
    }

    /// Writes one of these; answers where what it contains belongs.
    ///
    /// # Safety
    ///
    /// `at` has this kind's layout.
    unsafe fn write(self, at: *mut u8, inner: Layout, arena: &mut Arena) -> *mut u8 {
        // SAFETY: the caller's duty; a node has room for its header and what it holds.
        unsafe {
            match self {
                Self::Enum => at.cast::<u64>().write(1),
                Self::Option => at
                    .cast::<u64>()
                    .write(u64::from_ne_bytes([1, 0, 0, 0, 0, 0, 0, 0])),
                Self::Result => at.cast::<u64>().write(0),
                Self::Lock => at.cast::<Lock>().write(Lock { held: Cell::new(0) }),
                Self::Array => {}
                Self::Map | Self::Set | Self::List(ListForm::Chain) => {
                    let node = behind_header(inner, arena);
                    let next = core::ptr::null();
                    node.cast::<Node>().write(Node {
                        next,
                        value_at: HEADER,
                    });
                    at.cast::<Chain>().write(Chain {
                        first: node.cast(),
                        len: 1,
                    });
                    return node.add(HEADER);
                }
                Self::List(ListForm::Vec | ListForm::Block) => {
                    return self.write_list(at, inner, arena);
                }
                Self::Pointer(form) => return write_pointer(form, at, inner, arena),
                Self::Weak => return write_pointer(PointerForm::Counted, at, inner, arena),
                Self::Proxy => {
                    let image = arena.poisoned(inner, 0x5a);
                    let len = inner.size();
                    at.cast::<Original>().write(Original { image, len });
                    return image;
                }
            }
            at.add(self.header().unwrap_or(0))
        }
    }

    /// A list of one element in a block.
    ///
    /// # Safety
    ///
    /// As for [`Self::write`].
    unsafe fn write_list(self, at: *mut u8, inner: Layout, arena: &mut Arena) -> *mut u8 {
        let first = arena.poisoned(inner, 0x5a);
        // SAFETY: the caller's duty; the vector is only read, by its words.
        unsafe {
            match self {
                Self::List(ListForm::Vec) => at.cast::<Vec<u8>>().write(vec_of(first, 1, 1)),
                _ => at.cast::<Block>().write(Block {
                    len: 1,
                    unused: usize::MAX,
                    first,
                }),
            }
        }
        first
    }
}

/// A pointer to a value, or to a slice of one.
///
/// # Safety
///
/// `at` has the pointer's layout.
unsafe fn write_pointer(
    form: PointerForm,
    at: *mut u8,
    inner: Layout,
    arena: &mut Arena,
) -> *mut u8 {
    let memory = behind_header(inner, arena);
    // SAFETY: the caller's duty; the header has room for a length and a count.
    unsafe {
        let value = memory.add(HEADER);
        match form {
            PointerForm::Box | PointerForm::Reference => at.cast::<*const u8>().write(value),
            PointerForm::WideBox | PointerForm::WideReference => {
                let slice = core::ptr::slice_from_raw_parts(value.cast_const(), 1);
                at.cast::<*const [u8]>().write(slice);
            }
            PointerForm::WideCow => at.cast::<Block>().write(Block {
                len: 1,
                unused: usize::MAX,
                first: value,
            }),
            PointerForm::Counted | PointerForm::WideCounted => {
                let strong = Cell::new(1);
                memory.cast::<Counted>().write(Counted { len: 1, strong });
                at.cast::<*const u8>().write(memory);
            }
        }
        value
    }
}

/// Memory for a header and a value behind it.
fn behind_header(inner: Layout, arena: &mut Arena) -> *mut u8 {
    let size = HEADER + inner.size();
    let layout = Layout::from_size_align(size, HEADER).expect("it is small");
    arena.poisoned(layout, 0x5a)
}

fn field(ty: TypeId, offset: usize) -> Field {
    Field {
        ty,
        offset,
        treatment: Treatment::Plain,
    }
}

/// A struct around wrappers around a reference to the struct; with the reference and the wrappers,
/// the innermost first.
fn plan(kind: Kind) -> (Plan, Vec<TypeId>) {
    let planned = |form, layout| Planned {
        form,
        layout,
        identity: 0,
    };
    let pointer = PointerForm::Reference;
    let mut types = vec![
        planned(Form::Open, Layout::new::<()>()),
        planned(
            Form::Pointer {
                pointee: TypeId(0),
                form: pointer,
            },
            Layout::new::<*const u8>(),
        ),
    ];
    let mut nested = vec![TypeId(1)];
    for _ in 0..NESTED {
        let mut inner = TypeId(types.len() - 1);
        let layout = kind.layout(types[inner.0].layout);
        if let Some((form, layout)) = kind.between(inner) {
            types.push(planned(form, layout));
            inner = TypeId(types.len() - 1);
        }
        types.push(planned(kind.form(inner), layout));
        nested.push(TypeId(types.len() - 1));
    }
    let outermost = types.len() - 1;
    types[0].layout = types[outermost].layout;
    // Twice, so that the first is not in last position.
    let fields = vec![field(TypeId(outermost), 0), field(TypeId(outermost), 0)];
    types[0].form = Form::Struct {
        fields,
        kind: StructKind::Struct,
        packed: false,
    };
    let plan = Plan {
        types,
        root: TypeId(0),
        recursions: 1,
    };
    (plan, nested)
}

fn on_stack(bytes: usize, run: impl FnOnce() + Send) {
    thread::scope(|scope| {
        thread::Builder::new()
            .stack_size(bytes)
            .spawn_scoped(scope, run)
            .expect("a thread starts")
            .join()
            .expect("the thread succeeds");
    });
}

fn exceeds(kind: Kind) {
    let (plan, nested) = plan(kind);
    let mut arena = Arena::default();
    // SAFETY: the arena outlives the runtimes, which are declared behind it.
    let shape = unsafe { shapes::make(&plan, &mut arena) };
    let root = arena.poisoned(plan.types[0].layout, 0xa5);
    let mut at = root;
    for inner in nested.iter().rev().skip(1) {
        // SAFETY: the plan says what is inside of what.
        at = unsafe { kind.write(at, plan.get(*inner).layout, &mut arena) };
    }
    // SAFETY: the innermost is a reference, here to the whole.
    unsafe { at.cast::<*const u8>().write(root) };
    let address = root.expose_provenance();
    for mode in mode::fresh(None) {
        let encode = || {
            // SAFETY: the value is of the shape and alive; it is only read.
            let peek = unsafe {
                let value = PtrConst::new_sized(core::ptr::with_exposed_provenance::<u8>(address));
                Peek::unchecked_new(value, shape)
            };
            let error = mode.runtime.peek_to_bytes(peek).expect_err("it never ends");
            assert_eq!(
                error.kind(),
                EncodeErrorKind::DepthLimit,
                "{kind:?}, {}",
                mode.name
            );
            assert_eq!(functions::live(), 0, "{kind:?}, {}", mode.name);
        };
        // Lowering and compiling may take more stack than encoding.
        encode();
        on_stack(DEFAULT_STACK, encode);
    }
}

#[test]
fn the_worst_programs_fit_an_ordinary_stack() {
    for kind in Kind::ALL {
        println!("{kind:?}");
        // The slots of shapes belong to a thread.
        on_stack(64 << 20, || exceeds(kind));
    }
}
