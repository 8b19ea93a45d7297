//! What every test here needs.

use facet::{Def, Facet, Shape, Type, UserType};
use vox_core::lower::{LowerError, LowerOptions, Lowered, MAX_NESTING, lower};
use vox_core::program::verify::verify;
use vox_core::program::{BlockId, Code, Op, spare_after};

pub(crate) const PROBED: LowerOptions = LowerOptions {
    probed_layouts: true,
};
pub(crate) const UNPROBED: LowerOptions = LowerOptions {
    probed_layouts: false,
};

/// Lowers a shape and checks what holds for every program.
pub(crate) fn lower_shape(
    shape: &'static Shape,
    options: &LowerOptions,
) -> Result<Lowered, LowerError> {
    let lowered = lower(shape, options)?;
    check(&lowered);
    Ok(lowered)
}

/// The program of a type, with probed layouts.
pub(crate) fn program<T: Facet<'static> + ?Sized>() -> Lowered {
    lower_shape(T::SHAPE, &PROBED).unwrap_or_else(|error| panic!("{}{error}", T::SHAPE))
}

/// The program of a type, without probed layouts.
pub(crate) fn unprobed<T: Facet<'static> + ?Sized>() -> Lowered {
    lower_shape(T::SHAPE, &UNPROBED).unwrap_or_else(|error| panic!("{}{error}", T::SHAPE))
}

/// The ops of the program's first block.
pub(crate) fn ops(lowered: &Lowered) -> &[Op] {
    &lowered.code.blocks[0].ops
}

/// All ops of a program, block by block.
pub(crate) fn all_ops(lowered: &Lowered) -> impl Iterator<Item = &Op> {
    lowered.code.blocks.iter().flat_map(|block| &block.ops)
}

/// The error of a type that has no program.
pub(crate) fn refusal<T: Facet<'static> + ?Sized>() -> LowerError {
    let probed = lower(T::SHAPE, &PROBED).expect_err("refused");
    let unprobed = lower(T::SHAPE, &UNPROBED).expect_err("refused");
    assert_eq!(probed, unprobed);
    probed
}

fn check(lowered: &Lowered) {
    let code = &lowered.code;
    if let Err(error) = verify(code) {
        panic!("{}: {error}\n{code}", code.type_name);
    }
    if let Err(shortage) = spare_after(code, BlockId(0), 0) {
        panic!("{}: {shortage:?}\n{code:#?}", code.type_name);
    }
    assert_eq!(code.functions.len(), lowered.functions.len());
    assert_eq!(code.children.len(), lowered.children.len());
    assert_eq!(code.children.len(), lowered.child_paths.len());
    let mut seen = vec![0; code.blocks.len()];
    visit(code, BlockId(0), 0, &mut seen);
    assert!(
        seen.iter().all(|&times| times == 1),
        "every block runs from one place: {seen:?}\n{code:#?}"
    );
}

fn visit(code: &Code, block: BlockId, depth: u32, seen: &mut [u32]) {
    assert!(depth <= MAX_NESTING);
    seen[block.index()] += 1;
    for op in &code.block(block).ops {
        for inner in blocks_of(code, op) {
            visit(code, inner, depth + 1, seen);
        }
    }
}

/// The blocks an op runs.
pub(crate) fn blocks_of(code: &Code, op: &Op) -> Vec<BlockId> {
    match *op {
        Op::WriteOption { some, .. } => vec![some],
        Op::WriteResult { ok, err, .. } => vec![ok, err],
        Op::Switch { arms, .. } => code.tables[arms.index()]
            .iter()
            .map(|arm| arm.block)
            .collect(),
        Op::WriteList { each, .. }
        | Op::WriteArray { each, .. }
        | Op::WriteIter { each, .. }
        | Op::WriteRun { each }
        | Op::Borrow { each, .. }
        | Op::WithLock { each, .. }
        | Op::WithProxy { each, .. }
        | Op::Unless { each, .. } => vec![each],
        Op::WriteMap { key, value, .. } => vec![key, value],
        _ => Vec::new(),
    }
}

/// The names of the ops in a block.
pub(crate) fn names(lowered: &Lowered, block: BlockId) -> Vec<&'static str> {
    let ops = &lowered.code.block(block).ops;
    ops.iter().map(Op::name).collect()
}

/// The names of the ops in the program's first block.
pub(crate) fn root_names(lowered: &Lowered) -> Vec<&'static str> {
    names(lowered, BlockId(0))
}

/// A recursive type's shape as the type itself refers to it.
///
/// Rust may keep several copies of a constant, so `T::SHAPE` here and the shape a
/// field of `T` names need not have one address, and shapes are told apart by
/// address. Lowering then sees the first level of a recursive type as another type.
pub(crate) fn seen_from_inside<T: Facet<'static>>() -> &'static Shape {
    let mut pending: Vec<&'static Shape> = parts(T::SHAPE);
    let mut seen: Vec<&'static Shape> = Vec::new();
    while let Some(shape) = pending.pop() {
        if shape.id == T::SHAPE.id {
            return shape;
        }
        if seen.iter().all(|known| !core::ptr::eq(*known, shape)) {
            seen.push(shape);
            pending.extend(parts(shape));
        }
    }
    panic!("{} does not contain itself", T::SHAPE)
}

fn parts(shape: &'static Shape) -> Vec<&'static Shape> {
    match &shape.def {
        Def::Option(def) => return vec![def.t],
        Def::List(def) => return vec![def.t],
        Def::Pointer(def) => return def.pointee.into_iter().collect(),
        _ => {}
    }
    match &shape.ty {
        Type::User(UserType::Struct(fields)) => fields
            .fields
            .iter()
            .map(|field| {
                field
                    .proxy
                    .map_or_else(|| field.shape(), |proxy| proxy.shape)
            })
            .collect(),
        Type::User(UserType::Enum(variants)) => variants
            .variants
            .iter()
            .flat_map(|variant| variant.data.fields)
            .map(facet::Field::shape)
            .collect(),
        _ => Vec::new(),
    }
}

/// The programs of a recursive type, with and without probed layouts.
pub(crate) fn recursive<T: Facet<'static>>() -> [Lowered; 2] {
    [PROBED, UNPROBED].map(|options| {
        lower_shape(seen_from_inside::<T>(), &options)
            .unwrap_or_else(|error| panic!("{}{error}", T::SHAPE))
    })
}
