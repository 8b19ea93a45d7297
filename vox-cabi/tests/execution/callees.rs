//! Rust functions of random signatures, in every convention of the host.
//!
//! `generated.rs` lists the signatures. Each becomes one function per
//! convention, compiled by rustc, which records the words it received and
//! answers words derived from them. What rustc does with `extern "sysv64"` and
//! its like is the judge of what we emit.

use std::cell::RefCell;

use vox_cabi::{Abi, FunctionType, Parameter, Returned, Words};

/// Structs of one to four words.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct A1 {
    pub a: u64,
}

#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct A2 {
    pub a: u64,
    pub b: *mut u8,
}

#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct A3 {
    pub a: u64,
    pub b: u64,
    pub c: *mut u8,
}

#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct A4 {
    pub a: u64,
    pub b: *mut u8,
    pub c: u64,
    pub d: u64,
}

/// A value as the words a caller passes.
pub(crate) trait Record {
    fn write_words(&self, to: &mut Vec<u64>);
}

/// A type of the generated signatures.
pub(crate) trait Value: Record {
    const PARAMETER: Parameter;
    const RETURNED: Returned;
    fn from_words(words: impl FnMut() -> u64) -> Self;
}

fn pointer(word: u64) -> *mut u8 {
    std::ptr::without_provenance_mut(usize::try_from(word).expect("words are 64 bits"))
}

fn word(pointer: *mut u8) -> u64 {
    u64::try_from(pointer.addr()).expect("words are 64 bits")
}

impl Record for u64 {
    fn write_words(&self, to: &mut Vec<u64>) {
        to.push(*self);
    }
}

impl Value for u64 {
    const PARAMETER: Parameter = Parameter::Word;
    const RETURNED: Returned = Returned::Word;
    fn from_words(mut words: impl FnMut() -> u64) -> Self {
        words()
    }
}

impl Record for *mut u8 {
    fn write_words(&self, to: &mut Vec<u64>) {
        to.push(word(*self));
    }
}

impl Value for *mut u8 {
    const PARAMETER: Parameter = Parameter::Pointer;
    const RETURNED: Returned = Returned::Pointer;
    fn from_words(mut words: impl FnMut() -> u64) -> Self {
        pointer(words())
    }
}

impl Record for A1 {
    fn write_words(&self, to: &mut Vec<u64>) {
        to.push(self.a);
    }
}

impl Value for A1 {
    const PARAMETER: Parameter = Parameter::Aggregate(Words::One);
    const RETURNED: Returned = Returned::Aggregate(Words::One);
    fn from_words(mut words: impl FnMut() -> u64) -> Self {
        A1 { a: words() }
    }
}

impl Record for A2 {
    fn write_words(&self, to: &mut Vec<u64>) {
        to.extend([self.a, word(self.b)]);
    }
}

impl Value for A2 {
    const PARAMETER: Parameter = Parameter::Aggregate(Words::Two);
    const RETURNED: Returned = Returned::Aggregate(Words::Two);
    fn from_words(mut words: impl FnMut() -> u64) -> Self {
        A2 {
            a: words(),
            b: pointer(words()),
        }
    }
}

impl Record for A3 {
    fn write_words(&self, to: &mut Vec<u64>) {
        to.extend([self.a, self.b, word(self.c)]);
    }
}

impl Value for A3 {
    const PARAMETER: Parameter = Parameter::Aggregate(Words::Three);
    const RETURNED: Returned = Returned::Aggregate(Words::Three);
    fn from_words(mut words: impl FnMut() -> u64) -> Self {
        A3 {
            a: words(),
            b: words(),
            c: pointer(words()),
        }
    }
}

impl Record for A4 {
    fn write_words(&self, to: &mut Vec<u64>) {
        to.extend([self.a, word(self.b), self.c, self.d]);
    }
}

impl Value for A4 {
    const PARAMETER: Parameter = Parameter::Aggregate(Words::Four);
    const RETURNED: Returned = Returned::Aggregate(Words::Four);
    fn from_words(mut words: impl FnMut() -> u64) -> Self {
        A4 {
            a: words(),
            b: pointer(words()),
            c: words(),
            d: words(),
        }
    }
}

/// `bool` and `()` are results only.
pub(crate) trait Answer {
    const RETURNED: Returned;
    fn answer(words: impl FnMut() -> u64) -> Self;
}

