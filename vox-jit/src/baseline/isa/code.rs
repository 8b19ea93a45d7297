//! The bytes of one function under construction, and its jumps.
//!
//! The macro of `dynasm` does the encoding; it appends to whatever has the methods `push_..` and `extend`. Here that is
//! a buffer that has its final size from the start, and labels are a number each. The run-time
//! assemblers that come with the macro (`dynasmrt`) do more, at four times the cost; see `docs/adr/0005`.

/// A place in the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Label(u32);

/// A jump whose label is too far away: the function is too large for the instruction set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfRange;

const UNBOUND: usize = usize::MAX;

/// A distance to fill in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fixup<K> {
    /// Where it is to be filled in.
    pub(super) place: usize,
    /// Where it counts from.
    pub(super) origin: usize,
    /// Where it leads to.
    label: Label,
    /// How it is encoded.
    pub(super) kind: K,
}

/// See the module documentation.
#[derive(Debug)]
pub(super) struct Code<K> {
    bytes: Vec<u8>,
    labels: Vec<usize>,
    fixups: Vec<Fixup<K>>,
}

impl<K: Copy> Code<K> {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            bytes: Vec::with_capacity(capacity),
            labels: Vec::with_capacity(32),
            fixups: Vec::with_capacity(64),
        }
    }

    pub(super) fn label(&mut self) -> Label {
        self.labels.push(UNBOUND);
        let index = self.labels.len() - 1;
        Label(u32::try_from(index).expect("fewer labels than ops, which are numbered in 32 bits"))
    }

    pub(super) fn bind(&mut self, label: Label) {
        self.labels[label.0 as usize] = self.bytes.len();
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Notes that the distance from `origin` to the label belongs at `place`.
    pub(super) fn fix(&mut self, place: usize, origin: usize, label: Label, kind: K) {
        self.fixups.push(Fixup {
            place,
            origin,
            label,
            kind,
        });
    }

    /// Fills in every distance and answers the bytes.
    pub(super) fn finish(
        mut self,
        mut encode: impl FnMut(&mut [u8], &Fixup<K>, isize) -> Result<(), OutOfRange>,
    ) -> Result<Vec<u8>, OutOfRange> {
        for fixup in &self.fixups {
            let target = self.labels[fixup.label.0 as usize];
            assert_ne!(target, UNBOUND, "a jump to a label that was never bound");
            let distance = target.wrapping_sub(fixup.origin).cast_signed();
            encode(&mut self.bytes, fixup, distance)?;
        }
        Ok(self.bytes)
    }

    pub(super) fn patch(&mut self, place: usize, bytes: [u8; 4]) {
        self.bytes[place..place + 4].copy_from_slice(&bytes);
    }
}

impl<K> Extend<u8> for Code<K> {
    #[inline]
    fn extend<I: IntoIterator<Item = u8>>(&mut self, bytes: I) {
        self.bytes.extend(bytes);
    }
}

impl<'a, K> Extend<&'a u8> for Code<K> {
    #[inline]
    fn extend<I: IntoIterator<Item = &'a u8>>(&mut self, bytes: I) {
        self.bytes.extend(bytes);
    }
}

macro_rules! pushes {
    ($($name:ident: $ty:ty),*) => {
        /// What the macro calls for operands that are only known at run time.
        impl<K> Code<K> {
            $(
                #[inline]
                pub(super) fn $name(&mut self, value: $ty) {
                    self.bytes.extend_from_slice(&value.to_le_bytes());
                }
            )*
        }
    };
}

pushes!(push: u8, push_i8: i8, push_i32: i32, push_i64: i64, push_u32: u32);
