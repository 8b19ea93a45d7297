//! The numbers ops refer to things by, and the small constants they carry.
//!
//! Each is a `u32` of its own type, so that a path cannot be used as a block.

use core::fmt;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(pub u32);

        impl $name {
            /// The letter that marks this kind of number in the text form.
            pub const PREFIX: &'static str = $prefix;

            /// The number as an index into its table.
            #[inline]
            #[must_use]
            pub const fn index(self) -> usize {
                self.0 as usize
            }

            /// The number that names the entry at `index`.
            ///
            /// # Panics
            ///
            /// Panics when `index` does not fit 32 bits: lowering limits every
            /// table far below that.
            #[must_use]
            pub fn from_index(index: usize) -> Self {
                Self(u32::try_from(index).expect("tables are limited to 32-bit indices"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}{}", $prefix, self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}{}", $prefix, self.0)
            }
        }
    };
}

id!(
    /// A block of the same program.
    BlockId, "b"
);
id!(
    /// A function of the program's function table.
    FunctionId, "f"
);
id!(
    /// A child type, called through its slot.
    ChildId, "c"
);
id!(
    /// A field path, printed by errors.
    PathId, "p"
);
id!(
    /// The arms of an enum.
    TableId, "t"
);
id!(
    /// An iterator over a container.
    IterId, "i"
);
id!(
    /// A proxy conversion.
    ProxyId, "x"
);
id!(
    /// A distance in bytes from the base address of a block.
    Offset, "@"
);

/// Up to 15 constant bytes an op writes.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Literal {
    len: u8,
    bytes: [u8; Self::MAX_LEN],
}

impl Literal {
    /// The most bytes one literal holds.
    pub const MAX_LEN: usize = 15;

    /// A literal of these bytes; `None` when they are more than [`Self::MAX_LEN`].
    #[must_use]
    pub fn new(bytes: &[u8]) -> Option<Self> {
        if bytes.len() > Self::MAX_LEN {
            return None;
        }
        let mut literal = Self {
            len: u8::try_from(bytes.len()).ok()?,
            bytes: [0; Self::MAX_LEN],
        };
        literal.bytes[..bytes.len()].copy_from_slice(bytes);
        Some(literal)
    }

    /// The number of bytes.
    #[must_use]
    pub const fn len(&self) -> u32 {
        self.len as u32
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The bytes, and zeros behind them.
    #[inline]
    #[must_use]
    pub fn padded(&self) -> &[u8; Self::MAX_LEN] {
        &self.bytes
    }

    /// The bytes.
    #[inline]
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }
}

impl fmt::Debug for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.as_bytes() {
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}
