//! The bytes of one function under construction, and its jumps.
//!
//! The macro of `dynasm` does the encoding; it appends to whatever has the methods `push_..` and `extend`. Here that is
//! a buffer that has room for the worst case from the start of a function, and labels are a number each. The run-time
//! assemblers that come with the macro (`dynasmrt`) do more, at four times the cost; see `docs/adr/0005`.
//!
//! Places are 32 bits: code that would be longer is refused at the end.

use core::mem::MaybeUninit;

/// A place in the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Label(u32);

/// A constant that is not known yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Hole(pub(super) u32);

/// A jump table, by where it starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Table(pub(super) u32);

/// A jump whose label is too far away: the function is too large for the instruction set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfRange;

const NOWHERE: u32 = u32::MAX;

/// What is known of a label.
#[derive(Debug, Clone, Copy)]
struct Target {
    /// Where it is bound.
    at: u32,
    /// Where the last jump to it is that others may go through. For a near one, the byte of the last jump to it: that holds
    /// how far before it the same byte of the jump before that is, 0 for none.
    way: u32,
    /// Whether jumps to it that are emitted before it is bound are promised to be short.
    is_near: bool,
}

impl Target {
    const fn new(is_near: bool) -> Self {
        Self {
            at: NOWHERE,
            way: NOWHERE,
            is_near,
        }
    }
}

/// How far it is to a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// So many bytes from the end of the short form.
    Short(i8),
    /// Not known yet, but the short form will do.
    Near,
    /// Not known yet, or too much for the short form.
    Far,
}

/// A distance to fill in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fixup<K> {
    /// Where it is to be filled in.
    pub(super) place: u32,
    /// Where it counts from.
    origin: u32,
    /// Where it leads to.
    label: Label,
    /// How it is encoded.
    pub(super) kind: K,
}

/// See the module documentation. Its memory is used again for the next function.
#[derive(Debug)]
pub(super) struct Code<K> {
    bytes: Vec<u8>,
    labels: Vec<Target>,
    fixups: Vec<Fixup<K>>,
    capacity: usize,
    /// Whether a distance did not fit, for a label that was to be near.
    is_broken: bool,
}

impl<K> Default for Code<K> {
    fn default() -> Self {
        Self {
            bytes: Vec::new(),
            labels: Vec::with_capacity(64),
            fixups: Vec::with_capacity(64),
            capacity: 0,
            is_broken: false,
        }
    }
}

impl<K: Copy> Code<K> {
    /// Starts a function that will have at most so many bytes.
    pub(super) fn start(&mut self, capacity: usize) {
        self.bytes.clear();
        // The last piece has room as well.
        self.bytes.reserve(capacity + PIECE);
        self.labels.clear();
        self.fixups.clear();
        self.capacity = capacity;
        self.is_broken = false;
    }

    /// The most bytes the code will have.
    pub(super) fn capacity(&self) -> usize {
        self.capacity
    }

    #[inline]
    pub(super) fn label(&mut self, is_near: bool) -> Label {
        let index = self.labels.len();
        self.labels.push(Target::new(is_near));
        Label(u32::try_from(index).expect("fewer labels than ops, which are numbered in 32 bits"))
    }

    #[inline]
    pub(super) fn bind(&mut self, label: Label) {
        let here = self.here();
        let target = &mut self.labels[label.0 as usize];
        target.at = here;
        if target.is_near && target.way != NOWHERE {
            let last = target.way;
            self.settle(last, here);
        }
    }

    /// Fills in the distances to a near label, which is here, from the last jump on.
    fn settle(&mut self, last: u32, here: u32) {
        let mut place = last;
        loop {
            let byte = &mut self.bytes[place as usize];
            let before = u32::from(*byte);
            let distance = i8::try_from(here - place - 1);
            debug_assert!(distance.is_ok(), "a near label is too far away");
            self.is_broken |= distance.is_err();
            *byte = distance.unwrap_or(0).cast_unsigned();
            if before == 0 {
                return;
            }
            place -= before;
        }
    }

    /// A distance did not fit: the code is refused at the end.
    pub(super) fn refuse(&mut self) {
        self.is_broken = true;
    }

    /// What stands for the distance of a short jump to a near label, in the byte so many behind here.
    #[inline]
    pub(super) fn near(&mut self, label: Label, behind: u32) -> u8 {
        let place = self.here() + behind;
        let way = core::mem::replace(&mut self.labels[label.0 as usize].way, place);
        if way == NOWHERE {
            return 0;
        }
        let before = u8::try_from(place - way);
        self.is_broken |= before.is_err();
        before.unwrap_or(0)
    }

    /// The place of the next byte.
    #[inline]
    pub(super) fn here(&self) -> u32 {
        // `finish` refuses code for which this loses something.
        self.bytes.len() as u32
    }

    /// How far it is to a label from so many bytes behind here, the end of a short jump.
    #[inline]
    pub(super) fn reach(&self, label: Label, len: u32) -> Reach {
        let target = self.labels[label.0 as usize];
        if target.at == NOWHERE {
            return if target.is_near {
                Reach::Near
            } else {
                Reach::Far
            };
        }
        self.short(target.at, len).map_or(Reach::Far, Reach::Short)
    }

