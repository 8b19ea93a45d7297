//! Parsing one line: its first word and its fields.

use super::super::{
    ArraySource, BlockId, ChildId, FunctionId, IterId, Literal, NoForm, Offset, OptionSource,
    PathId, PointerSource, ProxyId, Source, TableId, TagWidth,
};
use super::ParseError;

/// Named values, each of which may be taken once.
struct Fields<'a> {
    /// What the fields belong to, for messages.
    owner: &'a str,
    /// Names and values; a value that stands alone has the empty name.
    fields: Vec<(&'a str, &'a str)>,
}

impl<'a> Fields<'a> {
    fn new(owner: &'a str, items: Vec<&'a str>) -> Result<Self, String> {
        let mut fields: Vec<(&str, &str)> = Vec::with_capacity(items.len());
        for item in items {
            // A bracket before the `=` means that the `=` is inside.
            let (name, value) = match item.split_once('=') {
                Some((name, value)) if !name.contains(['(', '[']) => (name, value),
                _ => ("", item),
            };
            if fields.iter().any(|(known, _)| *known == name) {
                return Err(match name {
                    "" => format!("`{owner}` has more than one value without a name"),
                    _ => format!("the field `{name}` is given twice"),
                });
            }
            fields.push((name, value));
        }
        Ok(Self { owner, fields })
    }

    fn take_optional<T: ParseField>(&mut self, name: &str) -> Result<Option<T>, String> {
        let Some(index) = self.fields.iter().position(|(known, _)| *known == name) else {
            return Ok(None);
        };
        let (_, value) = self.fields.remove(index);
        match T::parse(value) {
            Ok(value) => Ok(Some(value)),
            Err(message) if name.is_empty() => Err(message),
            Err(message) => Err(format!("`{name}`: {message}")),
        }
    }

    fn take<T: ParseField>(&mut self, name: &str) -> Result<T, String> {
        self.take_optional(name)?.ok_or_else(|| match name {
            "" => format!("`{}` needs a value in parentheses", self.owner),
            _ => format!("`{}` needs the field `{name}`", self.owner),
        })
    }

    fn finish(self) -> Result<(), String> {
        match self.fields.first() {
            None => Ok(()),
            Some(("", value)) => Err(format!("`{value}` is not a field (`name=value`)")),
            Some((name, _)) => Err(format!("`{}` has no field `{name}`", self.owner)),
        }
    }
}

/// Splits at `separator`, but not inside parentheses or brackets; leaves out
/// what is empty.
fn split_outside(text: &str, separator: char) -> Result<Vec<&str>, String> {
    let mut items = Vec::new();
    let mut open = Vec::new();
    let mut start = 0;
    for (index, character) in text.char_indices() {
        match character {
            '(' => open.push(')'),
            '[' => open.push(']'),
            ')' | ']' if open.pop() != Some(character) => {
                return Err(format!("`{character}` closes nothing"));
            }
            _ if character == separator && open.is_empty() => {
                items.push(text[start..index].trim());
                start = index + character.len_utf8();
            }
            _ => {}
        }
    }
    if let Some(missing) = open.pop() {
        return Err(format!("a `{missing}` is missing"));
    }
    items.push(text[start..].trim());
    items.retain(|item| !item.is_empty());
    Ok(items)
}

/// Reads the fields of one line.
pub(in super::super) struct LineReader<'a> {
    number: usize,
    fields: Fields<'a>,
}

impl<'a> LineReader<'a> {
    /// Takes the fields of `name` apart.
    pub(super) fn new(number: usize, name: &'a str, fields: &'a str) -> Result<Self, ParseError> {
        split_outside(fields, ' ')
            .and_then(|items| Fields::new(name, items))
            .map(|fields| Self { number, fields })
            .map_err(|message| ParseError {
                line: number,
                message,
            })
    }

    /// The value of a field the line must have.
    pub(in super::super) fn field<T: ParseField>(&mut self, name: &str) -> Result<T, ParseError> {
        self.fields
            .take(name)
            .map_err(|message| self.error(message))
    }

    /// The value of a field the line may have.
    pub(super) fn optional_field<T: ParseField>(
        &mut self,
        name: &str,
    ) -> Result<Option<T>, ParseError> {
        let value = self.fields.take_optional(name);
        value.map_err(|message| self.error(message))
    }

    /// Refuses fields that were not asked for.
    pub(super) fn finish(self) -> Result<(), ParseError> {
        let line = self.number;
        self.fields
            .finish()
            .map_err(|message| ParseError { line, message })
    }

    /// An error on this line.
    pub(in super::super) fn error(&self, message: String) -> ParseError {
        ParseError {
            line: self.number,
            message,
        }
    }
}

/// A type that fields of ops have.
pub(in super::super) trait ParseField: Sized {
    /// Reads a value, or says what is wrong with it.
    fn parse(text: &str) -> Result<Self, String>;
}

impl ParseField for u32 {
    fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(format!("expected a number, found `{text}`"));
        }
        text.parse()
            .map_err(|_| format!("{text} is out of range (at most {})", Self::MAX))
    }
}

impl ParseField for i64 {
    fn parse(text: &str) -> Result<Self, String> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(format!("expected a signed number, found `{text}`"));
        }
        text.parse()
            .map_err(|_| format!("{text} is out of range (64 bits with a sign)"))
    }
}

