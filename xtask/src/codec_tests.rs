//! Holds that tests of the codec are written with `codec_test!`, which runs every mode and both oracles.
//!
//! For: a function of the codec's tests with the attribute `test` by itself, in a macro too; and anyone but the macro
//! that makes a judge.
//! Not for: what a test gives its judge. A test that gives it nothing fails by itself.

use anyhow::bail;
use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};

use crate::context::Context;
use crate::outcome::Outcome;
use crate::sources::{self, SourceFile};

/// Where `codec_test!` alone declares tests.
const HOME: &str = "vox/tests/codec/";

/// Names, and the only places that may use them.
const KEPT: &[(&str, &[&str], &str)] = &[
    (
        "of_codec_test",
        &["vox-oracle/src/judge"],
        "`codec_test!` alone makes a judge",
    ),
    (
        "OneMode",
        &["vox-oracle/src/judge", "vox-generate/src/"],
        "a judge of one mode is not for tests; `codec_test!` runs all of them",
    ),
];

pub(crate) fn check(cx: &Context) -> anyhow::Result<Outcome> {
    let files = sources::read(cx, &["src", "tests", "benches", "examples"])?;
    let problems = judge(&files);
    for problem in &problems {
        println!("{problem}");
    }
    if !problems.is_empty() {
        bail!("{} codec tests without the macro", problems.len());
    }
    let count = files.iter().filter(|file| is_at_home(file)).count();
    if count == 0 {
        bail!("no file lies in {HOME}, so this rule holds nowhere");
    }
    Ok(Outcome::Passed(format!("{count} files of codec tests")))
}

fn is_at_home(file: &SourceFile) -> bool {
    file.path.starts_with(HOME)
}

fn judge(files: &[SourceFile]) -> Vec<String> {
    files.iter().flat_map(judge_file).collect()
}

fn judge_file(file: &SourceFile) -> Vec<String> {
    let path = &file.path;
    let tokens: TokenStream = match file.text.parse() {
        Ok(tokens) => tokens,
        Err(error) => return vec![format!("{path}: cannot be parsed: {error}")],
    };
    let mut problems = Vec::new();
    walk(tokens, &mut |before, tree| {
        if let Some((span, why)) = complaint(file, before, tree) {
            problems.push(format!("{path}:{}: {why}", span.start().line));
        }
    });
    problems
}

/// Calls with every token and the one before it, inside of groups and macros as well.
fn walk(tokens: TokenStream, visit: &mut dyn FnMut(Option<&TokenTree>, &TokenTree)) {
    let mut before = None;
    for tree in tokens {
        visit(before.as_ref(), &tree);
        if let TokenTree::Group(group) = &tree {
            walk(group.stream(), visit);
        }
        before = Some(tree);
    }
}

/// What is wrong with a token, and where.
fn complaint(
    file: &SourceFile,
    before: Option<&TokenTree>,
    tree: &TokenTree,
) -> Option<(Span, &'static str)> {
    match tree {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket => {
            let is_attribute =
                matches!(before, Some(TokenTree::Punct(punct)) if punct.as_char() == '#');
            let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
            let found = is_attribute && is_at_home(file) && is_test(&tokens);
            found.then(|| {
                (
                    group.span_open(),
                    "a test of the codec is written with `codec_test!`",
                )
            })
        }
        TokenTree::Ident(ident) => KEPT
            .iter()
            .find(|(name, places, _)| {
                ident == name && !places.iter().any(|place| file.path.starts_with(place))
            })
            .map(|(_, _, why)| (ident.span(), *why)),
        _ => None,
    }
}

/// Whether an attribute is `test`, under any path, or `cfg_attr` with it among what it gives.
fn is_test(attribute: &[TokenTree]) -> bool {
    match attribute {
        [TokenTree::Ident(ident), TokenTree::Group(group)] if ident == "cfg_attr" => {
            let given: Vec<TokenTree> = group.stream().into_iter().collect();
            given.split(is_comma).skip(1).any(is_test)
        }
        [.., TokenTree::Ident(ident)] => ident == "test",
        _ => false,
    }
}

fn is_comma(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == ',')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(path: &str, text: &str) -> Vec<String> {
        judge(&[SourceFile {
            path: path.into(),
            text: text.into(),
        }])
    }

    const LISTS: &str = "vox/tests/codec/lists.rs";

    #[test]
    fn a_bare_test_is_found_in_every_form() {
        for text in [
            "\n#[test]\nfn a() {}",
            "\n#[core::prelude::v1::test]\nfn a() {}",
            "\n#[cfg_attr(not(miri), test)]\nfn a() {}",
            "\n#[cfg_attr(unix, test, should_panic)]\nfn a() {}",
            "mod inner {\n#[test]\nfn a() {} }",
            "macro_rules! m { ($($name:ident)*) => { $(\n#[test]\nfn $name() {} )* } }",
            "m! {\n#[test]\nfn a() {} }",
            "fn outer() {\n#[test]\nfn a() {} }",
        ] {
            let found = problems(LISTS, text);
            assert_eq!(found.len(), 1, "{text}: {found:?}");
            assert!(
                found[0].starts_with("vox/tests/codec/lists.rs:2: "),
                "{found:?}"
            );
        }
    }

    #[test]
    fn the_macro_and_other_attributes_are_right() {
        let text = "codec_test!(numbers: 1_u8);\n\
                    codec_test!(#[cfg_attr(test, should_panic)] fn a(judge: &Judge) {});\n\
                    // #[test]\n\
                    const TEXT: &str = \"#[test]\";\n\
                    #[cfg(test)] mod test { fn f(list: [u8; test]) {} }\n";
        assert_eq!(problems(LISTS, text), Vec::<String>::new());
        // Elsewhere tests are as they are.
        assert_eq!(
            problems("vox/tests/api/peek.rs", "#[test]\nfn a() {}"),
            Vec::<String>::new()
        );
    }

    #[test]
    fn a_judge_made_by_anyone_else_is_found() {
        let call = "fn f() { vox_oracle::judge::of_codec_test(body); }";
        assert_eq!(problems(LISTS, call).len(), 1);
        assert_eq!(problems("vox-generate/src/check.rs", call).len(), 1);
        assert_eq!(problems("vox-oracle/src/judge.rs", call).len(), 0);

        let import = "use vox_oracle::judge::OneMode;";
        assert_eq!(problems("vox/tests/api/peek.rs", import).len(), 1);
        assert_eq!(problems("vox-generate/tests/campaign.rs", import).len(), 1);
        assert_eq!(problems("vox-generate/src/check.rs", import).len(), 0);
    }

    #[test]
    fn a_file_that_is_no_rust_is_found() {
        assert_eq!(problems(LISTS, "fn {").len(), 1);
    }
}
