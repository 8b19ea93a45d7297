//! Printing: one line per op, one section per table.

use core::fmt;

use super::super::field::Field;
use super::super::{Code, Iter, IterObject, Op, PathId};
use super::quote::{write_name, write_quoted};

/// Prints a whole program.
pub(super) fn code(f: &mut fmt::Formatter<'_>, code: &Code) -> fmt::Result {
    f.write_str("program ")?;
    write_name(f, &code.type_name)?;
    f.write_str("\n")?;
    section(f, "functions", "f", &code.functions, |f, function| {
        write!(f, " {}", function.name())
    })?;
    section(f, "children", "c", &code.children, |f, child| {
        f.write_str(" ")?;
        write_name(f, child)
    })?;
    paths(f, code)?;
    section(f, "iters", "i", &code.iters, |f, iter| {
        let Iter { next, object } = iter;
        match object {
            Some(IterObject { init, dealloc }) => {
                write!(f, " init={init} next={next} dealloc={dealloc}")
            }
            None => write!(f, " next={next}"),
        }
    })?;
    section(f, "proxies", "x", &code.proxies, |f, proxy| {
        write!(f, " convert={}", proxy.convert)?;
        if let Some(drop) = proxy.drop {
            write!(f, " drop={drop}")?;
        }
        write!(f, " size={} align={}", proxy.size, proxy.align)
    })?;
    for (index, arms) in code.tables.iter().enumerate() {
        writeln!(f, "t{index}:")?;
        for arm in arms {
            writeln!(f, "  {} -> {}", arm.discriminant, arm.block)?;
        }
    }
    for (index, block) in code.blocks.iter().enumerate() {
        writeln!(f, "b{index}:")?;
        for line in &block.ops {
            f.write_str("  ")?;
            op(f, line)?;
            f.write_str("\n")?;
        }
    }
    Ok(())
}

/// Prints the entries of one table, or nothing when there are none.
fn section<T>(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    prefix: &str,
    entries: &[T],
    write: impl Fn(&mut fmt::Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    if entries.is_empty() {
        return Ok(());
    }
    writeln!(f, "{name}")?;
    for (index, entry) in entries.iter().enumerate() {
        write!(f, "  {prefix}{index}")?;
        write(f, entry)?;
        f.write_str("\n")?;
    }
    Ok(())
}

/// Prints the paths; number 0 is always the empty one and goes without saying.
fn paths(f: &mut fmt::Formatter<'_>, code: &Code) -> fmt::Result {
    let parts = code.paths.parts();
    if parts.len() > 1 {
        f.write_str("paths\n")?;
    }
    for (index, part) in parts.iter().enumerate().skip(1) {
        write!(f, "  {} ", PathId::from_index(index))?;
        write_quoted(f, part)?;
        f.write_str("\n")?;
    }
    Ok(())
}

/// Prints an op, without the end of its line.
pub(super) fn op(f: &mut fmt::Formatter<'_>, op: &Op) -> fmt::Result {
    f.write_str(op.name())?;
    op.try_for_each_field(|name, value| {
        write!(f, " {name}=")?;
        field(f, value)
    })
}

/// Prints the value of a field.
pub(super) fn field(f: &mut fmt::Formatter<'_>, value: Field) -> fmt::Result {
    match value {
        Field::Number(number) => write!(f, "{number}"),
        Field::Literal(literal) => {
            for (index, byte) in literal.as_bytes().iter().enumerate() {
                let before = if index == 0 { "[" } else { " " };
                write!(f, "{before}{byte:02x}")?;
            }
            f.write_str(if literal.is_empty() { "[]" } else { "]" })
        }
        Field::Signed(number) => write!(f, "{number}"),
        Field::Offset(id) => write!(f, "{id}"),
        Field::Block(id) => write!(f, "{id}"),
        Field::Table(id) => write!(f, "{id}"),
        Field::Function(id) => write!(f, "{id}"),
        Field::Child(id) => write!(f, "{id}"),
        Field::Path(id) => write!(f, "{id}"),
        Field::Iter(id) => write!(f, "{id}"),
        Field::Proxy(id) => write!(f, "{id}"),
        Field::Tag(width) => f.write_str(width.name()),
        Field::NoForm(why) => f.write_str(why.name()),
        Field::Source(_)
        | Field::ArraySource(_)
        | Field::OptionSource(_)
        | Field::PointerSource(_) => choice(f, value, |_| true),
    }
}

/// Prints a field that is one of several ways, with the arguments that are wanted.
pub(super) fn choice(
    f: &mut fmt::Formatter<'_>,
    value: Field,
    wanted: impl Fn(Field) -> bool,
) -> fmt::Result {
    let Some(choice) = value.choice() else {
        return Ok(());
    };
    f.write_str(choice.name)?;
    let mut any = false;
    for (name, argument) in choice.arguments().filter(|(_, argument)| wanted(*argument)) {
        f.write_str(if any { ", " } else { "(" })?;
        any = true;
        if !name.is_empty() {
            write!(f, "{name}=")?;
        }
        field(f, argument)?;
    }
    f.write_str(if any { ")" } else { "" })
}
