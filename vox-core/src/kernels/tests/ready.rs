//! Options made ready against the definition: every type, every number of neighbours, values one behind the other, in memory that ends at a
//! protected page.

use fastrand::Rng;

use super::{Fenced, definition, every_set, low};
use crate::kernels::{Kernels, ReadyForm, ReadyOf, ReadyPlace, over};
use crate::program::{Block, BlockId, Code, Offset, Op, OptionSource, Source, TagWidth};

/// What is in an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Type {
    /// How many bytes it has, whether it has a sign.
    Integer(usize, bool),
    /// What its tag is for `None`.
    Text(i64),
}

const TYPES: [Type; 6] = [
    Type::Integer(4, false),
    Type::Integer(4, true),
    Type::Integer(8, false),
    Type::Integer(8, true),
    Type::Text(i64::MIN),
    Type::Text(i64::MIN + 1),
];

impl Type {
    fn size(self) -> usize {
        match self {
            Self::Integer(width, _) => 2 * width,
            Self::Text(_) => 24,
        }
    }

    fn align(self) -> usize {
        match self {
            Self::Integer(width, _) => width,
            Self::Text(_) => 8,
        }
    }

    /// The source of an option, and the op of its payload.
    fn ops(self) -> (OptionSource, Op) {
        let at = Offset(0);
        let tagged = |tag, none, payload| OptionSource::Tagged {
            tag,
            tag_at: at,
            none,
            payload,
        };
        match self {
            Self::Integer(width, signed) => {
                let op = match (width, signed) {
                    (4, false) => Op::WriteVarU32 { at },
                    (4, true) => Op::WriteVarI32 { at },
                    (_, false) => Op::WriteVarU64 { at },
                    (_, true) => Op::WriteVarI64 { at },
                };
                let payload = Offset(u32::try_from(width).unwrap());
                (tagged(TagWidth::U8, 0, payload), op)
            }
            Self::Text(none) => {
                let source = Source::Words {
                    ptr: Offset(8),
                    len: Offset(16),
                };
                let op = Op::WriteBytes {
                    at,
                    source,
                    reserve: 0,
                };
                (tagged(TagWidth::U64, none, at), op)
            }
        }
    }
}

/// What is written for an option.
#[derive(Debug, PartialEq, Eq)]
enum Expected {
    Integer(Vec<u8>),
    Text(Option<&'static [u8]>),
}

/// Random options, and the memory of strings, which ends at a protected page.
struct Options {
    random: Rng,
    texts: Fenced,
}

impl Options {
    /// An option's memory, and what is written for it.
    fn option(&mut self, ty: Type) -> (Vec<u8>, Expected) {
        match ty {
            Type::Integer(width, signed) => self.integer(width, signed),
            Type::Text(none) => self.text(none),
        }
    }

    fn integer(&mut self, width: usize, is_signed: bool) -> (Vec<u8>, Expected) {
        let random = &mut self.random;
        let all = low(8 * u32::try_from(width).unwrap());
        let bits = random.u64(..) & low(random.u32(0..=64)) & all;
        let is_some = random.bool();
        // Bytes behind the tag mean nothing, and neither does what is in a `None`.
        let mut memory: Vec<u8> = (0..width).map(|_| random.u8(..)).collect();
        memory[0] = u8::from(is_some);
        memory.extend_from_slice(&bits.to_le_bytes()[..width]);
        let mut expected = vec![u8::from(is_some)];
        if is_some {
            let number = match (width, is_signed) {
                (_, false) => bits,
                (4, _) => {
                    let value = i32::from_le_bytes(bits.to_le_bytes()[..4].try_into().unwrap());
                    u64::from(((value << 1) ^ (value >> 31)).cast_unsigned())
                }
                _ => {
                    let value = bits.cast_signed();
                    ((value << 1) ^ (value >> 63)).cast_unsigned()
                }
            };
            definition(&mut expected, number);
        }
        (memory, Expected::Integer(expected))
    }

