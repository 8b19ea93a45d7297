//! Which options of a block are neighbours, and the table the routine reads of them.

use super::{Form, Integers, LANES, Lane, Mixed, Narrow, Ready, ReadyOf, Routines, Texts, Wide};
use crate::program::{BlockId, Code, Offset, Op, OptionSource, Source, TagWidth};

/// Fewer integers are no group.
const FEWEST: usize = 3;
/// Nor are fewer strings; their way without one is longer.
const FEWEST_TEXTS: usize = 2;
/// In a block with fewer options in groups it is not worth the call.
const WORTH: usize = 8;
/// The most groups of a block: what is made of them is on the stack.
const MOST: usize = 8;

/// An option a routine can make ready.
#[derive(Clone, Copy)]
struct Found {
    kind: Kind,
    at: u32,
    some: BlockId,
}

/// What options of a group have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Narrow { signed: bool },
    Wide { signed: bool },
    Text { none: i64 },
}

impl Kind {
    const fn size(self) -> u32 {
        match self {
            Self::Narrow { .. } => 8,
            Self::Wide { .. } => 16,
            Self::Text { .. } => 24,
        }
    }

    const fn fewest(self) -> usize {
        match self {
            Self::Text { .. } => FEWEST_TEXTS,
            _ => FEWEST,
        }
    }
}

/// Memory of the value from the first option to the last one: what may be read.
#[derive(Clone, Copy)]
struct Extent {
    start: u32,
    end: u32,
}

impl Extent {
    fn new(found: &[Found]) -> Option<Self> {
        let start = found.iter().map(|option| option.at).min()?;
        let end = |option: &Found| option.at.checked_add(option.kind.size());
        let ends: Option<Vec<u32>> = found.iter().map(end).collect();
        let end = ends?.into_iter().max()?;
        Some(Self { start, end })
    }

    /// From where on `len` bytes can be read so that one of `size` starts at `at`, if anywhere.
    fn window(self, at: u32, size: u32, len: u32) -> Option<u32> {
        let latest = self.end.checked_sub(len)?;
        let back = at.saturating_sub(latest).next_multiple_of(size);
        at.checked_sub(back).filter(|from| *from >= self.start)
    }
}

/// Up to eight options of a kind that lie next to each other.
#[derive(Clone, Copy)]
struct Run<'a> {
    options: &'a [Found],
}

impl Run<'_> {
    fn kind(self) -> Kind {
        self.options[0].kind
    }

    fn len(self) -> usize {
        self.options.len()
    }

    fn at(self) -> u32 {
        self.options[0].at
    }

    /// From where on `lanes` of their kind are read, and which of these is the first of them.
    fn window(self, extent: Extent, lanes: u32) -> Option<(u32, usize)> {
        let size = self.kind().size();
        let at = extent.window(self.at(), size, lanes * size)?;
        Some((at, ((self.at() - at) / size) as usize))
    }
}

/// The table of a block, if its options are worth it.
pub(super) fn of(routines: Routines, code: &Code, ops: &[Op], of: ReadyOf) -> Option<Ready> {
    let mut found: Vec<Found> = ops.iter().filter_map(|op| option_of(code, op)).collect();
    if of == ReadyOf::Value {
        found.retain(|option| !matches!(option.kind, Kind::Text { .. }));
    }
    found.sort_unstable_by_key(|option| (option.kind, option.at));
    let extent = Extent::new(&found)?;
    let mut ready = Ready {
        routines,
        integers: [Integers::default(), Integers::default()],
        texts: Vec::new(),
        places: Vec::new(),
    };
    let mut runs = runs(&found);
    for signed in [false, true] {
        if let Some((narrow, wide)) = take_few_of_each(&mut runs, signed) {
            ready.push_mixed(narrow, wide, extent, signed);
        }
    }
    for run in runs {
        if ready.groups() < MOST && run.len() >= run.kind().fewest() {
            ready.push(run, extent);
        }
    }
    // Strings alone are as fast in their turn.
    let has_integers = ready.groups() > ready.texts.len();
    (has_integers && ready.places.len() >= WORTH).then_some(ready)
}

/// The neighbours of each kind, in the order of their kinds.
fn runs(found: &[Found]) -> Vec<Run<'_>> {
    let mut runs = Vec::new();
    let mut rest = found;
    while let Some(first) = rest.first() {
        let is_next = |(idx, option): &(u32, &Found)| {
            let at = first.at.checked_add(idx * first.kind.size());
            option.kind == first.kind && Some(option.at) == at
        };
        let options = (0..).zip(rest.iter().take(LANES));
        let (options, behind) = rest.split_at(options.take_while(is_next).count());
        runs.push(Run { options });
        rest = behind;
    }
    runs
}

