//! The bytes of one function under construction, and its jumps.
//!
//! The macro of `dynasm` does the encoding; it appends to whatever has the methods `push_..` and `extend`. Here that is
//! a buffer that has room for the worst case from the start of a function, and labels are a number each. The run-time
//! assemblers that come with the macro (`dynasmrt`) do more, at four times the cost; see `docs/adr/0005`.
//!
//! Places are 32 bits: code that would be longer is refused at the end.

mod piece;
#[cfg(test)]
mod tests;

use piece::PIECE;
pub(in crate::baseline::isa) use piece::Piece;

/// A place in the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Label(u32);

/// A place that was emitted, to jump back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place(pub(in crate::baseline::isa) u32);

#[cfg(test)]
impl Place {
    /// Bytes before it.
    pub(in crate::baseline) fn offset(self) -> u32 {
        self.0
    }
}

/// How far ahead a jump leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Range {
    /// At most [`NEAR`](super::NEAR) bytes, as was found out before.
    Near,
    /// Nobody knows.
    Far,
}

/// The only jump to a place ahead, which needs no label. It must land.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub struct Jump {
    /// Where the distance belongs, or the instruction that holds it.
    pub(in crate::baseline::isa) place: u32,
    pub(in crate::baseline::isa) range: Range,
}

/// A constant that is not known yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Hole(pub(in crate::baseline::isa) u32);

/// A jump table, by where it starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Table(pub(in crate::baseline::isa) u32);

/// A jump whose label is too far away: the function is too large for the instruction set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfRange;

/// No place, and further from each than a short jump leads, in both directions: code has less than 2^31 bytes.
const NOWHERE: u32 = 3 << 30;

/// What is known of a label.
#[derive(Debug, Clone, Copy)]
struct Target {
    /// Where it is bound.
    at: u32,
    /// Where the last jump to it is that others may go through, none for a near one.
    way: u32,
    /// The four bytes of the last long jump to it: they hold the place of those of the jump before that. For a near one, the byte of the
    /// last jump to it: that holds how far before it the same byte of the jump before that is, 0 for none.
    last: u32,
    /// Whether jumps to it that are emitted before it is bound are promised to be short.
    is_near: bool,
}

impl Target {
    const fn new(is_near: bool) -> Self {
        Self {
            at: NOWHERE,
            way: NOWHERE,
            last: NOWHERE,
            is_near,
        }
    }
}

/// How far it is to a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::baseline::isa) enum Reach {
    /// So many bytes from the end of the short form.
    Known(i32),
    /// Not known yet, but the short form will do.
    Near,
    /// Not known yet.
    Far,
}

/// How a jump on zero gets to a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::baseline::isa) enum Way {
    /// Through the last jump on zero there, so many bytes from the end of the short form.
    Last(i8),
    /// By itself, with this in place of the distance until that is known.
    Long(u32),
}

/// A distance to fill in.
#[derive(Debug, Clone, Copy)]
pub(in crate::baseline::isa) struct Fixup<K> {
    /// Where it is to be filled in.
    pub(in crate::baseline::isa) place: u32,
    /// Where it counts from.
    origin: u32,
    /// Where it leads to.
    label: Label,
    /// How it is encoded.
    pub(in crate::baseline::isa) kind: K,
}

/// See the module documentation. Its memory is used again for the next function.
#[derive(Debug)]
pub(in crate::baseline::isa) struct Code<K> {
    /// What was emitted, and room for more.
    bytes: Vec<u8>,
    /// How much was emitted.
    len: u32,
    labels: Vec<Target>,
    fixups: Vec<Fixup<K>>,
    capacity: usize,
    /// Whether a distance did not fit that was to be short, or the code did not.
    is_broken: bool,
    /// Jumps ahead that have not landed, counted with debug assertions.
    open_jumps: u32,
}

impl<K> Default for Code<K> {
    fn default() -> Self {
        Self {
            bytes: Vec::new(),
            len: 0,
            labels: Vec::with_capacity(64),
            fixups: Vec::with_capacity(64),
            capacity: 0,
            is_broken: false,
            open_jumps: 0,
        }
    }
}

impl<K: Copy> Code<K> {
    /// Starts a function that will have at most so many bytes.
    pub(in crate::baseline::isa) fn start(&mut self, capacity: usize) {
        // More is refused. The last piece has room as well.
        let room = capacity.min(i32::MAX as usize) + PIECE;
        if self.bytes.len() < room {
            self.bytes.resize(room, 0);
        }
        self.len = 0;
        self.labels.clear();
        self.fixups.clear();
        self.capacity = capacity;
        self.is_broken = false;
        self.open_jumps = 0;
    }

