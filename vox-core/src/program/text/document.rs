//! Parsing a whole text: sections and their entries.

use super::super::{
    Arm, Block, BlockId, ChildId, Code, FunctionId, FunctionKind, Iter, IterId, IterObject, Op,
    PathId, Proxy, ProxyId, TableId,
};
use super::ParseError;
use super::parse::{LineReader, ParseField};
use super::quote::{parse_name, parse_quoted};

/// What the lines being read belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    Program,
    Functions,
    Children,
    Paths,
    Iters,
    Proxies,
    Table,
    Block,
}

const LISTS: &[(&str, Section)] = &[
    ("functions", Section::Functions),
    ("children", Section::Children),
    ("paths", Section::Paths),
    ("iters", Section::Iters),
    ("proxies", Section::Proxies),
];

struct Parser {
    code: Code,
    /// The section of the line before; `None` before the first line.
    section: Option<Section>,
    seen: Vec<Section>,
    line: usize,
}

/// Parses a whole text.
pub(super) fn parse(text: &str) -> Result<Code, ParseError> {
    let mut parser = Parser {
        code: Code::default(),
        section: None,
        seen: Vec::new(),
        line: 0,
    };
    for line in text.lines() {
        parser.line += 1;
        let content = line.trim();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        if line.starts_with(char::is_whitespace) {
            parser.entry(content)?;
        } else {
            parser.header(content)?;
        }
    }
    match parser.section {
        Some(_) => Ok(parser.code),
        None => {
            parser.line = parser.line.max(1);
            Err(parser.no_program())
        }
    }
}

impl Parser {
    fn error(&self, message: impl Into<String>) -> ParseError {
        ParseError {
            line: self.line,
            message: message.into(),
        }
    }

    fn no_program(&self) -> ParseError {
        self.error("a text begins with `program` and the name of the type")
    }

    fn header(&mut self, content: &str) -> Result<(), ParseError> {
        let (word, rest) = split_word(content);
        if self.section.is_none() {
            if word != "program" {
                return Err(self.no_program());
            }
            self.code.type_name = parse_name(rest).map_err(|message| self.error(message))?;
            self.section = Some(Section::Program);
            return Ok(());
        }
        let section = if let Some((_, section)) = LISTS.iter().find(|(name, _)| *name == content) {
            if self.seen.contains(section) {
                return Err(self.error(format!("the section `{content}` is given twice")));
            }
            self.seen.push(*section);
            *section
        } else if let Some(id) = content.strip_suffix(':') {
            if id.starts_with(TableId::PREFIX) {
                self.expect(
                    TableId::parse(id),
                    TableId::from_index(self.code.tables.len()),
                )?;
                self.code.tables.push(Vec::new());
                Section::Table
            } else {
                self.expect(
                    BlockId::parse(id),
                    BlockId::from_index(self.code.blocks.len()),
                )?;
                self.code.blocks.push(Block::default());
                Section::Block
            }
        } else {
            return Err(self.error(format!("no section is called `{content}`")));
        };
        self.section = Some(section);
        Ok(())
    }

    /// Numbers are given in order, so that a line that was lost is noticed.
    fn expect<T: PartialEq + core::fmt::Display>(
        &self,
        found: Result<T, String>,
        expected: T,
    ) -> Result<(), ParseError> {
        let found = found.map_err(|message| self.error(message))?;
        if found == expected {
            return Ok(());
        }
        Err(self.error(format!("expected {expected} here, found {found}")))
    }

    fn entry(&mut self, content: &str) -> Result<(), ParseError> {
        let (word, rest) = split_word(content);
        match self.section {
            None => Err(self.no_program()),
            Some(Section::Program) => Err(self.error(format!("`{content}` stands in no section"))),
            Some(Section::Functions) => self.function(word, rest),
            Some(Section::Children) => self.child(word, rest),
            Some(Section::Paths) => self.path(word, rest),
            Some(Section::Iters) => self.iter(word, rest),
            Some(Section::Proxies) => self.proxy(word, rest),
            Some(Section::Table) => self.arm(content),
            Some(Section::Block) => self.op(word, rest),
        }
    }

    fn function(&mut self, id: &str, name: &str) -> Result<(), ParseError> {
        self.expect(
            FunctionId::parse(id),
            FunctionId::from_index(self.code.functions.len()),
        )?;
        let known = FunctionKind::ALL.iter().find(|kind| kind.name() == name);
        let Some(kind) = known else {
            return Err(self.error(format!("no function kind is called `{name}`")));
        };
        self.code.functions.push(*kind);
        Ok(())
    }

    fn child(&mut self, id: &str, name: &str) -> Result<(), ParseError> {
        self.expect(
            ChildId::parse(id),
            ChildId::from_index(self.code.children.len()),
        )?;
        let name = parse_name(name).map_err(|message| self.error(message))?;
        self.code.children.push(name);
        Ok(())
    }

    fn path(&mut self, id: &str, part: &str) -> Result<(), ParseError> {
        let expected = PathId::from_index(self.code.paths.parts().len());
        self.expect(PathId::parse(id), expected)?;
        let part = parse_quoted(part).map_err(|message| self.error(message))?;
        let given = self.code.paths.intern(&part);
        if given != expected {
            return Err(self.error(format!("{expected} is the same path as {given}")));
        }
        Ok(())
    }

    fn iter(&mut self, id: &str, fields: &str) -> Result<(), ParseError> {
        self.expect(IterId::parse(id), IterId::from_index(self.code.iters.len()))?;
        let mut line = LineReader::new(self.line, id, fields)?;
        let next = line.field("next")?;
        let init: Option<FunctionId> = line.optional_field("init")?;
        let object = match init {
            Some(init) => Some(IterObject {
                init,
                dealloc: line.field("dealloc")?,
            }),
            None => None,
        };
        self.code.iters.push(Iter { next, object });
        line.finish()
    }

    fn proxy(&mut self, id: &str, fields: &str) -> Result<(), ParseError> {
        self.expect(
            ProxyId::parse(id),
            ProxyId::from_index(self.code.proxies.len()),
        )?;
        let mut line = LineReader::new(self.line, id, fields)?;
        self.code.proxies.push(Proxy {
            convert: line.field("convert")?,
            drop: line.optional_field("drop")?,
            size: line.field("size")?,
            align: line.field("align")?,
        });
        line.finish()
    }

    fn arm(&mut self, content: &str) -> Result<(), ParseError> {
        let Some((discriminant, block)) = content.split_once("->") else {
            return Err(self.error("an arm is written `discriminant -> block`"));
        };
        let discriminant = discriminant.trim();
        let Ok(value) = discriminant.parse::<i64>() else {
            return Err(self.error(format!("`{discriminant}` is no 64-bit discriminant")));
        };
        let block = BlockId::parse(block.trim()).map_err(|message| self.error(message))?;
        if let Some(arms) = self.code.tables.last_mut() {
            arms.push(Arm {
                discriminant: value,
                block,
            });
        }
        Ok(())
    }

    fn op(&mut self, name: &str, fields: &str) -> Result<(), ParseError> {
        let mut line = LineReader::new(self.line, name, fields)?;
        let op = Op::parse_text(name, &mut line)?;
        line.finish()?;
        if let Some(block) = self.code.blocks.last_mut() {
            block.ops.push(op);
        }
        Ok(())
    }
}

/// The first word, and what follows it.
fn split_word(text: &str) -> (&str, &str) {
    match text.split_once(char::is_whitespace) {
        Some((word, rest)) => (word, rest.trim_start()),
        None => (text, ""),
    }
}
