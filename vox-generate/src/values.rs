//! Values of a plan, and the bytes they must become.
//!
//! While memory is filled, the value's bytes are written down: a struct's are its
//! fields' in order, a list's are its length and its elements'. That is the oracle, and it shares nothing with
//! vox: leaves ask serde, numbers go through this repository's independent `wire` module.

use core::alloc::Layout;
use core::ptr;
use std::cell::Cell;

use facet_core::{EnumRepr, StructKind};
use vox_oracle::wire;

use crate::Choices;
use crate::arena::Arena;
use crate::functions::{Block, Chain, Counted, Cow, HEADER, Lazy, Lock, Node, Once, Original};
use crate::plan::make::tag_size;
use crate::plan::{
    self, Field, Form, ListForm, OptionForm, Plan, PointerForm, Tagging, Treatment, TypeId, Variant,
};
use crate::refusal::{self, Refusal};

/// Recursion beyond which everything that may be empty is.
const MAX_DEPTH: u32 = 12;

/// A value in memory of an arena.
#[derive(Debug)]
pub(crate) struct Value {
    pub(crate) address: *const u8,
    /// What vox must make of it; where it is refused, what stands before the part that is.
    pub(crate) bytes: Vec<u8>,
    /// The first part in it that has no encoding, where it is asked for.
    pub(crate) refusal: Option<&'static Refusal>,
    /// The values in it that are computed by who asks first.
    pub(crate) lazies: Vec<*mut Lazy>,
    /// What memory has that nobody wrote.
    pub(crate) poison: u8,
    /// The containers of linked nodes in it, which say how many they have.
    #[cfg_attr(not(test), expect(dead_code, reason = "only tests let them lie"))]
    pub(crate) chains: Vec<*mut Chain>,
}

/// Makes a value of a plan's root.
///
/// # Safety
///
/// The value is not used after the arena is dropped.
pub(crate) unsafe fn make(plan: &Plan, choices: &mut Choices<'_>, arena: &mut Arena) -> Value {
    let poison = choices.pick(&[0xa5, 0x5a]);
    let left = match choices.below(6) {
        5 => 1500,
        _ => 80,
    };
    let mut filler = Filler {
        plan,
        choices,
        arena,
        out: Vec::new(),
        chains: Vec::new(),
        lazies: Vec::new(),
        poison,
        left,
        depth: 0,
        refused: None,
    };
    // SAFETY: memory of the root's layout was just made.
    unsafe {
        let address = filler.memory(filler.plan.get(plan.root).layout);
        filler.fill(plan.root, address);
        if let Some((at, _)) = filler.refused {
            filler.out.truncate(at);
        }
        Value {
            address,
            bytes: filler.out,
            refusal: filler.refused.map(|(_, refusal)| refusal),
            lazies: filler.lazies,
            poison,
            chains: filler.chains,
        }
    }
}

struct Filler<'p, 'c, 'a> {
    plan: &'p Plan,
    choices: &'c mut Choices<'a>,
    arena: &'c mut Arena,
    out: Vec<u8>,
    chains: Vec<*mut Chain>,
    lazies: Vec<*mut Lazy>,
    poison: u8,
    /// Elements and payloads that may still be made.
    left: usize,
    depth: u32,
    /// How much stands before the first part that has no encoding, and why.
    refused: Option<(usize, &'static Refusal)>,
}

