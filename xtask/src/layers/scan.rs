//! Finds what a source file mentions, by its tokens, with tests left out.
//!
//! Tokens rather than paths: they reach inside macros and attributes, and never into comments or strings.
//! Not a name resolver: a crate counts as mentioned when its name stands before `::` or after `use`.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, File, ImplItem, Item, Meta, Stmt, Token};

use super::matches_pattern;

/// What a rule looks for.
pub(crate) enum Mention {
    /// Paths into these crates; a trailing `*` stands for any ending.
    Crates(&'static [&'static str]),
    /// These identifiers, wherever they stand.
    Words(&'static [&'static str]),
    /// A cfg on the operating system or architecture, or a module of std that belongs to one.
    Platforms,
}

/// One place where something is mentioned.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) line: usize,
    pub(crate) word: String,
}

/// A parsed file without its tests.
pub(crate) struct Scanned {
    tokens: Vec<Token>,
    /// Modules in files of their own that exist only in tests.
    pub(crate) test_modules: Vec<String>,
}

struct Token {
    text: String,
    line: usize,
    /// Inside the parentheses of `cfg(..)`, `cfg!(..)`, `cfg_attr(..)` or `cfg_select!{..}`.
    in_cfg: bool,
}

const CFG_KEYS: &[&str] = &[
    "target_os",
    "target_arch",
    "target_family",
    "target_env",
    "target_vendor",
    "target_abi",
    "target_feature",
];
const CFG_WORDS: &[&str] = &["unix", "windows"];
const PLATFORM_MODULES: &[[&str; 2]] = &[["std", "os"], ["std", "arch"], ["core", "arch"]];

/// Parses a file and drops its tests.
pub(crate) fn parse(text: &str) -> syn::Result<Scanned> {
    let mut file: File = syn::parse_str(text)?;
    let mut remover = TestRemover::default();
    remover.visit_file_mut(&mut file);
    let mut tokens = Vec::new();
    flatten(file.into_token_stream(), false, &mut tokens);
    Ok(Scanned {
        tokens,
        test_modules: remover.modules,
    })
}

impl Scanned {
    pub(crate) fn find(&self, mention: &Mention) -> Vec<Place> {
        let places = (0..self.tokens.len()).filter(|at| match mention {
            Mention::Crates(patterns) => self.names_crate(*at, patterns),
            Mention::Words(words) => words.contains(&self.text(*at)),
            Mention::Platforms => self.names_platform(*at),
        });
        places
            .map(|at| Place {
                line: self.tokens[at].line,
                word: self.tokens[at].text.clone(),
            })
            .collect()
    }

    fn text(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| token.text.as_str())
    }

    fn before(&self, at: usize, steps: usize) -> &str {
        at.checked_sub(steps).map_or("", |at| self.text(at))
    }

    fn is_path_start(&self, at: usize) -> bool {
        self.text(at + 1) == ":" && self.text(at + 2) == ":"
    }

    fn names_crate(&self, at: usize, patterns: &[&str]) -> bool {
        if !patterns
            .iter()
            .any(|pattern| matches_pattern(pattern, self.text(at)))
        {
            return false;
        }
        let is_extern_crate = self.before(at, 1) == "crate" && self.before(at, 2) == "extern";
        self.is_path_start(at) || self.before(at, 1) == "use" || is_extern_crate
    }

    fn names_platform(&self, at: usize) -> bool {
        let text = self.text(at);
        let in_cfg = self.tokens[at].in_cfg;
        if in_cfg && (CFG_KEYS.contains(&text) || CFG_WORDS.contains(&text)) {
            return true;
        }
        // `std::arch` and the like, at the word after the two colons.
        PLATFORM_MODULES.iter().any(|[root, module]| {
            text == *module && self.before(at, 3) == *root && self.is_path_start(at - 3)
        })
    }
}

fn flatten(stream: TokenStream, in_cfg: bool, tokens: &mut Vec<Token>) {
    for tree in stream {
        if let TokenTree::Group(group) = tree {
            let inner = in_cfg || follows_cfg(tokens);
            let line = group.span_open().start().line;
            let (open, close) = match group.delimiter() {
                Delimiter::Parenthesis => ("(", ")"),
                Delimiter::Brace => ("{", "}"),
                Delimiter::Bracket => ("[", "]"),
                Delimiter::None => ("", ""),
            };
            push(tokens, open, line, in_cfg);
            flatten(group.stream(), inner, tokens);
            push(tokens, close, group.span_close().start().line, in_cfg);
            continue;
        }
        let line = tree.span().start().line;
        push(tokens, &tree.to_string(), line, in_cfg);
    }
}

fn push(tokens: &mut Vec<Token>, text: &str, line: usize, in_cfg: bool) {
    if !text.is_empty() {
        tokens.push(Token {
            text: text.to_owned(),
            line,
            in_cfg,
        });
    }
}

fn follows_cfg(tokens: &[Token]) -> bool {
    let mut words = tokens.iter().rev().map(|token| token.text.as_str());
    let last = words.next();
    let word = if last == Some("!") {
        words.next()
    } else {
        last
    };
    matches!(word, Some("cfg" | "cfg_attr" | "cfg_select"))
}

/// Removes every item under `#[cfg(test)]`, and every `#[test]`.
#[derive(Default)]
struct TestRemover {
    modules: Vec<String>,
}

