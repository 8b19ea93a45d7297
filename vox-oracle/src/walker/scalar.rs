//! Values that are written without looking inside, by their Rust type.
//!
//! Besides the primitives these are std's types whose serde form is documented
//! by serde and not visible in their shape. Recognised by type identity, and
//! only when the shape claims to be a scalar without fields: shapes made at run
//! time may borrow the identity of another type, and then their fields count.

use super::WalkError;
use crate::wire;
use facet_core::{Def, Type, UserType};
use facet_reflect::Peek;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Writes `peek` when it is one of the known scalars; answers whether it was.
pub(super) fn write(out: &mut Vec<u8>, peek: Peek<'_, '_>) -> Result<bool, WalkError> {
    let shape = peek.shape();
    let has_inside = matches!(
        shape.ty,
        Type::User(UserType::Struct(_) | UserType::Enum(_) | UserType::Union(_))
    );
    if has_inside || !matches!(shape.def, Def::Scalar) {
        return Ok(false);
    }
    Ok(write_number(out, peek)
        || write_text(out, peek)
        || write_path(out, peek)?
        || write_address(out, peek)
        || write_other(out, peek))
}

/// Booleans, integers and floats.
fn write_number(out: &mut Vec<u8>, peek: Peek<'_, '_>) -> bool {
    if let Ok(value) = peek.get::<bool>() {
        wire::boolean(out, *value);
    } else if let Ok(value) = peek.get::<u8>() {
        wire::byte(out, *value);
    } else if let Ok(value) = peek.get::<i8>() {
        wire::byte(out, value.cast_unsigned());
    } else if let Ok(value) = peek.get::<u16>() {
        wire::varint(out, u128::from(*value));
    } else if let Ok(value) = peek.get::<u32>() {
        wire::varint(out, u128::from(*value));
    } else if let Ok(value) = peek.get::<u64>() {
        wire::varint(out, u128::from(*value));
    } else if let Ok(value) = peek.get::<u128>() {
        wire::varint(out, *value);
    } else if let Ok(value) = peek.get::<usize>() {
        wire::length(out, *value);
    } else if let Ok(value) = peek.get::<i16>() {
        wire::signed_varint(out, i128::from(*value));
    } else if let Ok(value) = peek.get::<i32>() {
        wire::signed_varint(out, i128::from(*value));
    } else if let Ok(value) = peek.get::<i64>() {
        wire::signed_varint(out, i128::from(*value));
    } else if let Ok(value) = peek.get::<i128>() {
        wire::signed_varint(out, *value);
    } else if let Ok(value) = peek.get::<isize>() {
        let value = i128::try_from(*value).expect("isize fits in 128 bits");
        wire::signed_varint(out, value);
    } else if let Ok(value) = peek.get::<f32>() {
        wire::raw(out, &value.to_le_bytes());
    } else if let Ok(value) = peek.get::<f64>() {
        wire::raw(out, &value.to_le_bytes());
    } else {
        return false;
    }
    true
}

/// Characters and strings.
fn write_text(out: &mut Vec<u8>, peek: Peek<'_, '_>) -> bool {
    if let Ok(value) = peek.get::<char>() {
        wire::character(out, *value);
    } else if let Ok(value) = peek.get::<str>() {
        wire::string(out, value);
    } else if let Ok(value) = peek.get::<String>() {
        wire::string(out, value);
    } else {
        return false;
    }
    true
}

/// Paths are strings, and an error when they are not UTF-8.
fn write_path(out: &mut Vec<u8>, peek: Peek<'_, '_>) -> Result<bool, WalkError> {
    let path: &Path = if let Ok(value) = peek.get::<PathBuf>() {
        value
    } else if let Ok(value) = peek.get::<Path>() {
        value
    } else {
        return Ok(false);
    };
    wire::string(out, path.to_str().ok_or(WalkError::PathNotUtf8)?);
    Ok(true)
}

/// Network addresses, in serde's form for binary formats: octets as a tuple
/// (no length), unions of the two families as enums, a socket address as the
/// pair of address and port. Flow information and scope of IPv6 are lost.
fn write_address(out: &mut Vec<u8>, peek: Peek<'_, '_>) -> bool {
    if let Ok(value) = peek.get::<Ipv4Addr>() {
        wire::raw(out, &value.octets());
    } else if let Ok(value) = peek.get::<Ipv6Addr>() {
        wire::raw(out, &value.octets());
    } else if let Ok(value) = peek.get::<IpAddr>() {
        match value {
            IpAddr::V4(address) => {
                wire::variant(out, 0);
                wire::raw(out, &address.octets());
            }
            IpAddr::V6(address) => {
                wire::variant(out, 1);
                wire::raw(out, &address.octets());
            }
        }
    } else if let Ok(value) = peek.get::<SocketAddrV4>() {
        write_socket(out, &value.ip().octets(), value.port());
    } else if let Ok(value) = peek.get::<SocketAddrV6>() {
        write_socket(out, &value.ip().octets(), value.port());
    } else if let Ok(value) = peek.get::<SocketAddr>() {
        match value {
            SocketAddr::V4(address) => {
                wire::variant(out, 0);
                write_socket(out, &address.ip().octets(), address.port());
            }
            SocketAddr::V6(address) => {
                wire::variant(out, 1);
                write_socket(out, &address.ip().octets(), address.port());
            }
        }
    } else {
        return false;
    }
    true
}

fn write_socket(out: &mut Vec<u8>, octets: &[u8], port: u16) {
    wire::raw(out, octets);
    wire::varint(out, u128::from(port));
}

/// Types with a serde form of their own.
fn write_other(out: &mut Vec<u8>, peek: Peek<'_, '_>) -> bool {
    if let Ok(value) = peek.get::<Duration>() {
        wire::varint(out, u128::from(value.as_secs()));
        wire::varint(out, u128::from(value.subsec_nanos()));
    } else if let Ok(value) = peek.get::<uuid::Uuid>() {
        wire::byte_string(out, value.as_bytes());
    } else {
        return false;
    }
    true
}