/// Takes a run of each width of integers that go into one group: what is left where others fill theirs.
fn take_few_of_each<'a>(runs: &mut Vec<Run<'a>>, signed: bool) -> Option<(Run<'a>, Run<'a>)> {
    let fits = |narrow: &Run<'_>, wide: &Run<'_>| {
        // Eight words of the wide ones are read.
        (narrow.kind(), wide.kind()) == (Kind::Narrow { signed }, Kind::Wide { signed })
            && wide.len() <= LANES / 2
            && (FEWEST..=LANES).contains(&(narrow.len() + wide.len()))
    };
    let wide_for = |narrow: &Run<'_>| runs.iter().position(|wide| fits(narrow, wide));
    let pair = |narrow: Run<'a>| Some((narrow, wide_for(&narrow)?));
    let (narrow, wide) = runs.iter().copied().find_map(pair)?;
    let wide = runs.remove(wide);
    runs.retain(|run| run.at() != narrow.at());
    Some((narrow, wide))
}

impl Ready {
    /// Adds a group, unless what would be read besides is not the value's.
    fn push(&mut self, run: Run<'_>, extent: Extent) {
        let Some((at, first)) = run.window(extent, LANES as u32) else {
            return;
        };
        let (form, group) = match run.kind() {
            Kind::Narrow { signed } => {
                let groups = &mut self.integers[usize::from(signed)].narrow;
                groups.push(Narrow { at });
                (Form::Narrow { signed }, groups.len() - 1)
            }
            Kind::Wide { signed } => {
                let groups = &mut self.integers[usize::from(signed)].wide;
                groups.push(Wide { at });
                (Form::Wide { signed }, groups.len() - 1)
            }
            Kind::Text { none } => {
                self.texts.push(Texts { at, none });
                (Form::Text, self.texts.len() - 1)
            }
        };
        self.put(run, form, group, first);
    }

    /// Adds a group of a few of each width, the wide ones first.
    fn push_mixed(&mut self, narrow: Run<'_>, wide: Run<'_>, extent: Extent, signed: bool) {
        let lanes = LANES as u32;
        let windows = (wide.window(extent, lanes / 2), narrow.window(extent, lanes));
        let (Some((wide_at, skipped)), Some((narrow_at, first_narrow))) = windows else {
            return;
        };
        let first = wide.len();
        let word = |lane: usize, payload: usize| match lane.checked_sub(first) {
            None => (2 * (skipped + lane) + payload) as u8,
            // Those behind the last one are not looked at.
            Some(lane) => (LANES + (first_narrow + lane) % LANES) as u8,
        };
        let is_narrow = |lane| u8::from((first..first + narrow.len()).contains(&lane)) << lane;
        let groups = &mut self.integers[usize::from(signed)].mixed;
        groups.push(Mixed {
            at: [wide_at, narrow_at],
            tags: core::array::from_fn(|lane| word(lane, 0)),
            values: core::array::from_fn(|lane| word(lane, 1)),
            narrow: (0..LANES).map(is_narrow).sum(),
        });
        let (form, group) = (Form::Mixed { signed }, groups.len() - 1);
        self.put(wide, form, group, 0);
        self.put(narrow, form, group, first);
    }

    fn put(&mut self, run: Run<'_>, form: Form, group: usize, first: usize) {
        for (option, lane) in run.options.iter().zip(first..) {
            self.places.push((option.some, Lane { form, group, lane }));
        }
    }
}

/// An option that a routine can make ready.
fn option_of(code: &Code, op: &Op) -> Option<Found> {
    let Op::WriteOption {
        at: Offset(at),
        source:
            OptionSource::Tagged {
                tag,
                tag_at: Offset(0),
                none,
                payload: Offset(payload),
            },
        some,
    } = *op
    else {
        return None;
    };
    let [inner] = code.block(some).ops[..] else {
        return None;
    };
    use Op::{WriteBytes, WriteVarI32, WriteVarI64, WriteVarU32, WriteVarU64};
    let kind = match (inner, tag, none, payload) {
        (WriteVarU32 { at: Offset(0) }, TagWidth::U8, 0, 4) => Kind::Narrow { signed: false },
        (WriteVarI32 { at: Offset(0) }, TagWidth::U8, 0, 4) => Kind::Narrow { signed: true },
        (WriteVarU64 { at: Offset(0) }, TagWidth::U8, 0, 8) => Kind::Wide { signed: false },
        (WriteVarI64 { at: Offset(0) }, TagWidth::U8, 0, 8) => Kind::Wide { signed: true },
        (
            WriteBytes {
                at: Offset(0),
                source: TEXT,
                ..
            },
            TagWidth::U64,
            none,
            0,
        ) => Kind::Text { none },
        _ => return None,
    };
    // The routines are of little-endian processors.
    cfg!(target_endian = "little").then_some(Found { kind, at, some })
}

/// Where a string has its address and its length; its capacity, in front of them, is the tag.
const TEXT: Source = Source::Words {
    ptr: Offset(8),
    len: Offset(16),
};
