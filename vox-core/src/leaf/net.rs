//! Network addresses: serde writes their bytes into formats that are not for
//! people to read, behind the variant's number where it may be either version.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

use super::output::Form;
use super::{Known, leaf};

fn push_ip(form: &mut Form, ip: IpAddr) {
    match ip {
        IpAddr::V4(ip) => form.push(&[0]).push(&ip.octets()),
        IpAddr::V6(ip) => form.push(&[1]).push(&ip.octets()),
    };
}

leaf!(write_ipv4: Ipv4Addr, |ip, output| output.raw(&ip.octets()));
leaf!(write_ipv6: Ipv6Addr, |ip, output| output.raw(&ip.octets()));
leaf!(write_ip: IpAddr, |ip, output| {
    let mut form = Form::new();
    push_ip(&mut form, *ip);
    output.raw(form.as_bytes())
});
leaf!(write_socket_v4: SocketAddrV4, |socket, output| {
    let mut form = Form::new();
    form.push(&socket.ip().octets()).unsigned(socket.port().into());
    output.raw(form.as_bytes())
});
leaf!(write_socket_v6: SocketAddrV6, |socket, output| {
    let mut form = Form::new();
    form.push(&socket.ip().octets()).unsigned(socket.port().into());
    output.raw(form.as_bytes())
});
leaf!(write_socket: SocketAddr, |socket, output| {
    let mut form = Form::new();
    push_ip(&mut form, socket.ip());
    form.unsigned(socket.port().into());
    output.raw(form.as_bytes())
});

pub(super) fn known() -> [Known; 6] {
    [
        Known::new::<Ipv4Addr>(write_ipv4),
        Known::new::<Ipv6Addr>(write_ipv6),
        Known::new::<IpAddr>(write_ip),
        Known::new::<SocketAddrV4>(write_socket_v4),
        Known::new::<SocketAddrV6>(write_socket_v6),
        Known::new::<SocketAddr>(write_socket),
    ]
}