    /// How far it is to the last jump that leads to the label, from so many bytes behind here, the end of a short
    /// one. From now on that one, which starts `start` bytes behind here, is the last.
    #[inline]
    pub(super) fn way(&mut self, label: Label, start: u32, len: u32) -> Option<i8> {
        let here = self.here() + start;
        let target = &mut self.labels[label.0 as usize];
        debug_assert!(
            !target.is_near || target.at == NOWHERE,
            "near labels lie ahead"
        );
        let way = core::mem::replace(&mut target.way, here);
        if way == NOWHERE {
            return None;
        }
        self.short(way, len)
    }

    #[inline]
    fn short(&self, to: u32, len: u32) -> Option<i8> {
        let distance = i64::from(to) - i64::from(self.here() + len);
        i8::try_from(distance).ok()
    }

    /// Notes that the distance from `origin` to the label belongs at `place`.
    #[inline]
    pub(super) fn fix(&mut self, place: u32, origin: u32, label: Label, kind: K) {
        self.fixups.push(Fixup {
            place,
            origin,
            label,
            kind,
        });
    }

    /// Fills in every distance and answers the bytes.
    pub(super) fn finish(
        &mut self,
        mut encode: impl FnMut(&mut [u8], &Fixup<K>, i32) -> Result<(), OutOfRange>,
    ) -> Result<Vec<u8>, OutOfRange> {
        i32::try_from(self.bytes.len()).map_err(|_| OutOfRange)?;
        let is_within = self.bytes.len() <= self.capacity;
        debug_assert!(is_within, "more code than the worst case");
        if self.is_broken || !is_within {
            return Err(OutOfRange);
        }
        for fixup in &self.fixups {
            let target = self.labels[fixup.label.0 as usize].at;
            assert_ne!(target, NOWHERE, "a jump to a label that was never bound");
            let distance = target.wrapping_sub(fixup.origin).cast_signed();
            encode(&mut self.bytes, fixup, distance)?;
        }
        Ok(self.bytes.clone())
    }

    /// The bytes at a place, to be changed.
    pub(super) fn at<const N: usize>(&mut self, place: u32) -> &mut [u8; N] {
        let bytes = &mut self.bytes[place as usize..];
        bytes.first_chunk_mut().expect("emitted before")
    }
}

/// The most bytes that are appended at once.
const PIECE: usize = 64;

/// What is appended at once. How long the code is stands in memory, and a processor takes some cycles to read what it just
/// wrote; within a piece, the length is in a register.
#[derive(Debug)]
pub(super) struct Piece<'c> {
    /// The first `len` are initialised.
    room: &'c mut [MaybeUninit<u8>; PIECE],
    len: usize,
}

impl<K> Code<K> {
    /// Appends a piece. If the code comes to have more bytes than it was to have at most, it is refused when it is finished.
    #[inline]
    pub(super) fn emit(&mut self, write: impl FnOnce(&mut Piece<'_>)) {
        if self.bytes.capacity() - self.bytes.len() < PIECE {
            self.make_room();
        }
        let Some(room) = self.bytes.spare_capacity_mut().first_chunk_mut() else {
            full()
        };
        let mut piece = Piece { room, len: 0 };
        write(&mut piece);
        let len = piece.len;
        // SAFETY: a piece has initialised that many bytes behind those that were before, and they are within
        // the capacity, for so is its room.
        unsafe { self.bytes.set_len(self.bytes.len() + len) };
    }

    #[cold]
    #[inline(never)]
    fn make_room(&mut self) {
        self.bytes.reserve(PIECE);
    }

    /// Appends bytes.
    #[inline]
    pub(super) fn put<const N: usize>(&mut self, bytes: [u8; N]) {
        self.emit(|piece| piece.put(bytes));
    }
}

impl Piece<'_> {
    #[inline]
    pub(super) fn put<const N: usize>(&mut self, bytes: [u8; N]) {
        let Some(place) = self.room[self.len..].first_chunk_mut() else {
            full()
        };
        *place = bytes.map(MaybeUninit::new);
        self.len += N;
    }

    /// What the macro calls for the parts of instructions that are known when it is expanded.
    #[inline]
    pub(super) fn extend<const N: usize>(&mut self, bytes: &[u8; N]) {
        self.put(*bytes);
    }
}

#[cold]
#[inline(never)]
fn full() -> ! {
    panic!("a piece of more bytes than a piece has");
}

macro_rules! pushes {
    ($($name:ident: $ty:ty),*) => {
        /// What the macro calls for operands that are only known at run time.
        impl Piece<'_> {
            $(
                #[inline]
                pub(super) fn $name(&mut self, value: $ty) {
                    self.put(value.to_le_bytes());
                }
            )*
        }
    };
}

pushes!(push_i8: i8, push_i32: i32, push_i64: i64, push_u32: u32);
