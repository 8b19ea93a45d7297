//! The names of variants, which internally tagged enums write: as serde's derive makes them.
//!
//! Facet's derive has made them as well, by other rules: `rename_all` goes by words there, and by letters in serde's
//! (`HTTPServer` is `http_server` to the one and `h_t_t_p_server` to the other); and it takes a name as it stands in the source, with
//! what is escaped in it. The attributes say what was asked for.

use std::borrow::Cow;

use facet_core::{Attr, Shape, Variant};

/// The name of a variant of an enum.
pub(crate) fn of_variant(shape: &Shape, variant: &'static Variant) -> Cow<'static, str> {
    let renamed = variant.get_builtin_attr("rename");
    if let Some(name) = renamed.and_then(Attr::get_as::<&'static str>) {
        return Cow::Borrowed(name);
    }
    let rule = shape.get_builtin_attr_value::<&'static str>("rename_all");
    match rule.and_then(|rule| by_rule(rule, variant.name)) {
        Some(name) => Cow::Owned(name),
        None => Cow::Borrowed(variant.effective_name()),
    }
}

/// What serde's `rename_all` makes of the name of a variant. `None` for a rule it does not have.
fn by_rule(rule: &str, name: &str) -> Option<String> {
    Some(match rule {
        "PascalCase" => String::from(name),
        "lowercase" => name.to_ascii_lowercase(),
        "UPPERCASE" => name.to_ascii_uppercase(),
        "camelCase" => {
            let mut name = String::from(name);
            if let Some(first) = name.get_mut(..1) {
                first.make_ascii_lowercase();
            }
            name
        }
        "snake_case" => snake(name),
        "SCREAMING_SNAKE_CASE" => snake(name).to_ascii_uppercase(),
        "kebab-case" => snake(name).replace('_', "-"),
        "SCREAMING-KEBAB-CASE" => snake(name).to_ascii_uppercase().replace('_', "-"),
        _ => return None,
    })
}

fn snake(name: &str) -> String {
    let mut snake = String::new();
    for (at, letter) in name.char_indices() {
        if at > 0 && letter.is_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}
