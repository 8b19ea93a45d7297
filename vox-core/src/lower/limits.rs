//! The limits of lowering, in one place.

/// How deep blocks nest in one program, some of them counting as several; what lies deeper is a child. (How deep they may nest in a program that
/// somebody else made is [`crate::program::MAX_NESTING`].) Every tier may rely on it. It bounds the frames of one level of calls, so that the default
/// depth limit fits two megabytes of stack in a release build, and four in the interpreter of a debug build.
pub const MAX_NESTING: u32 = 12;

/// What a block counts as that the interpreter runs in a frame of its own: one of a loop, a
/// lock, a proxy or a predicate. In a debug build such a frame is 3.4 KB, without any optimisation half as much more.
pub(super) const FRAME_NESTING: u32 = 4;

/// What a block run by an iterator counts as: its op keeps a batch of items and a position on the stack besides.
pub(super) const ITERATION_NESTING: u32 = 6;

/// What a block counts as that is run on a pair of words: its frame has the pair, and that of the list which nearly always
/// follows stands on it. With less, two levels of slices behind pointers would stand around a call, which
/// Windows, where frames save ten vector registers more, has no room for.
pub(super) const WIDE_NESTING: u32 = 8;

/// How many types may be inlined inside each other; what lies deeper is a child.
pub(super) const MAX_INLINE_DEPTH: u32 = 128;

/// Ops of a program beyond which structs and enums in it are called instead of
/// inlined.
pub(super) const MAX_INLINE_OPS: usize = 4096;

/// Ops of a program beyond which its type is refused: a single struct or enum
/// of that many fields.
pub(super) const MAX_OPS: usize = 1 << 20;

/// Steps up to which an array of scalars is unrolled.
pub(super) const MAX_UNROLLED: usize = 64;

/// Bytes per element up to which a loop reserves for several elements at once.
pub(super) const MAX_BOUND: u32 = 256;

/// Bytes a branch may need beyond what follows it anyway before it reserves for
/// itself: a rare large variant should not make every value ask for its room.
pub(super) const MAX_BRANCH_EXTRA: u32 = 256;

/// Addresses at which a type may meet itself and still be recognised. The
/// compiler makes one per codegen unit; more are shapes made at run time.
pub(super) const MAX_ADDRESSES: usize = 16;
