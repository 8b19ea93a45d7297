//! Every number names an entry of its table.

use super::super::field::Field;
use super::super::{BlockId, Code, IterId, ProxyId, TableId};
use super::{Place, VerifyError, op_place};

/// Checks all references of a program. What follows may index tables freely.
pub(super) fn check(code: &Code) -> Result<(), VerifyError> {
    if code.blocks.is_empty() {
        return Err(VerifyError::new(Place::Program, "there is no b0"));
    }
    too_many(code)?;
    for (index, arms) in code.tables.iter().enumerate() {
        for arm in arms {
            reference(
                code,
                Place::Table(TableId::from_index(index)),
                Field::Block(arm.block),
            )?;
        }
    }
    for (index, iter) in code.iters.iter().enumerate() {
        let place = Place::Iter(IterId::from_index(index));
        let object = iter.object.map(|it| [it.init, it.dealloc]);
        for function in object.into_iter().flatten().chain([iter.next]) {
            reference(code, place, Field::Function(function))?;
        }
    }
    for (index, proxy) in code.proxies.iter().enumerate() {
        let place = Place::Proxy(ProxyId::from_index(index));
        for function in [Some(proxy.convert), proxy.drop].into_iter().flatten() {
            reference(code, place, Field::Function(function))?;
        }
    }
    for (index, block) in code.blocks.iter().enumerate() {
        let id = BlockId::from_index(index);
        for (index, op) in block.ops.iter().enumerate() {
            let place = op_place(code, id, index);
            op.try_for_each_field(|_, field| reference(code, place, field))?;
        }
    }
    Ok(())
}

/// A table with more entries than numbers could not be named in an error.
fn too_many(code: &Code) -> Result<(), VerifyError> {
    let longest = [
        code.blocks.len(),
        code.tables.len(),
        code.iters.len(),
        code.proxies.len(),
        code.functions.len(),
        code.children.len(),
        code.paths.parts().len(),
    ];
    match longest.into_iter().find(|len| u32::try_from(*len).is_err()) {
        None => Ok(()),
        Some(len) => Err(VerifyError::new(
            Place::Program,
            format!("a table has {len} entries, more than there are numbers"),
        )),
    }
}

fn reference(code: &Code, place: Place, field: Field) -> Result<(), VerifyError> {
    let (name, number, len): (String, usize, usize) = match field {
        Field::Block(id) => (id.to_string(), id.index(), code.blocks.len()),
        Field::Table(id) => (id.to_string(), id.index(), code.tables.len()),
        Field::Function(id) => (id.to_string(), id.index(), code.functions.len()),
        Field::Child(id) => (id.to_string(), id.index(), code.children.len()),
        Field::Path(id) => (id.to_string(), id.index(), code.paths.parts().len()),
        Field::Iter(id) => (id.to_string(), id.index(), code.iters.len()),
        Field::Proxy(id) => (id.to_string(), id.index(), code.proxies.len()),
        Field::Number(_)
        | Field::Signed(_)
        | Field::Literal(_)
        | Field::Offset(_)
        | Field::Tag(_)
        | Field::NoForm(_) => return Ok(()),
        Field::Source(_)
        | Field::ArraySource(_)
        | Field::OptionSource(_)
        | Field::PointerSource(_) => {
            return field
                .choice()
                .iter()
                .flat_map(|choice| choice.arguments())
                .try_for_each(|(_, argument)| reference(code, place, argument));
        }
    };
    if number < len {
        Ok(())
    } else {
        Err(VerifyError::new(place, format!("there is no {name}")))
    }
}
