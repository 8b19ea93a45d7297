//! Types whose wire form is computed, and the accessors of types that reflection
//! cannot look into.
//!
//! Each function here reads one Rust type and writes what serde writes for it
//! into a format that is not for people to read. The only place that knows which
//! types these are is [`find`]; programs name the functions without knowing them.

mod accessor;
mod net;
mod path;

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::path::{Path, PathBuf};

use facet_core::{Facet, Shape};

use crate::cx::EncodeCx;
use crate::entry::LeafFn;
pub(crate) use accessor::string_parts;

/// The function that writes values of this shape, if it is one of ours.
pub(crate) fn find(shape: &Shape) -> Option<LeafFn> {
    let table: [(&Shape, LeafFn); 8] = [
        (Ipv4Addr::SHAPE, net::write_ipv4),
        (Ipv6Addr::SHAPE, net::write_ipv6),
        (IpAddr::SHAPE, net::write_ip),
        (SocketAddrV4::SHAPE, net::write_socket_v4),
        (SocketAddrV6::SHAPE, net::write_socket_v6),
        (SocketAddr::SHAPE, net::write_socket),
        (PathBuf::SHAPE, path::write_path_buf),
        (Path::SHAPE, path::write_path),
    ];
    table
        .into_iter()
        .find(|(known, _)| known.id == shape.id)
        .map(|(_, function)| function)
}

/// Makes sure that `spare` bytes can be written at the cursor it answers; null
/// when no room could be made.
///
/// # Safety
///
/// `cx` is the state of a running encode and `out` its cursor.
unsafe fn make_room(cx: *mut EncodeCx, out: *mut u8, spare: usize) -> *mut u8 {
    // SAFETY: the state is ours to read while a function of ours runs, and
    // `grow` belongs to its sink (assumption A3).
    unsafe {
        if (*cx).spare(out) >= spare {
            out
        } else {
            ((*cx).grow)(cx, out, spare)
        }
    }
}

#[cfg(test)]
mod tests;