    /// The jump ahead at a place.
    #[inline]
    pub(in crate::baseline::isa) fn open_jump(&mut self, place: u32, range: Range) -> Jump {
        if cfg!(debug_assertions) {
            self.open_jumps += 1;
        }
        Jump { place, range }
    }

    /// A jump lands here; answers its place.
    #[inline]
    pub(in crate::baseline::isa) fn close_jump(&mut self, jump: &Jump) -> u32 {
        if cfg!(debug_assertions) {
            self.open_jumps -= 1;
        }
        jump.place
    }

    /// The most bytes the code will have.
    pub(in crate::baseline::isa) fn capacity(&self) -> usize {
        self.capacity
    }

    #[inline]
    pub(in crate::baseline::isa) fn label(&mut self, is_near: bool) -> Label {
        // There are fewer than bytes of code, which are numbered in 32 bits.
        let index = self.labels.len() as u32;
        self.labels.push(Target::new(is_near));
        Label(index)
    }

    #[inline]
    pub(in crate::baseline::isa) fn bind(&mut self, label: Label) {
        let here = self.here();
        let target = &mut self.labels[label.0 as usize];
        debug_assert_eq!(target.at, NOWHERE, "a label is bound once");
        target.at = here;
        let Target { last, is_near, .. } = *target;
        // Of code that is refused anyway, the jumps there may not have been written.
        if last == NOWHERE || self.is_broken {
            return;
        }
        match is_near {
            true => self.settle(last, here),
            false => self.settle_long(last, here),
        }
    }

    /// Fills in the distances to a label, which is here, from the last long jump on.
    fn settle_long(&mut self, last: u32, here: u32) {
        let mut place = last;
        while place != NOWHERE {
            let before = u32::from_le_bytes(*self.at(place));
            self.lead(place, Range::Far, here);
            place = before;
        }
    }

    /// Fills in the distances to a near label, which is here, from the last jump on.
    fn settle(&mut self, last: u32, here: u32) {
        let mut place = last;
        loop {
            let [before] = *self.at(place);
            self.lead(place, Range::Near, here);
            if before == 0 {
                return;
            }
            place -= u32::from(before);
        }
    }

    /// Fills in the distance at a place, which counts from its own end: one byte to what is near, four to what is far.
    #[inline]
    pub(in crate::baseline::isa) fn lead(&mut self, place: u32, range: Range, to: u32) {
        if range == Range::Far {
            *self.at(place) = (to - place - 4).to_le_bytes();
            return;
        }
        let distance = i8::try_from(to - place - 1);
        debug_assert!(distance.is_ok(), "a near place is too far away");
        self.is_broken |= distance.is_err();
        *self.at(place) = distance.unwrap_or(0).to_le_bytes();
    }

    /// A distance did not fit: the code is refused at the end.
    pub(in crate::baseline::isa) fn refuse(&mut self) {
        self.is_broken = true;
    }

    /// What stands for the distance of a short jump to a near label, in the byte so many behind here.
    #[inline]
    pub(in crate::baseline::isa) fn near(&mut self, label: Label, behind: u32) -> u8 {
        let place = self.here() + behind;
        let last = core::mem::replace(&mut self.labels[label.0 as usize].last, place);
        if last == NOWHERE {
            return 0;
        }
        let before = u8::try_from(place - last);
        self.is_broken |= before.is_err();
        before.unwrap_or(0)
    }

    /// What stands for the distance of a long jump to a label that is not bound, in the four bytes so many behind
    /// here.
    #[inline]
    pub(in crate::baseline::isa) fn long(&mut self, label: Label, behind: u32) -> u32 {
        let place = self.here() + behind;
        core::mem::replace(&mut self.labels[label.0 as usize].last, place)
    }

    /// The place of the next byte.
    #[inline]
    pub(in crate::baseline::isa) fn here(&self) -> u32 {
        self.len
    }

    /// How far it is to a label from so many bytes behind here, the end of a short jump.
    #[inline]
    pub(in crate::baseline::isa) fn reach(&self, label: Label, len: u32) -> Reach {
        let target = self.labels[label.0 as usize];
        if target.at == NOWHERE {
            return if target.is_near {
                Reach::Near
            } else {
                Reach::Far
            };
        }
        Reach::Known(self.distance(Place(target.at), len))
    }

    /// How far it is back to a place from so many bytes behind here.
    #[inline]
    pub(in crate::baseline::isa) fn distance(&self, to: Place, len: u32) -> i32 {
        to.0.wrapping_sub(self.here() + len).cast_signed()
    }

