//! Formats whose encoders are derived for the type, as they are best used.
//!
//! Their bytes are their own. Each peer takes the workloads it has a derive for; which those are is
//! the table at the end. Without the feature `peers` there are none.
//!
//! Not here: peers through serde (`bincode`, `bitcode`), which take every type.

use crate::workload::{
    borrows, enums, floats, gnarly, maps, metadata, options, scalars, slices, tree,
};

/// What a peer made of a value: how many bytes, or its error. The bytes themselves are dropped, in
/// whatever they were in; some formats have a kind of vector of their own.
pub type Encoded = Result<usize, String>;

/// A type's encoders in other formats; `None` where a peer does not support the type.
pub trait Peers: Sized {
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
    use std::hint::black_box;

    use super::Encoded;

    /// The length of what was made, once the optimizer has seen all of it used.
    pub(super) fn length<B: AsRef<[u8]>, E: std::fmt::Display>(made: Result<B, E>) -> Encoded {
        match black_box(made) {
            Ok(bytes) => Ok(bytes.as_ref().len()),
            Err(error) => Err(error.to_string()),
        }
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

// Speedy has no Arc and no Rc, wincode no boxed text, and rkyv needs attributes for what is borrowed.
peers! {
    gnarly::GnarlyPayload: borsh rkyv speedy wincode;
    gnarly::Arguments: borsh rkyv speedy wincode;
    gnarly::Response: borsh rkyv speedy wincode;
    metadata::Document: borsh rkyv speedy wincode;
    Vec<options::Record>: borsh rkyv speedy wincode;
    Vec<borrows::Record<'static>>: borsh;
    Vec<slices::ByteRecord<'static>>: borsh wincode;
    Vec<slices::WordRecord<'static>>: borsh speedy wincode;
    Vec<String>: borsh rkyv speedy wincode;
    scalars::Mixed: borsh rkyv speedy wincode;
    scalars::Runs: borsh rkyv speedy wincode;
    Vec<u32>: borsh rkyv speedy wincode;
    Vec<u64>: borsh rkyv speedy wincode;
    Vec<enums::Event>: borsh rkyv speedy wincode;
    tree::Node: borsh rkyv speedy wincode;
    maps::Maps: borsh rkyv speedy wincode;
    floats::Samples: borsh rkyv speedy wincode;
    u8: borsh rkyv speedy wincode;
}
