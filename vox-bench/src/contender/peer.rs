//! Formats whose encoders are derived for the type, as they are best used; and serde's with lists of bytes taken whole.
//!
//! The formats' bytes are their own. Each peer takes the workloads it has a derive for; which those are is
//! the table at the end. Without the feature `peers` there are none.
//!
//! No other format goes through serde, not even for a type it has no derive for: a column says what it is.

use crate::workload::{
    borrows, enums, floats, gnarly, maps, metadata, options, scalars, slices, tree,
};

/// What a peer made of a value: how many bytes, or its error. The bytes themselves are dropped, in
/// whatever they were in; some formats have a kind of vector of their own.
pub type Encoded = Result<usize, String>;

/// What serde's `postcard` made of a value.
pub type Allocated = postcard::Result<Vec<u8>>;

/// A type's encoders in other formats; `None` where a peer does not support the type.
pub trait Peers: Sized {
    /// Serde's `postcard` where lists of bytes are serialized by the `serde_bytes` crate. Its bytes are postcard's. For types where lists of
    /// bytes are a good part.
    const SERDE_BYTES: Option<fn(&Self) -> Allocated> = None;
    /// The `bincode` crate's `encode_to_vec`, in its configuration `legacy`: integers have a fixed width, as those of borsh,
    /// speedy and wincode. Its `standard`, of varints, takes longer, up to twelve times for integers.
    const BINCODE: Option<fn(&Self) -> Encoded> = None;
    /// The `bitcode` crate's `encode`. Not its `Buffer`, which keeps memory from encode to encode: peers make a new vector.
    const BITCODE: Option<fn(&Self) -> Encoded> = None;
    /// The `borsh` crate's `to_vec`.
    const BORSH: Option<fn(&Self) -> Encoded> = None;
    /// The `rkyv` crate's `to_bytes`.
    const RKYV: Option<fn(&Self) -> Encoded> = None;
    /// The `speedy` crate's `write_to_vec`, little-endian.
    const SPEEDY: Option<fn(&Self) -> Encoded> = None;
    /// The `wincode` crate's `serialize`.
    const WINCODE: Option<fn(&Self) -> Encoded> = None;
}

#[cfg(feature = "peers")]
mod encode {
    use std::convert::Infallible;
    use std::hint::black_box;

    use super::Encoded;

    /// The length of what was made, once the optimizer has seen all of it used.
    pub(super) fn length<B: AsRef<[u8]>, E: std::fmt::Display>(made: Result<B, E>) -> Encoded {
        match black_box(made) {
            Ok(bytes) => Ok(bytes.as_ref().len()),
            Err(error) => Err(error.to_string()),
        }
    }

    pub(super) fn bincode<T: bincode::Encode>(value: &T) -> Encoded {
        length(bincode::encode_to_vec(value, bincode::config::legacy()))
    }

    pub(super) fn bitcode<T: bitcode::Encode>(value: &T) -> Encoded {
        length(Ok::<_, Infallible>(bitcode::encode(value)))
    }

    pub(super) fn borsh<T: borsh::BorshSerialize>(value: &T) -> Encoded {
        length(borsh::to_vec(value))
    }

    macro_rules! rkyv {
        ($kind:ty) => {
            |value: &$kind| {
                $crate::contender::peer::encode::length(rkyv::to_bytes::<rkyv::rancor::BoxedError>(
                    value,
                ))
            }
        };
    }
    pub(super) use rkyv;

    pub(super) fn speedy<T: speedy::Writable<speedy::LittleEndian>>(value: &T) -> Encoded {
        length(value.write_to_vec())
    }

    pub(super) fn wincode<T>(value: &T) -> Encoded
    where
        T: wincode::SchemaWrite<wincode::config::DefaultConfig, Src = T>,
    {
        length(wincode::serialize(value))
    }
}

macro_rules! peers {
    ($($kind:ty: $($peer:ident)*;)*) => {
        $(impl Peers for $kind {
            $(#[cfg(feature = "peers")] peers!(@$peer $kind);)*
        })*
    };
    (@serde_bytes $kind:ty) => {
        const SERDE_BYTES: Option<fn(&Self) -> Allocated> = Some(super::bytes::encode::<$kind>);
    };
    (@bincode $kind:ty) => {
        const BINCODE: Option<fn(&Self) -> Encoded> = Some(encode::bincode::<$kind>);
    };
    (@bitcode $kind:ty) => {
        const BITCODE: Option<fn(&Self) -> Encoded> = Some(encode::bitcode::<$kind>);
    };
    (@borsh $kind:ty) => {
        const BORSH: Option<fn(&Self) -> Encoded> = Some(encode::borsh::<$kind>);
    };
    (@rkyv $kind:ty) => {
        const RKYV: Option<fn(&Self) -> Encoded> = Some(encode::rkyv!($kind));
    };
    (@speedy $kind:ty) => {
        const SPEEDY: Option<fn(&Self) -> Encoded> = Some(encode::speedy::<$kind>);
    };
    (@wincode $kind:ty) => {
        const WINCODE: Option<fn(&Self) -> Encoded> = Some(encode::wincode::<$kind>);
    };
}

// Speedy has no Arc and no Rc, wincode no boxed text, and rkyv needs attributes for what is borrowed. Bitcode has nothing
// for references but those to text, nor for Cow; its encoder of a type holds those of the fields, so no type can hold itself.
peers! {
    gnarly::GnarlyPayload: serde_bytes bincode bitcode borsh rkyv speedy wincode;
    gnarly::Arguments: bincode bitcode borsh rkyv speedy wincode;
    gnarly::Response: bincode bitcode borsh rkyv speedy wincode;
    metadata::Document: bincode bitcode borsh rkyv speedy wincode;
    Vec<options::Record>: bincode bitcode borsh rkyv speedy wincode;
    Vec<borrows::Record<'static>>: bincode borsh;
    Vec<slices::ByteRecord<'static>>: serde_bytes bincode borsh wincode;
    Vec<slices::WordRecord<'static>>: bincode borsh speedy wincode;
    Vec<String>: bincode bitcode borsh rkyv speedy wincode;
    scalars::Mixed: bincode bitcode borsh rkyv speedy wincode;
    scalars::Runs: bincode bitcode borsh rkyv speedy wincode;
    Vec<u32>: bincode bitcode borsh rkyv speedy wincode;
    Vec<u64>: bincode bitcode borsh rkyv speedy wincode;
    Vec<enums::Event>: bincode bitcode borsh rkyv speedy wincode;
    tree::Node: bincode borsh rkyv speedy wincode;
    maps::Maps: bincode bitcode borsh rkyv speedy wincode;
    floats::Samples: bincode bitcode borsh rkyv speedy wincode;
    u8: bincode bitcode borsh rkyv speedy wincode;
}