impl Filler<'_, '_, '_> {
    fn memory(&mut self, layout: Layout) -> *mut u8 {
        self.arena.poisoned(layout, self.poison)
    }

    fn layout(&self, id: TypeId) -> Layout {
        self.plan.get(id).layout
    }

    /// Whether something that may be left out is there.
    fn is_there(&mut self) -> bool {
        let is_there = self.depth < MAX_DEPTH && self.left > 0 && self.choices.below(2) == 1;
        self.left -= usize::from(is_there);
        is_there
    }

    /// How many elements there are.
    fn count(&mut self) -> usize {
        if self.depth >= MAX_DEPTH {
            return 0;
        }
        let wanted = match self.choices.below(10) {
            0 => 0,
            1 => 1,
            2..=6 => self.choices.small(5),
            7 => self.choices.small(40),
            8 => self.choices.small(300),
            _ => self.choices.small(1200),
        };
        let count = wanted.min(self.left);
        self.left -= count;
        count
    }

    /// Writes a value of a type to memory of its layout, and its bytes to the output.
    ///
    /// # Safety
    ///
    /// `at` has the type's layout, but for its alignment in packed structs.
    unsafe fn fill(&mut self, id: TypeId, at: *mut u8) {
        self.depth += 1;
        let plan = self.plan;
        // SAFETY: plans lay types out so that what they contain has its place in them.
        unsafe {
            match &plan.get(id).form {
                Form::Open | Form::Slice { .. } => unreachable!("no value is of this form"),
                Form::Leaf(leaf) => {
                    (leaf.make)(self.choices, at, &mut self.out);
                    if let Some(drop) = leaf.drop {
                        self.arena.drop_later(at, drop);
                    }
                }
                Form::Struct { fields, kind, .. } => self.fields((fields, *kind), false, at),
                Form::Enum {
                    repr,
                    tagging,
                    variants,
                } => self.enumeration((*repr, *tagging), variants, at),
                Form::Option { payload, form } => self.option(*payload, *form, at),
                Form::Result {
                    ok,
                    err,
                    payload_at,
                } => {
                    let is_err = self.choices.below(2) == 1;
                    at.write(u8::from(is_err));
                    wire::variant(&mut self.out, u32::from(is_err));
                    let payload = if is_err { *err } else { *ok };
                    self.fill(payload, at.add(*payload_at));
                }
                Form::List { element, form } => self.list(*element, *form, at),
                Form::Array { element, count } => self.elements(*element, *count, at),
                Form::Pointer { pointee, form } => self.pointer(*pointee, *form, at),
                Form::Set { item } => self.chain(*item, None, at),
                Form::Map { key, value } => self.chain(*key, Some(*value), at),
                Form::Lock { inner, .. } => {
                    let held = Cell::new(0);
                    at.cast::<Lock>().write(Lock { held });
                    self.fill(*inner, at.add(HEADER));
                }
                Form::Transparent { inner } => self.fill(*inner, at),
                Form::Weak { strong } => self.weak(*strong, at),
                Form::Once { inner } => self.once(*inner, at),
                Form::Lazy { inner } => self.lazy(*inner, at),
                Form::Cow { inner } => self.cow(*inner, at),
                Form::Proxied { proxy } => {
                    let layout = self.layout(*proxy);
                    let image = self.memory(layout);
                    self.fill(*proxy, image);
                    let len = layout.size();
                    at.cast::<Original>().write(Original { image, len });
                }
            }
        }
        self.depth -= 1;
    }

    /// A variant; seldom one that is skipped, whose fields stay poisoned.
    ///
    /// # Safety
    ///
    /// As for [`Self::fill`].
    unsafe fn enumeration(
        &mut self,
        (repr, tagging): (EnumRepr, Tagging),
        variants: &[Variant],
        at: *mut u8,
    ) {
        let of = |skipped: bool| {
            let indices = variants.iter().enumerate();
            let of = indices.filter(|(_, variant)| variant.skipped == skipped);
            of.map(|(index, _)| index).collect::<Vec<_>>()
        };
        let skipped = of(true);
        let is_refused = !skipped.is_empty() && self.choices.once_in(32);
        let index = match is_refused {
            true => self.choices.pick(&skipped),
            false => self.choices.pick(&of(false)),
        };
        let variant = &variants[index];
        // SAFETY: the caller's duty.
        unsafe { write_tag(at, repr, variant.discriminant) };
        if is_refused {
            return self.refuse(&refusal::SKIPPED);
        }
        match tagging {
            Tagging::Position | Tagging::Adjacent | Tagging::ContentAlone => {
                let number = u32::try_from(index).expect("variants are few");
                wire::variant(&mut self.out, number);
            }
            Tagging::Name => match &variant.rename {
                Some(rename) => wire::string(&mut self.out, rename),
                None => wire::string(&mut self.out, &plan::name(index)),
            },
            Tagging::Untagged => {}
            Tagging::Numeric => number(&mut self.out, repr, variant.discriminant),
        }
        // SAFETY: the caller's duty.
        unsafe { self.fields((&variant.fields, variant.kind), true, at) };
    }

    /// What comes next has no encoding.
    fn refuse(&mut self, refusal: &'static Refusal) {
        let at = self.out.len();
        self.refused.get_or_insert((at, refusal));
    }

    /// # Safety
    ///
    /// As for [`Self::fill`].
    unsafe fn fields(
        &mut self,
        (fields, kind): (&[Field], StructKind),
        is_variant: bool,
        at: *mut u8,
    ) {
        for field in fields {
            let treatment = field.treatment.among(fields, kind, is_variant);
            if treatment == Treatment::Skipped {
                continue;
            }
            let before = self.out.len();
            let refused_before = self.refused;
            // SAFETY: the caller's duty.
            let first = unsafe {
                let place = at.add(field.offset);
                self.fill(field.ty, place);
                let has_bytes = self.layout(field.ty).size() != 0;
                (has_bytes && treatment == Treatment::UnlessOdd).then(|| place.read())
            };
            let is_left_out = match treatment {
                Treatment::UnlessAlways => true,
                Treatment::UnlessOdd => first.is_some_and(|first| first % 2 == 1),
                _ => false,
            };
            if is_left_out {
                self.out.truncate(before);
                self.refused = refused_before;
            }
        }
    }

    /// # Safety
    ///
    /// As for [`Self::fill`].
    unsafe fn option(&mut self, payload: TypeId, form: OptionForm, at: *mut u8) {
        let is_some = self.is_there();
        wire::boolean(&mut self.out, is_some);
        // SAFETY: the caller's duty.
        unsafe {
            match (form, is_some) {
                (OptionForm::Tagged { payload_at }, true) => {
                    at.write(1);
                    self.fill(payload, at.add(payload_at));
                }
                (OptionForm::Tagged { .. }, false) => at.write(0),
                (OptionForm::NullIsNone, true) => self.fill(payload, at),
                (OptionForm::NullIsNone, false) => at.cast::<*const u8>().write(ptr::null()),
            }
        }
    }

    /// The strong pointer's word, or one that leads to nothing any more.
    ///
    /// # Safety
    ///
    /// As for [`Self::fill`].
    unsafe fn weak(&mut self, strong: TypeId, at: *mut u8) {
        let is_there = self.is_there();
        wire::boolean(&mut self.out, is_there);
        // SAFETY: the caller's duty; the header is written before anyone follows it.
        unsafe {
            if is_there {
                return self.fill(strong, at);
            }
            let mut gone: *const Counted = ptr::null();
            if self.choices.below(2) == 1 {
                let memory = self
                    .memory(Layout::from_size_align(HEADER, HEADER).expect("a header is small"));
                let header = memory.cast::<Counted>();
                let strong = Cell::new(0);
                header.write(Counted { len: 1, strong });
                gone = header;
            }
            at.cast::<*const Counted>().write(gone);
        }
    }

    /// Seldom one that is not set, which nothing can be written for.
    ///
    /// # Safety
    ///
    /// As for [`Self::fill`].
    unsafe fn once(&mut self, inner: TypeId, at: *mut u8) {
        let is_set = !self.choices.once_in(64);
        // SAFETY: the caller's duty.
        unsafe {
            at.cast::<Once>().write(Once { is_set });
            match is_set {
                true => self.fill(inner, at.add(HEADER)),
                false => self.refuse(&refusal::UNSET),
            }
        }
    }

    /// The value in memory of its own, from which it is computed.
    ///
    /// # Safety
    ///
    /// As for [`Self::fill`].
    unsafe fn lazy(&mut self, inner: TypeId, at: *mut u8) {
        let layout = self.layout(inner);
        let len = layout.size();
        let around = Layout::from_size_align(HEADER + len, layout.align().max(HEADER))
            .expect("values are small");
        let source = self.memory(around);
        // SAFETY: the caller's duty, and memory of that layout was just made.
        unsafe {
            source.cast::<usize>().write(len);
            self.fill(inner, source.add(HEADER));
            let is_computed = Cell::new(false);
            at.cast::<Lazy>().write(Lazy {
                source,
                is_computed,
            });
        }
        self.lazies.push(at.cast());
    }

    /// # Safety
    ///
    /// As for [`Self::fill`].
    unsafe fn cow(&mut self, inner: TypeId, at: *mut u8) {
        let is_owned = self.choices.below(2) == 1;
        // SAFETY: the caller's duty.
        unsafe {
            let (borrowed, place) = match is_owned {
                true => (ptr::null_mut(), at.add(HEADER)),
                false => {
                    let memory = self.memory(self.layout(inner));
                    (memory, memory)
                }
            };
            at.cast::<Cow>().write(Cow { borrowed });
            self.fill(inner, place);
        }
    }

    /// Elements one after the other, and no length.
    ///
    /// # Safety
    ///
    /// `at` has room for them.
    unsafe fn elements(&mut self, element: TypeId, count: usize, at: *mut u8) {
        let stride = self.layout(element).size();
        for index in 0..count {
            // SAFETY: the caller's duty.
            unsafe { self.fill(element, at.add(index * stride)) };
        }
    }

    /// So many elements in memory of their own, behind so many bytes.
    fn run(&mut self, element: TypeId, count: usize, header: usize) -> *mut u8 {
        let inner = self.layout(element);
        if count == 0 && header == 0 {
            // As empty vectors do: an address nothing may be read at.
            return ptr::without_provenance_mut(inner.align());
        }
        let layout =
            Layout::from_size_align(header + inner.size() * count, inner.align().max(HEADER))
                .expect("values are small");
        let memory = self.memory(layout);
        // SAFETY: allocated for that just now.
        unsafe { self.elements(element, count, memory.add(header)) };
        memory
    }

    /// # Safety
    ///
    /// As for [`Self::fill`].
    unsafe fn list(&mut self, element: TypeId, form: ListForm, at: *mut u8) {
        if form == ListForm::Chain {
            // SAFETY: the caller's duty.
            return unsafe { self.chain(element, None, at) };
        }
        let len = self.count();
        wire::length(&mut self.out, len);
        let first = self.run(element, len, 0);
        // SAFETY: the caller's duty.
        unsafe {
            match form {
                ListForm::Block => at.cast::<Block>().write(Block {
                    len,
                    unused: usize::MAX,
                    first,
                }),
                // Never dropped nor grown: only its words matter.
                _ => at
                    .cast::<Vec<u8>>()
                    .write(vec_of(first, len, len + self.choices.index(3))),
            }
        }
    }

    /// Linked nodes, of items or of keys and values.
    ///
    /// # Safety
    ///
    /// As for [`Self::fill`].
    unsafe fn chain(&mut self, key: TypeId, value: Option<TypeId>, at: *mut u8) {
        let len = self.count();
        wire::length(&mut self.out, len);
        let key_layout = self.layout(key);
        let value_layout = value.map_or(Layout::new::<()>(), |value| self.layout(value));
        let value_at = (HEADER + key_layout.size()).next_multiple_of(value_layout.align());
        let layout = Layout::from_size_align(value_at + value_layout.size(), HEADER)
            .expect("values are small");
        let mut first: *const Node = ptr::null();
        let mut link: *mut *const Node = &raw mut first;
        for _ in 0..len {
            let node = self.memory(layout);
            // SAFETY: the node has room for its header, the key and the value; `link` is
            // in the node before, or a variable of ours.
            unsafe {
                node.cast::<Node>().write(Node {
                    next: ptr::null(),
                    value_at,
                });
                link.write(node.cast());
                link = &raw mut (*node.cast::<Node>()).next;
                self.fill(key, node.add(HEADER));
                if let Some(value) = value {
                    self.fill(value, node.add(value_at));
                }
            }
        }
        // SAFETY: the caller's duty.
        unsafe { at.cast::<Chain>().write(Chain { first, len }) };
        self.chains.push(at.cast());
    }

    /// # Safety
    ///
    /// As for [`Self::fill`].
    unsafe fn pointer(&mut self, pointee: TypeId, form: PointerForm, at: *mut u8) {
        let header = match form {
            PointerForm::Counted | PointerForm::WideCounted => HEADER,
            _ => 0,
        };
        let (element, len) = match &self.plan.get(pointee).form {
            Form::Slice { element } => {
                let len = self.count();
                wire::length(&mut self.out, len);
                (*element, len)
            }
            _ => (pointee, 1),
        };
        let memory = self.run(element, len, header);
        // SAFETY: the caller's duty; a header has room for a length and a count.
        unsafe {
            if header != 0 {
                let strong = Cell::new(1);
                memory.cast::<Counted>().write(Counted { len, strong });
            }
            match form {
                PointerForm::WideBox | PointerForm::WideReference => {
                    let slice = ptr::slice_from_raw_parts(memory.cast_const(), len);
                    at.cast::<*const [u8]>().write(slice);
                }
                PointerForm::WideCow => at.cast::<Block>().write(Block {
                    len,
                    unused: usize::MAX,
                    first: memory,
                }),
                _ => at.cast::<*const u8>().write(memory),
            }
        }
    }
}