    /// How a jump on zero gets to a label that may be far. It starts `start` bytes behind here, in its short form it ends `end`
    /// bytes behind here, and unless the label is near it is from now on the last one that others may go through. `None` where it is known
    /// how to get there: the label is near, or is bound, and no jump on zero close by leads there.
    #[inline]
    pub(in crate::baseline::isa) fn way(
        &mut self,
        label: Label,
        start: u32,
        end: u32,
    ) -> Option<Way> {
        let here = self.len;
        let target = &mut self.labels[label.0 as usize];
        // First, for this is how most jumps get there.
        if let Ok(distance) = i8::try_from(target.way.wrapping_sub(here + end).cast_signed()) {
            target.way = here + start;
            return Some(Way::Last(distance));
        }
        if target.is_near {
            return None;
        }
        target.way = here + start;
        if target.at != NOWHERE {
            return None;
        }
        // The distance of the long form is where the short form ends.
        let long = core::mem::replace(&mut target.last, here + end);
        Some(Way::Long(long))
    }

    /// Notes that the distance from `origin` to the label belongs at `place`.
    #[inline]
    pub(in crate::baseline::isa) fn fix(&mut self, place: u32, origin: u32, label: Label, kind: K) {
        self.fixups.push(Fixup {
            place,
            origin,
            label,
            kind,
        });
    }

    /// Fills in every distance and answers the bytes, which stand until the next function is started.
    pub(in crate::baseline::isa) fn finish(
        &mut self,
        mut encode: impl FnMut(&mut [u8], &Fixup<K>, i32) -> Result<(), OutOfRange>,
    ) -> Result<&[u8], OutOfRange> {
        let len = self.len as usize;
        let is_within = len <= self.capacity.min(i32::MAX as usize);
        debug_assert!(is_within, "more code than the worst case");
        if self.is_broken || !is_within {
            return Err(OutOfRange);
        }
        debug_assert_eq!(self.open_jumps, 0, "a jump that never landed");
        let is_jumped_to = |it: &Target| it.last != NOWHERE;
        let mut unbound = self.labels.iter().filter(|it| it.at == NOWHERE);
        assert!(
            !unbound.any(is_jumped_to),
            "a jump to a label that was never bound"
        );
        for fixup in &self.fixups {
            let target = self.labels[fixup.label.0 as usize].at;
            assert_ne!(target, NOWHERE, "a jump to a label that was never bound");
            let distance = target.wrapping_sub(fixup.origin).cast_signed();
            encode(&mut self.bytes, fixup, distance)?;
        }
        Ok(&self.bytes[..len])
    }

    /// The bytes at a place, to be changed. Of code that is refused anyway, which may end before, it may be any.
    pub(in crate::baseline::isa) fn at<const N: usize>(&mut self, place: u32) -> &mut [u8; N] {
        let mut place = place as usize;
        if place + N > self.bytes.len() {
            core::hint::cold_path();
            debug_assert!(self.is_broken, "emitted before");
            place = 0;
        }
        let bytes = &mut self.bytes[place..];
        bytes.first_chunk_mut().expect("emitted before")
    }
}

impl<K> Code<K> {
    /// Appends a piece, of 255 bytes at most. Code that comes to have more bytes than it was to have at most is refused when it
    /// is finished.
    #[inline(always)]
    pub(in crate::baseline::isa) fn emit(&mut self, write: impl FnOnce(&mut Piece<'_>)) {
        let start = self.len as usize;
        let room = self.bytes.get_mut(start..start + PIECE);
        let Some(room) = room.and_then(<[u8]>::first_chunk_mut) else {
            return self.overflow();
        };
        let mut piece = Piece::new(room);
        write(&mut piece);
        self.len += piece.len();
    }

    /// Leaves out so many bytes, all of which are filled in later.
    pub(in crate::baseline::isa) fn leave_out(&mut self, bytes: u32) {
        match self.len.checked_add(bytes) {
            Some(end) if end as usize + PIECE <= self.bytes.len() => self.len = end,
            _ => self.overflow(),
        }
    }

    #[cold]
    #[inline(never)]
    fn overflow(&mut self) {
        debug_assert!(false, "more code than the worst case");
        self.is_broken = true;
    }

    /// Appends the first so many bytes of a word, the lowest first.
    #[inline(always)]
    pub(in crate::baseline::isa) fn put_word(&mut self, word: u64, len: u8) {
        self.emit(|piece| piece.put_word(word, len));
    }

    /// Appends bytes.
    #[inline(always)]
    pub(in crate::baseline::isa) fn put<const N: usize>(&mut self, bytes: [u8; N]) {
        self.emit(|piece| piece.put(bytes));
    }
}
