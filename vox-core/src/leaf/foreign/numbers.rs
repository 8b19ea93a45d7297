//! Types that are written as numbers or bytes: identifiers, wide integers, floats
//! that exclude something, and the host of an address, which is an enum.

use super::Known;
#[cfg(any(feature = "uuid", feature = "ordered-float"))]
use super::leaf;

#[cfg(feature = "uuid")]
leaf!(write_uuid: uuid::Uuid, |id, output| output.bytes(id.as_bytes()));

#[cfg(feature = "ordered-float")]
leaf!(write_not_nan_32: ordered_float::NotNan<f32>, |it, output| {
    output.raw(&it.into_inner().to_le_bytes())
});
#[cfg(feature = "ordered-float")]
leaf!(write_not_nan_64: ordered_float::NotNan<f64>, |it, output| {
    output.raw(&it.into_inner().to_le_bytes())
});

/// `Host<String>`: an enum of a name and two kinds of addresses.
#[cfg(feature = "url")]
mod host {
    use super::super::leaf;
    use super::super::output::Form;
    use url::Host;

    leaf!(write: Host<String>, |host, output| match host {
        Host::Domain(name) => output.numbered_text(0, name),
        Host::Ipv4(ip) => {
            let mut form = Form::new();
            form.push(&[1]).push(&ip.octets());
            output.raw(form.as_bytes())
        }
        Host::Ipv6(ip) => {
            let mut form = Form::new();
            form.push(&[2]).push(&ip.octets());
            output.raw(form.as_bytes())
        }
    });

    pub(super) fn known() -> super::Known {
        super::Known::new::<Host<String>>(write)
    }
}

/// Wide integers: as many bytes as their bits need, the highest first, with their
/// number in front. The shape does not tell how many bits it is, so there is a function
/// for each width that has a name in `ruint`.
#[cfg(feature = "ruint")]
mod wide {
    use super::super::leaf;
    use super::super::output::Output;
    use super::Known;
    use ruint::{Bits, Uint};

    const MAX_BYTES: usize = 4096 / 8;

    fn write<const BITS: usize, const LIMBS: usize>(
        number: &Uint<BITS, LIMBS>,
        output: Output,
    ) -> *mut u8 {
        let mut bytes = [0; MAX_BYTES];
        for (place, limb) in bytes
            .chunks_exact_mut(8)
            .zip(number.as_limbs().iter().rev())
        {
            place.copy_from_slice(&limb.to_be_bytes());
        }
        let len = BITS.div_ceil(8);
        output.bytes(&bytes[LIMBS * 8 - len..][..len])
    }

    macro_rules! widths {
        ($($uint:ident $bits:ident $width:literal $limbs:literal;)+) => {
            $(
                leaf!($uint: Uint<$width, $limbs>, |it, output| write(it, output));
                leaf!($bits: Bits<$width, $limbs>, |it, output| write(it.as_uint(), output));
            )+

            pub(super) fn known() -> Vec<Known> {
                vec![$(
                    Known::new::<Uint<$width, $limbs>>($uint),
                    Known::new::<Bits<$width, $limbs>>($bits),
                )+]
            }
        };
    }

    widths! {
        uint_0 bits_0 0 0;
        uint_1 bits_1 1 1;
        uint_8 bits_8 8 1;
        uint_16 bits_16 16 1;
        uint_32 bits_32 32 1;
        uint_64 bits_64 64 1;
        uint_96 bits_96 96 2;
        uint_128 bits_128 128 2;
        uint_160 bits_160 160 3;
        uint_192 bits_192 192 3;
        uint_256 bits_256 256 4;
        uint_320 bits_320 320 5;
        uint_384 bits_384 384 6;
        uint_448 bits_448 448 7;
        uint_512 bits_512 512 8;
        uint_768 bits_768 768 12;
        uint_1024 bits_1024 1024 16;
        uint_2048 bits_2048 2048 32;
        uint_4096 bits_4096 4096 64;
    }
}

pub(super) fn known() -> Vec<Known> {
    #[allow(unused_mut, reason = "nothing is added without the features")]
    let mut known = Vec::new();
    #[cfg(feature = "uuid")]
    known.extend([Known::new::<uuid::Uuid>(write_uuid)]);
    #[cfg(feature = "ordered-float")]
    known.extend([
        Known::new::<ordered_float::NotNan<f32>>(write_not_nan_32),
        Known::new::<ordered_float::NotNan<f64>>(write_not_nan_64),
    ]);
    #[cfg(feature = "url")]
    known.extend([host::known()]);
    #[cfg(feature = "ruint")]
    known.extend(wide::known());
    known
}