/// The discriminant as an integer of the enum's representation, as `serde_repr` writes it.
fn number(out: &mut Vec<u8>, repr: EnumRepr, discriminant: i64) {
    match repr {
        EnumRepr::U8 | EnumRepr::I8 => wire::byte(out, discriminant as u8),
        EnumRepr::U16 | EnumRepr::U32 | EnumRepr::U64 | EnumRepr::USize => {
            let number = u128::try_from(discriminant).expect("it fits the tag");
            wire::varint(out, number);
        }
        EnumRepr::I16 | EnumRepr::I32 | EnumRepr::I64 | EnumRepr::ISize => {
            wire::signed_varint(out, i128::from(discriminant));
        }
        EnumRepr::Rust | EnumRepr::RustNPO => unreachable!("the generator makes none"),
    }
}

/// The words of a `Vec`.
///
/// # Safety
///
/// It is never dropped, grown or read as a `Vec` of bytes.
pub(crate) unsafe fn vec_of(first: *mut u8, len: usize, capacity: usize) -> Vec<u8> {
    // SAFETY: the caller's duty: what an allocator would ask for never happens.
    unsafe { Vec::from_raw_parts(first, len, capacity) }
}

/// # Safety
///
/// `at` has room for the tag.
unsafe fn write_tag(at: *mut u8, repr: EnumRepr, discriminant: i64) {
    let bytes = discriminant.to_ne_bytes();
    let size = tag_size(repr);
    let low = if cfg!(target_endian = "little") {
        0
    } else {
        bytes.len() - size
    };
    // SAFETY: the caller's duty.
    unsafe { at.copy_from_nonoverlapping(bytes.as_ptr().add(low), size) };
}