macro_rules! ids {
    ($( $ty:ident: $noun:literal, )*) => {
        $( impl ParseField for $ty {
            fn parse(text: &str) -> Result<Self, String> {
                match text.strip_prefix(Self::PREFIX) {
                    Some(digits) if digits.starts_with(|first: char| first.is_ascii_digit()) => {
                        u32::parse(digits).map(Self)
                    }
                    _ => Err(format!(
                        "expected {} (`{}` and a number), found `{text}`",
                        $noun,
                        Self::PREFIX,
                    )),
                }
            }
        } )*
    };
}

ids! {
    BlockId: "a block",
    FunctionId: "a function",
    ChildId: "a child",
    PathId: "a path",
    TableId: "a table",
    IterId: "an iterator",
    ProxyId: "a proxy",
    Offset: "an offset",
}

impl ParseField for Literal {
    fn parse(text: &str) -> Result<Self, String> {
        let inside = text
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
            .ok_or_else(|| format!("expected bytes in brackets, found `{text}`"))?;
        let mut bytes = Vec::new();
        for digits in inside.split_whitespace() {
            let two = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
            match u8::from_str_radix(digits, 16) {
                Ok(byte) if two => bytes.push(byte),
                _ => return Err(format!("`{digits}` is not two hexadecimal digits")),
            }
        }
        Self::new(&bytes).ok_or_else(|| {
            format!(
                "{} bytes are more than a literal holds ({})",
                bytes.len(),
                Self::MAX_LEN
            )
        })
    }
}

impl ParseField for TagWidth {
    fn parse(text: &str) -> Result<Self, String> {
        let known = Self::ALL.iter().find(|width| width.name() == text);
        known
            .copied()
            .ok_or_else(|| format!("no tag width is called `{text}`"))
    }
}

impl ParseField for NoForm {
    fn parse(text: &str) -> Result<Self, String> {
        let known = Self::ALL.iter().find(|why| why.name() == text);
        known
            .copied()
            .ok_or_else(|| format!("no lack of a form is called `{text}`"))
    }
}

/// Reads `name`, `name(value)` or `name(field=value, ...)`.
fn parse_choice<T>(
    text: &str,
    noun: &str,
    build: impl FnOnce(&str, &mut Fields<'_>) -> Result<Option<T>, String>,
) -> Result<T, String> {
    let (name, arguments) = match text.split_once('(') {
        None => (text, ""),
        Some((name, rest)) => match rest.strip_suffix(')') {
            Some(arguments) => (name, arguments),
            None => return Err(format!("`{text}` does not end with its `)`")),
        },
    };
    let mut fields = Fields::new(name, split_outside(arguments, ',')?)?;
    match build(name, &mut fields)? {
        Some(value) => fields.finish().map(|()| value),
        None => Err(format!("no {noun} is called `{name}`")),
    }
}

impl ParseField for Source {
    fn parse(text: &str) -> Result<Self, String> {
        parse_choice(text, "source", |name, fields| {
            Ok(Some(match name {
                "words" => Self::Words {
                    ptr: fields.take("ptr")?,
                    len: fields.take("len")?,
                },
                "list" => Self::List {
                    len: fields.take("len")?,
                    as_ptr: fields.take("as_ptr")?,
                },
                "slice" => Self::Slice {
                    len: fields.take("len")?,
                    as_ptr: fields.take("as_ptr")?,
                },
                "accessor" => Self::Accessor {
                    parts: fields.take("")?,
                },
                _ => return Ok(None),
            }))
        })
    }
}

impl ParseField for ArraySource {
    fn parse(text: &str) -> Result<Self, String> {
        parse_choice(text, "array source", |name, fields| {
            Ok(Some(match name {
                "inline" => Self::Inline,
                "as_ptr" => Self::Vtable {
                    as_ptr: fields.take("")?,
                },
                _ => return Ok(None),
            }))
        })
    }
}

impl ParseField for OptionSource {
    fn parse(text: &str) -> Result<Self, String> {
        parse_choice(text, "option source", |name, fields| {
            Ok(Some(match name {
                "get_value" => Self::GetValue {
                    get_value: fields.take("")?,
                },
                "is_some" => Self::IsSome {
                    is_some: fields.take("")?,
                },
                "null_is_none" => Self::NullIsNone,
                "tagged" => Self::Tagged {
                    tag: fields.take("tag")?,
                    tag_at: fields.take("tag_at")?,
                    none: fields.take("none")?,
                    payload: fields.take("payload")?,
                },
                _ => return Ok(None),
            }))
        })
    }
}

impl ParseField for PointerSource {
    fn parse(text: &str) -> Result<Self, String> {
        parse_choice(text, "pointer source", |name, fields| {
            Ok(Some(match name {
                "borrow_thin" => Self::BorrowThin {
                    borrow: fields.take("")?,
                },
                "borrow_wide" => Self::BorrowWide {
                    borrow: fields.take("")?,
                },
                "word" => Self::Word,
                "counted" => Self::Counted {
                    ptr: fields.take("ptr")?,
                    len: fields.take("len")?,
                    behind: fields.take("behind")?,
                },
                _ => return Ok(None),
            }))
        })
    }
}
