//! Network addresses: serde writes their bytes into formats that are not for
//! people to read, behind the variant's number where it may be either version.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use core::ptr;

use super::make_room;
use crate::cx::EncodeCx;
use crate::entry_fn;
use crate::wire::varint;

/// A variant's number, the 16 bytes of an address, a port.
const MAX_LEN: usize = 1 + 16 + varint::MAX_LEN_U16;

/// Up to [`MAX_LEN`] bytes, put together before they are written at once.
struct Form {
    bytes: [u8; MAX_LEN],
    len: usize,
}

impl Form {
    const fn new() -> Self {
        Self {
            bytes: [0; MAX_LEN],
            len: 0,
        }
    }

    fn push(&mut self, bytes: &[u8]) -> &mut Self {
        self.bytes[self.len..self.len + bytes.len()].copy_from_slice(bytes);
        self.len += bytes.len();
        self
    }

    fn ip(&mut self, ip: IpAddr) -> &mut Self {
        match ip {
            IpAddr::V4(ip) => self.push(&[0]).push(&ip.octets()),
            IpAddr::V6(ip) => self.push(&[1]).push(&ip.octets()),
        }
    }

    fn port(&mut self, port: u16) -> &mut Self {
        let mut rest = port;
        while rest >= 0x80 {
            let [low, _] = rest.to_le_bytes();
            self.push(&[low | 0x80]);
            rest >>= 7;
        }
        let [low, _] = rest.to_le_bytes();
        self.push(&[low])
    }

    /// # Safety
    ///
    /// As for [`super::make_room`].
    unsafe fn write(&self, cx: *mut EncodeCx, out: *mut u8, spare: usize) -> *mut u8 {
        // SAFETY: the duty of this function; at least `len` bytes may be
        // written where `make_room` says.
        unsafe {
            let out = make_room(cx, out, self.len + spare);
            if out.is_null() {
                return out;
            }
            ptr::copy_nonoverlapping(self.bytes.as_ptr(), out, self.len);
            out.add(self.len)
        }
    }
}

macro_rules! leaf {
    ($name:ident, $ty:ty, $form:expr) => {
        entry_fn! {
            /// [`crate::entry::LeafFn`] of the type it names.
            ///
            /// # Safety
            ///
            /// `value` is the address of a live value of the type, `cx` the state
            /// of a running encode and `out` its cursor.
            pub(super) unsafe fn $name(cx: *mut EncodeCx, value: *const u8, out: *mut u8, spare: usize) -> *mut u8 {
                // SAFETY: the duty of this function; the type is `Copy`.
                let value = unsafe { value.cast::<$ty>().read() };
                let mut form = Form::new();
                let put: fn(&mut Form, $ty) = $form;
                put(&mut form, value);
                // SAFETY: the duty of this function.
                unsafe { form.write(cx, out, spare) }
            }
        }
    };
}

leaf!(write_ipv4, Ipv4Addr, |form, ip| {
    form.push(&ip.octets());
});
leaf!(write_ipv6, Ipv6Addr, |form, ip| {
    form.push(&ip.octets());
});
leaf!(write_ip, IpAddr, |form, ip| {
    form.ip(ip);
});
leaf!(write_socket_v4, SocketAddrV4, |form, socket| {
    form.push(&socket.ip().octets()).port(socket.port());
});
leaf!(write_socket_v6, SocketAddrV6, |form, socket| {
    form.push(&socket.ip().octets()).port(socket.port());
});
leaf!(write_socket, SocketAddr, |form, socket| {
    form.ip(socket.ip()).port(socket.port());
});