impl TestRemover {
    fn keep(&mut self, item: &Item) -> bool {
        let is_test = item_attributes(item).iter().any(is_test_attribute);
        if let (true, Item::Mod(module)) = (is_test, item)
            && module.content.is_none()
        {
            self.modules.push(module.ident.to_string());
        }
        !is_test
    }
}

impl VisitMut for TestRemover {
    fn visit_file_mut(&mut self, file: &mut File) {
        file.items.retain(|item| self.keep(item));
        visit_mut::visit_file_mut(self, file);
    }

    fn visit_item_mod_mut(&mut self, module: &mut syn::ItemMod) {
        if let Some((_, items)) = &mut module.content {
            items.retain(|item| self.keep(item));
        }
        visit_mut::visit_item_mod_mut(self, module);
    }

    fn visit_item_impl_mut(&mut self, block: &mut syn::ItemImpl) {
        block.items.retain(|item| match item {
            ImplItem::Fn(function) => !function.attrs.iter().any(is_test_attribute),
            _ => true,
        });
        visit_mut::visit_item_impl_mut(self, block);
    }

    fn visit_block_mut(&mut self, block: &mut syn::Block) {
        block.stmts.retain(|statement| match statement {
            Stmt::Item(item) => self.keep(item),
            _ => true,
        });
        visit_mut::visit_block_mut(self, block);
    }
}

fn is_test_attribute(attribute: &Attribute) -> bool {
    match &attribute.meta {
        Meta::Path(path) => path.is_ident("test"),
        Meta::List(list) if list.path.is_ident("cfg") => list
            .parse_args::<Meta>()
            .is_ok_and(|condition| holds_in_tests_only(&condition)),
        _ => false,
    }
}

/// Whether a condition asks for `test`, alone or among `all` it asks for; what stands in `not` or `any` may not be a test.
fn holds_in_tests_only(condition: &Meta) -> bool {
    match condition {
        Meta::Path(path) => path.is_ident("test"),
        Meta::List(list) if list.path.is_ident("all") => list
            .parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
            .is_ok_and(|conditions| conditions.iter().any(holds_in_tests_only)),
        _ => false,
    }
}

fn item_attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACET: Mention = Mention::Crates(&["facet_core", "facet"]);

    fn find(text: &str, mention: &Mention) -> Vec<(usize, String)> {
        let places = parse(text).expect("valid Rust").find(mention);
        places
            .into_iter()
            .map(|place| (place.line, place.word))
            .collect()
    }

    #[test]
    fn crates_are_found_in_uses_paths_and_macros() {
        let text = "use facet_core::Shape;\n\
                    fn f(shape: &facet_core::Shape) {}\n\
                    macro_rules! m { () => { facet::Facet } }\n\
                    use facet as other;\n";
        let lines: Vec<usize> = find(text, &FACET).iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [1, 2, 3, 4]);
    }

    #[test]
    fn comments_strings_fields_and_attributes_are_no_mention() {
        let text = "//! facet_core::Shape\n\
                    /// facet::Facet\n\
                    #[facet(skip)]\n\
                    struct S { facet: &'static str }\n\
                    const TEXT: &str = \"facet_core::Shape\";\n";
        assert_eq!(find(text, &FACET), []);
    }

    #[test]
    fn tests_inside_a_file_are_left_out() {
        let text = "#[cfg(test)]\nmod tests { use facet::Facet; }\n\
                    #[cfg(all(test, target_os = \"linux\"))]\nfn helper() {}\n\
                    #[cfg(test)]\nmod far;\n\
                    #[cfg(not(test))]\nuse facet::Facet;\n\
                    #[cfg(all(test, not(miri)))]\nuse facet::Facet;\n\
                    #[cfg(any(test, miri))]\nuse facet::Facet;\n";
        let outside = [8, 12].map(|line| (line, "facet".to_owned()));
        assert_eq!(find(text, &FACET), outside);
        assert_eq!(find(text, &Mention::Platforms), []);
        assert_eq!(parse(text).expect("valid Rust").test_modules, ["far"]);
    }

    #[test]
    fn platforms_are_found_in_every_form_of_cfg() {
        let text = "#[cfg(target_os = \"linux\")]\nfn a() {}\n\
                    #[cfg(not(windows))]\nfn b() {}\n\
                    fn c() -> bool { cfg!(any(unix, miri)) }\n\
                    #[cfg_attr(target_arch = \"x86_64\", inline)]\nfn d() {}\n\
                    use std::arch::asm;\n";
        let lines: Vec<usize> = find(text, &Mention::Platforms)
            .iter()
            .map(|(line, _)| *line)
            .collect();
        assert_eq!(lines, [1, 3, 5, 6, 8]);
    }

    #[test]
    fn other_cfgs_and_plain_words_are_no_platforms() {
        let text = "#[cfg(feature = \"jit\")]\nfn windows() { let unix = cfg!(miri); slice.windows(2); }\n\
                    #[cfg(target_endian = \"big\")]\n#[cfg(target_pointer_width = \"64\")]\nfn f() {}\n\
                    use crate::arch;\n";
        assert_eq!(find(text, &Mention::Platforms), []);
    }

    #[test]
    fn words_are_found_under_any_path() {
        let text = "use vox_core::Shape;\nfn f(_: Shape) {}\nstruct ShapeLike;\n";
        assert_eq!(find(text, &Mention::Words(&["Shape"])).len(), 2);
    }
}