impl<T: Value> Answer for T {
    const RETURNED: Returned = T::RETURNED;
    fn answer(words: impl FnMut() -> u64) -> Self {
        T::from_words(words)
    }
}

impl Answer for bool {
    const RETURNED: Returned = Returned::Bool;
    fn answer(mut words: impl FnMut() -> u64) -> Self {
        words() & 1 == 1
    }
}

impl Answer for () {
    const RETURNED: Returned = Returned::Void;
    fn answer(_: impl FnMut() -> u64) -> Self {}
}

thread_local! {
    /// The argument words of every call since they were last taken.
    static RECEIVED: RefCell<Vec<Vec<u64>>> = const { RefCell::new(Vec::new()) };
}

/// The argument words of every call since the last time.
pub(crate) fn take_received() -> Vec<Vec<u64>> {
    RECEIVED.take()
}

/// The words a callee answers after it received `words`; as many as asked for.
pub(crate) fn answer_words(words: &[u64]) -> impl FnMut() -> u64 {
    let seed = words
        .iter()
        .fold(0xa5a5, |sum: u64, word| sum.rotate_left(7) ^ word);
    let mut random = crate::signatures::Random::new(seed);
    move || random.next_word()
}

/// Records the arguments of a call and answers it.
pub(crate) fn receive<T: Answer>(arguments: &[&dyn Record]) -> T {
    let mut words = Vec::new();
    for argument in arguments {
        argument.write_words(&mut words);
    }
    let answer = T::answer(answer_words(&words));
    RECEIVED.with_borrow_mut(|received| received.push(words));
    answer
}

/// The address of a function, as the emitter takes it.
pub(crate) fn address_of(function: *const ()) -> u64 {
    u64::try_from(function.addr()).expect("addresses are 64 bits")
}

/// One function type and the functions of that type.
pub(crate) struct Signature {
    pub name: &'static str,
    pub function: FunctionType<'static>,
    pub(crate) addresses: fn(Abi) -> *const (),
}

impl Signature {
    /// The address of the function that follows `abi`.
    pub(crate) fn address(&self, abi: Abi) -> u64 {
        address_of((self.addresses)(abi))
    }
}

/// Defines a function in every convention of the host, and a function of the
/// given name that returns the address of the one that follows an ABI.
///
/// Where an ABI is the platform's own, its function is declared `extern "C"`,
/// so that this spelling is tested on every host.
macro_rules! callee {
    ($(#[$meta:meta])* $vis:vis fn $name:ident($($parameter:ident: $ty:ty),*) $(-> $result:ty)? $body:block) => {
        $(#[$meta])*
        $vis fn $name(abi: vox_cabi::Abi) -> *const () {
            extern "C" fn native($($parameter: $ty),*) $(-> $result)? $body
            #[cfg(target_arch = "x86_64")]
            {
                extern "sysv64" fn system_v($($parameter: $ty),*) $(-> $result)? $body
                extern "win64" fn windows($($parameter: $ty),*) $(-> $result)? $body
                match abi {
                    _ if Some(abi) == vox_cabi::Abi::native() => {}
                    vox_cabi::Abi::X86_64SystemV => return system_v as *const (),
                    vox_cabi::Abi::X86_64Windows => return windows as *const (),
                    other => panic!("{other} is not an ABI of this host"),
                }
            }
            assert_eq!(Some(abi), vox_cabi::Abi::native(), "an ABI of this host");
            native as *const ()
        }
    };
}
pub(crate) use callee;

macro_rules! signatures {
    ($($signature:ident($($name:ident: $ty:ty),*) -> $result:ty;)*) => {
        $(mod $signature {
            #[allow(clippy::wildcard_imports, unused_imports, reason = "types of the signatures")]
            use $crate::callees::*;

            pub(super) const FUNCTION: vox_cabi::FunctionType<'static> = vox_cabi::FunctionType::new(
                &[$(<$ty as Value>::PARAMETER),*],
                <$result as Answer>::RETURNED,
            );

            callee! {
                pub(super) fn address($($name: $ty),*) -> $result {
                    receive::<$result>(&[$(&$name),*])
                }
            }
        })*

        /// Every generated signature.
        pub(crate) const SIGNATURES: &[Signature] = &[$(Signature {
            name: stringify!($signature),
            function: $signature::FUNCTION,
            addresses: $signature::address,
        }),*];
    };
}

pub(crate) use signatures;

include!("generated.rs");