    fn text(&mut self, none: i64) -> (Vec<u8>, Expected) {
        let random = &mut self.random;
        let len = match random.usize(0..8) {
            0 => 0,
            1 => random.usize(33..200),
            2 => 32,
            _ => random.usize(1..32),
        };
        // Now and then at the very end.
        let behind = random.usize(0..3) * random.usize(0..40);
        let (tag, ptr) = match len {
            // Whose address is none.
            0 => (0, core::ptr::dangling::<u8>()),
            _ => (
                random.i64(1..),
                self.texts.before_end(len + behind).cast_const(),
            ),
        };
        let is_some = random.bool();
        let words = match is_some {
            true => [tag.cast_unsigned(), ptr.addr() as u64, len as u64],
            false => [none.cast_unsigned(), random.u64(..), random.u64(..)],
        };
        let memory = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        // SAFETY: bytes of an allocation that outlives the test's use of them, which nothing writes any more; of none of them, anywhere.
        let text = unsafe { core::slice::from_raw_parts(ptr, len) };
        (memory, Expected::Text(is_some.then_some(text)))
    }
}

/// Code that writes options of these types at these offsets, in this order.
fn code(kinds: &[(Type, u32)]) -> Code {
    let mut code = Code::default();
    code.blocks.push(Block { ops: Vec::new() });
    for (ty, at) in kinds {
        let some = BlockId::from_index(code.blocks.len());
        let (source, op) = ty.ops();
        code.blocks.push(Block { ops: vec![op] });
        code.blocks[0].ops.push(Op::WriteOption {
            at: Offset(*at),
            source,
            some,
        });
    }
    code
}

/// Where the options of runs of one type each are, one run behind the other, and how long a value with them is.
fn layout(runs: &[(Type, usize)]) -> (Vec<(Type, u32)>, usize) {
    let mut fields = Vec::new();
    let mut end: usize = 0;
    for (ty, count) in runs {
        end = end.next_multiple_of(ty.align());
        for _ in 0..*count {
            fields.push((*ty, u32::try_from(end).unwrap()));
            end += ty.size();
        }
    }
    (fields, end)
}

/// Values that follow each other, with so many bytes between them, their options in any order on the wire.
fn check(
    kernels: &Kernels,
    options: &mut Options,
    source: &mut Fenced,
    runs: &[(Type, usize)],
    [count, between]: [usize; 2],
) -> bool {
    let (mut fields, size) = layout(runs);
    options.random.shuffle(&mut fields);
    let code = code(&fields);
    let of = match count {
        1 if options.random.bool() => ReadyOf::Value,
        _ => ReadyOf::Element,
    };
    let Some(ready) = kernels.link_ready(&code, &code.blocks[0].ops, of) else {
        return false;
    };
    let stride = size.next_multiple_of(8) + between;
    // Before the fence behind, or behind the one in front, a few words from it.
    let base = match options.random.bool() {
        true => source.before_end((count - 1) * stride + size),
        false => source.after_start(8 * options.random.usize(0..8)),
    };
    let mut expected = Vec::new();
    for value in 0..count {
        for (ty, at) in &fields {
            let (memory, written) = options.option(*ty);
            // SAFETY: within the memory of the value.
            unsafe {
                let to = base.add(value * stride + *at as usize);
                to.copy_from_nonoverlapping(memory.as_ptr(), memory.len());
            }
            expected.push(written);
        }
    }
    let mut made = Fenced::new(4);
    let out = made.before_end(count * ready.size());
    let end = base.wrapping_add(count * stride);
    // SAFETY: the values are at the base, and there is room for what is made of them.
    let made = unsafe {
        match of {
            ReadyOf::Value => (ready.routine())(out, base, &raw const ready),
            ReadyOf::Element => {
                (ready.routine_for_each())(out, base, end, stride, &raw const ready)
            }
        }
        core::slice::from_raw_parts(out, count * ready.size())
    };
    for (made, expected) in made.chunks(ready.size()).zip(expected.chunks(fields.len())) {
        for (idx, expected) in expected.iter().enumerate() {
            if let Some(place) = ready.place(BlockId::from_index(1 + idx)) {
                check_one(made, place, expected);
            }
        }
    }
    true
}

fn check_one(made: &[u8], place: ReadyPlace, expected: &Expected) {
    let word = |at: usize| u64::from_le_bytes(made[at..at + 8].try_into().unwrap());
    let len = word(place.len);
    match (expected, place.form) {
        (Expected::Integer(expected), ReadyForm::Word | ReadyForm::Wide) => {
            assert_eq!(len, expected.len() as u64);
            assert_eq!(made[place.bytes..place.bytes + expected.len()], *expected);
            let is_wide = place.form == ReadyForm::Wide;
            assert!(expected.len() <= if is_wide { 16 } else { 8 });
        }
        (Expected::Text(None), ReadyForm::Text { ptr }) => {
            assert_eq!((len, made[place.bytes]), (1, 0));
            may_be_read(word(ptr), &[]);
        }
        (Expected::Text(Some(text)), ReadyForm::Text { ptr }) => {
            let is_short =
                text.len() <= over::LEN && (text.is_empty() || over::stays_in_page(text.as_ptr()));
            if !is_short {
                assert!(
                    len > u64::from(2 + ReadyPlace::SHORT),
                    "{} of {text:?}",
                    len
                );
                return;
            }
            assert_eq!(len, 2 + text.len() as u64);
            let head = [1, u8::try_from(text.len()).unwrap()];
            assert_eq!(made[place.bytes..place.bytes + 2], head);
            may_be_read(word(ptr), text);
        }
        (expected, form) => panic!("{expected:?} is made as {form:?}"),
    }
}

/// As much as a short string may have can be read, and begins with this one.
fn may_be_read(address: u64, text: &[u8]) {
    let from = core::ptr::with_exposed_provenance::<u8>(usize::try_from(address).unwrap());
    assert!(over::stays_in_page(from));
    if !over::may_read(from) {
        // Nothing is read beyond its end in this build: machine code does not ask for such strings.
        return;
    }
    let mut bytes = [0; over::LEN];
    // SAFETY: that it can be is what is tested: the process ends if not.
    unsafe { over::copy(bytes.as_mut_ptr(), from) };
    assert_eq!(bytes[..text.len()], *text);
}

#[test]
fn options_of_every_type_are_made_ready() {
    let mut source = Fenced::new(8);
    let mut options = Options {
        random: Rng::with_seed(8),
        texts: Fenced::new(1),
    };
    options.texts.fill(|at| at as u8);
    let mut checked = 0;
    every_set(|set| {
        for round in 0..6000 {
            let random = &mut options.random;
            let runs: Vec<(Type, usize)> = (0..random.usize(1..=5))
                .map(|_| (TYPES[random.usize(0..6)], random.usize(1..=20)))
                .collect();
            let values = [random.usize(1..=6), 8 * random.usize(0..3)];
            let runs = match round % 4 {
                // Each alone, so that nothing else brings it above what is worth it; strings never are.
                0 => match TYPES[round / 4 % 6] {
                    text @ Type::Text(_) => vec![(text, 5 + round / 24 % 9), (TYPES[0], 3)],
                    integer => vec![(integer, 8 + round / 24 % 9)],
                },
                // What is left of two widths.
                1 => vec![
                    (TYPES[random.usize(0..2)], random.usize(1..=12)),
                    (TYPES[random.usize(2..4)], random.usize(1..=12)),
                ],
                _ => runs,
            };
            checked += usize::from(check(set, &mut options, &mut source, &runs, values));
        }
    });
    match Kernels::best().ready {
        None => eprintln!("skipped: no set of this processor has a routine for options"),
        // Few of the rounds have less than is worth it.
        Some(_) => assert!(checked > 3000, "checked: {checked} blocks"),
    }
}

#[test]
fn few_options_and_scattered_ones_are_left_alone() {
    let three: Vec<(Type, u32)> = (0..3).map(|idx| (TYPES[2], 16 * idx)).collect();
    let integers = |count: u32, stride: u32| (0..count).map(move |idx| (TYPES[2], stride * idx));
    let texts = |count: u32, stride: u32| (0..count).map(move |idx| (TYPES[4], 48 + stride * idx));
    let with_three = |texts: &mut dyn Iterator<Item = (Type, u32)>| {
        let mut all = three.clone();
        all.extend(texts);
        all
    };
    let left_alone = [
        integers(20, 32).collect(),
        integers(7, 16).collect(),
        with_three(&mut texts(20, 48)),
        with_three(&mut texts(4, 24)),
        // Without integers.
        texts(20, 24).collect(),
    ];
    for set in Kernels::available() {
        for (case, kinds) in left_alone.iter().enumerate() {
            let code = code(kinds);
            for of in [ReadyOf::Value, ReadyOf::Element] {
                let found = set.link_ready(&code, &code.blocks[0].ops, of);
                assert!(found.is_none(), "{case}, {of:?}: {found:?}");
            }
        }
        let code = code(&with_three(&mut texts(8, 24)));
        let linked = |of| set.link_ready(&code, &code.blocks[0].ops, of).is_some();
        assert!(!linked(ReadyOf::Value));
        assert_eq!(linked(ReadyOf::Element), set.ready.is_some());
    }
}

/// The three widths of a record like many: what is left of the integers is one group, so that there are five of them.
#[test]
fn what_is_left_of_two_widths_is_one_group() {
    let runs = [(TYPES[2], 11), (TYPES[4], 10), (TYPES[0], 11)];
    let (fields, _) = layout(&runs);
    let code = code(&fields);
    for set in Kernels::available() {
        let ready = set.link_ready(&code, &code.blocks[0].ops, ReadyOf::Element);
        assert_eq!(ready.is_some(), set.ready.is_some());
        if let Some(ready) = ready {
            assert_eq!(ready.groups(), 5);
            let is_made = |some| ready.place(BlockId::from_index(some)).is_some();
            assert!((1..=fields.len()).all(is_made));
        }
    }
}
