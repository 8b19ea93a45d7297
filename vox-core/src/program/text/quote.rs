//! Names and strings: when to quote them, and how.

use core::fmt::{self, Write};

/// Writes a string in quotes.
pub(super) fn write_quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for character in text.chars() {
        match character {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            _ if character.is_control() => write!(f, "\\u{{{:x}}}", u32::from(character))?,
            _ => f.write_char(character)?,
        }
    }
    f.write_char('"')
}

/// Writes a name: bare where the end of the line ends it and it can be told
/// from a quoted one, else in quotes.
pub(super) fn write_name(f: &mut fmt::Formatter<'_>, name: &str) -> fmt::Result {
    let bare = !name.is_empty()
        && name.trim() == name
        && !name.starts_with('"')
        && !name.contains(char::is_control);
    if bare {
        f.write_str(name)
    } else {
        write_quoted(f, name)
    }
}

/// Reads what [`write_name`] wrote.
pub(super) fn parse_name(text: &str) -> Result<String, String> {
    if text.is_empty() {
        Err("a name is missing (an empty one is written \"\")".to_owned())
    } else if text.starts_with('"') {
        parse_quoted(text)
    } else {
        Ok(text.to_owned())
    }
}

/// Reads what [`write_quoted`] wrote.
pub(super) fn parse_quoted(text: &str) -> Result<String, String> {
    let Some(inside) = text.strip_prefix('"') else {
        return Err(format!("expected a string in quotes, found `{text}`"));
    };
    let mut string = String::new();
    let mut characters = inside.chars();
    loop {
        match characters.next() {
            None => return Err("the string has no closing quote".to_owned()),
            Some('"') => break,
            Some('\\') => string.push(parse_escape(&mut characters)?),
            Some(character) => string.push(character),
        }
    }
    match characters.as_str() {
        "" => Ok(string),
        rest => Err(format!("`{rest}` follows the closing quote")),
    }
}

/// Reads the rest of an escape, behind its backslash.
fn parse_escape(characters: &mut core::str::Chars<'_>) -> Result<char, String> {
    match characters.next() {
        Some('"') => Ok('"'),
        Some('\\') => Ok('\\'),
        Some('n') => Ok('\n'),
        Some('r') => Ok('\r'),
        Some('t') => Ok('\t'),
        Some('u') => {
            let number = characters
                .as_str()
                .strip_prefix('{')
                .and_then(|rest| rest.split_once('}'));
            let Some((digits, rest)) = number else {
                return Err("`\\u` needs a number in braces".to_owned());
            };
            let value = u32::from_str_radix(digits, 16)
                .ok()
                .and_then(char::from_u32);
            *characters = rest.chars();
            value.ok_or_else(|| format!("`\\u{{{digits}}}` is no character"))
        }
        Some(other) => Err(format!("`\\{other}` is no escape")),
        None => Err("the string has no closing quote".to_owned()),
    }
}
