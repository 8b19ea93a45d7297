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

use facet_core::{EnumRepr, PtrConst};
use facet_reflect::Peek;
use vox::EncodeErrorKind;
use vox_oracle::mode;

use crate::arena::Arena;
use crate::functions::{Chain, HEADER, Lock, Node};
use crate::plan::{
    Field, Form, OptionForm, Plan, Planned, PointerForm, Treatment, TypeId, Variant,
};
use crate::shapes;

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
}

impl Kind {
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
                variants: vec![Variant {
                    discriminant: 1,
                    fields: vec![field(inner, payload_at)],
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
        }
    }

    /// How much larger a type is than what it contains; `None` when it contains it elsewhere.
    fn header(self) -> Option<usize> {
        match self {
            Self::Option | Self::Result | Self::Enum => Some(8),
            Self::Lock => Some(HEADER),
            Self::Map | Self::Set => None,
        }
    }

    fn layout(self, inner: Layout) -> Layout {
        match self.header() {
            Some(header) => Layout::from_size_align(header + inner.size(), 8).expect("it is small"),
            None => Layout::new::<Chain>(),
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
                Self::Map | Self::Set => {
                    let size = HEADER + inner.size();
                    let layout = Layout::from_size_align(size, HEADER).expect("it is small");
                    let node = arena.poisoned(layout, 0x5a);
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
            }
            at.add(self.header().unwrap_or(0))
        }
    }
}

fn field(ty: TypeId, offset: usize) -> Field {
    Field {
        ty,
        offset,
        treatment: Treatment::Plain,
    }
}

/// A struct around wrappers around a reference to the struct.
fn plan(kind: Kind) -> Plan {
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
    for _ in 0..NESTED {
        let inner = types.len() - 1;
        let layout = kind.layout(types[inner].layout);
        types.push(planned(kind.form(TypeId(inner)), layout));
    }
    let outermost = types.len() - 1;
    types[0].layout = types[outermost].layout;
    // Twice, so that the first is not in last position.
    let fields = vec![field(TypeId(outermost), 0), field(TypeId(outermost), 0)];
    types[0].form = Form::Struct {
        fields,
        packed: false,
    };
    Plan {
        types,
        root: TypeId(0),
        recursions: 1,
    }
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
    let plan = plan(kind);
    let mut arena = Arena::default();
    // SAFETY: the arena outlives the runtimes, which are declared behind it.
    let shape = unsafe { shapes::make(&plan, &mut arena) };
    let root = arena.poisoned(plan.types[0].layout, 0xa5);
    let mut at = root;
    for index in (2..plan.types.len()).rev() {
        // SAFETY: the plan says what is inside of what.
        at = unsafe { kind.write(at, plan.types[index - 1].layout, &mut arena) };
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
        };
        // Lowering and compiling may take more stack than encoding.
        encode();
        on_stack(DEFAULT_STACK, encode);
    }
}

#[test]
fn the_worst_programs_fit_an_ordinary_stack() {
    for kind in [
        Kind::Option,
        Kind::Result,
        Kind::Enum,
        Kind::Lock,
        Kind::Map,
        Kind::Set,
    ] {
        println!("{kind:?}");
        // The slots of shapes belong to a thread.
        on_stack(64 << 20, || exceeds(kind));
    }
}
