//! Deducing a layout from what values looked like.

/// The most words a probed value may have.
pub(super) const MAX_WORDS: usize = 8;

/// Where a value keeps the address and the number of its elements, in bytes
/// from its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Words {
    /// Where the address is.
    pub(crate) ptr: usize,
    /// Where the number of elements is.
    pub(crate) len: usize,
}

/// What one value looked like, and what its type's functions said about it.
#[derive(Debug, Clone)]
pub(super) struct Sighting {
    /// Its words in memory.
    pub(super) words: Vec<usize>,
    /// The address of its first element.
    pub(super) ptr: usize,
    /// The number of its elements.
    pub(super) len: usize,
}

impl Sighting {
    /// Looks at a value.
    ///
    /// # Safety
    ///
    /// `value` is the address of `count` initialised, aligned words.
    pub(super) unsafe fn of(value: *const u8, count: usize, ptr: *const u8, len: usize) -> Self {
        let words = (0..count)
            .map(|index| {
                // SAFETY: the duty of this function. Read as a pointer, so that
                // a pointer's provenance is not lost on the way to its address.
                unsafe { value.cast::<*const u8>().add(index).read() }.addr()
            })
            .collect();
        Self {
            words,
            ptr: ptr.addr(),
            len,
        }
    }

    /// Whether the words at these positions are the address and the length.
    fn agrees(&self, ptr: usize, len: usize) -> bool {
        self.words.get(ptr) == Some(&self.ptr) && self.words.get(len) == Some(&self.len)
    }
}

/// The one layout that agrees with every sighting; `None` when there is none or
/// more than one, or when the sightings could not tell (fewer than two of them, or
/// all of one length).
pub(super) fn deduce(sightings: &[Sighting]) -> Option<Words> {
    let [first, rest @ ..] = sightings else {
        return None;
    };
    if rest.iter().all(|other| other.len == first.len) {
        return None;
    }
    let count = first.words.len();
    let mut found = None;
    for ptr in 0..count {
        for len in 0..count {
            if ptr == len || !sightings.iter().all(|sighting| sighting.agrees(ptr, len)) {
                continue;
            }
            if found.is_some() {
                return None;
            }
            found = Some(Words {
                ptr: ptr * size_of::<usize>(),
                len: len * size_of::<usize>(),
            });
        }
    }
    found
}
