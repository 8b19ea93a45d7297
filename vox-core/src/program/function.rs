//! The kinds of functions a program refers to.
//!
//! The kind fixes the signature, and with it how the function may be called:
//! `extern "C"` vtable functions from machine code or through a trampoline,
//! Rust-ABI functions only through a trampoline, our own in the entry
//! convention ([`crate::entry`]).

/// Who may call a function, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CallClass {
    /// A facet vtable function declared `extern "C"`: machine code calls it by
    /// the platform's C calling convention.
    ExternC,
    /// A Rust-ABI function of facet or of the user: only our trampolines may
    /// call it, and it may panic.
    RustAbi,
    /// A function of ours in the entry convention.
    Ours,
}

macro_rules! kinds {
    ($( $(#[$doc:meta])* $name:ident = $text:literal, $class:ident; )*) => {
        /// What kind of function a [`super::FunctionId`] names.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum FunctionKind { $( $(#[$doc])* $name, )* }

        impl FunctionKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[ $( Self::$name ),* ];

            /// The kind's name in the text form.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $( Self::$name => $text, )* }
            }

            /// Who may call functions of this kind.
            #[must_use]
            pub const fn class(self) -> CallClass {
                match self { $( Self::$name => CallClass::$class, )* }
            }
        }
    };
}

kinds! {
    /// `facet_core::ListLenFn`.
    ListLen = "list.len", ExternC;
    /// `facet_core::ListAsPtrFn`.
    ListAsPtr = "list.as_ptr", ExternC;
    /// `facet_core::SliceLenFn`.
    SliceLen = "slice.len", ExternC;
    /// `facet_core::SliceAsPtrFn`.
    SliceAsPtr = "slice.as_ptr", ExternC;
    /// `facet_core::ArrayAsPtrFn`.
    ArrayAsPtr = "array.as_ptr", ExternC;
    /// `facet_core::OptionIsSomeFn`.
    OptionIsSome = "option.is_some", ExternC;
    /// `facet_core::OptionGetValueFn`.
    OptionGetValue = "option.get_value", ExternC;
    /// `facet_core::ResultIsOkFn`.
    ResultIsOk = "result.is_ok", ExternC;
    /// `facet_core::ResultGetOkFn`.
    ResultGetOk = "result.get_ok", ExternC;
    /// `facet_core::ResultGetErrFn`.
    ResultGetErr = "result.get_err", ExternC;
    /// `facet_core::BorrowFn`.
    PointerBorrow = "pointer.borrow", ExternC;
    /// `facet_core::MapLenFn`.
    MapLen = "map.len", ExternC;
    /// `facet_core::SetLenFn`.
    SetLen = "set.len", ExternC;
    /// `facet_core::IterInitWithValueFn`.
    IterInit = "iter.init", ExternC;
    /// `facet_core::IterDeallocFn`.
    IterDealloc = "iter.dealloc", ExternC;
    /// `facet_core::IterNextFn<PtrConst>`.
    IterNext = "iter.next", RustAbi;
    /// `facet_core::IterNextFn<(PtrConst, PtrConst)>`.
    MapIterNext = "map_iter.next", RustAbi;
    /// `facet_core::LockFn` (exclusive).
    Lock = "pointer.lock", RustAbi;
    /// `facet_core::ReadFn` (shared).
    Read = "pointer.read", RustAbi;
    /// `facet_core::ProxyConvertOutFn`.
    ProxyConvert = "proxy.convert_out", RustAbi;
    /// `facet_core::UpgradeIntoFn`, in a proxy of a flag and a strong pointer.
    Upgrade = "pointer.upgrade_into", RustAbi;
    /// `facet_core::SkipSerializingIfFn`.
    SkipIf = "field.skip_serializing_if", RustAbi;
    /// Not a function address but the `&'static Shape` whose `drop_in_place`
    /// the trampoline calls.
    DropShape = "shape.drop_in_place", RustAbi;
    /// Not a function but the [`crate::kernels::table::Table`] that says where a hash table of items keeps them.
    TableItems = "table.items", Ours;
    /// As `TableItems`, of entries: keys and values.
    TableEntries = "table.entries", Ours;
    /// Not a function but the [`crate::kernels::tree::Tree`] that knows where a B-tree of items keeps them, or will.
    TreeItems = "tree.items", Ours;
    /// As `TreeItems`, of entries: keys and values.
    TreeEntries = "tree.entries", Ours;
    /// [`crate::entry::AccessorFn`].
    Accessor = "accessor", Ours;
    /// [`crate::entry::LeafFn`].
    Leaf = "leaf", Ours;
}
