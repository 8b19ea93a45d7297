//! Judges source files against the module rules.

use super::matches_pattern;
use super::rules::ModuleRule;
use super::scan::{self, Scanned};
use crate::sources::SourceFile;

/// Every mention that a rule forbids, and every rule that holds nowhere.
pub(crate) fn judge(files: &[SourceFile], rules: &[ModuleRule]) -> Vec<String> {
    let mut violations = Vec::new();
    let mut parsed = Vec::new();
    for file in files {
        match scan::parse(&file.text) {
            Ok(scanned) => parsed.push((file.path.as_str(), scanned)),
            Err(error) => violations.push(format!("{}: cannot be parsed: {error}", file.path)),
        }
    }
    let test_paths = find_test_paths(&parsed);
    parsed.retain(|(path, _)| {
        !test_paths
            .iter()
            .any(|test| path.starts_with(test.as_str()))
    });
    for rule in rules {
        for (path, scanned) in &parsed {
            if !covers(rule, path) {
                continue;
            }
            for place in scanned.find(&rule.never) {
                let line = place.line;
                violations.push(format!("{path}:{line}: `{}`: {}", place.word, rule.why));
            }
        }
        violations.extend(find_void_scopes(files, rule));
    }
    violations
}

fn covers(rule: &ModuleRule, path: &str) -> bool {
    let among = |list: &[&str]| list.iter().any(|scope| lies_in(path, scope));
    among(rule.inside) && !among(rule.except)
}

fn lies_in(path: &str, scope: &str) -> bool {
    match path.strip_prefix(scope) {
        Some(rest) => rest == ".rs" || rest.starts_with('/'),
        None => scope.ends_with('*') && matches_pattern(scope, path),
    }
}

/// A scope that no file lies in would make its rule silently void, after a rename for example.
/// A crate of a single file is not built yet and has no modules to hold apart.
fn find_void_scopes(files: &[SourceFile], rule: &ModuleRule) -> Vec<String> {
    let count = |scope: &str| {
        files
            .iter()
            .filter(|file| lies_in(&file.path, scope))
            .count()
    };
    let void = rule.inside.iter().filter(|scope| {
        let sources = scope
            .split_once("/src")
            .map_or(String::new(), |(name, _)| format!("{name}/src"));
        count(scope) == 0 && count(&sources) > 1
    });
    void.map(|scope| {
        format!(
            "no file lies in {scope}, so this rule holds nowhere: {}",
            rule.why
        )
    })
    .collect()
}

/// Path beginnings of modules declared `#[cfg(test)] mod name;`.
fn find_test_paths(parsed: &[(&str, Scanned)]) -> Vec<String> {
    let mut paths = Vec::new();
    for (path, scanned) in parsed {
        let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
        let stem = file.trim_end_matches(".rs");
        let base = match stem {
            "mod" | "lib" | "main" => folder.to_owned(),
            _ => format!("{folder}/{stem}"),
        };
        for module in &scanned.test_modules {
            paths.push(format!("{base}/{module}.rs"));
            paths.push(format!("{base}/{module}/"));
        }
    }
    paths
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::rules;

    fn file(path: &str, text: &str) -> SourceFile {
        SourceFile {
            path: path.into(),
            text: text.into(),
        }
    }

    /// A tree that keeps every rule, with one more file.
    fn judge_with(path: &str, text: &str) -> Vec<String> {
        let files = [
            file("vox/src/lib.rs", ""),
            file("vox-core/src/lib.rs", "pub use facet_core::Shape;"),
            file("vox-core/src/shape/mod.rs", "use facet_core::Shape;"),
            file("vox-core/src/reflect.rs", "use facet_core::PtrConst;"),
            file(
                "vox-core/src/entry.rs",
                "#[cfg(target_arch = \"x86_64\")] fn f() {}",
            ),
            file("vox-core/src/lower/mod.rs", "use crate::shape;"),
            file("vox-jit/src/lib.rs", ""),
            file(
                "vox-jit/src/memory/sys/unix.rs",
                "#[cfg(target_os = \"linux\")] fn f() {}",
            ),
            file("vox-jit/src/emit/option.rs", "use cranelift_codegen::ir;"),
            file(path, text),
        ];
        judge(&files, rules::MODULES)
    }

    #[test]
    fn the_intended_tree_is_clean() {
        assert_eq!(
            judge_with("vox-core/src/wire.rs", "fn f() {}"),
            Vec::<String>::new()
        );
    }

    #[test]
    fn each_violation_is_found_with_its_place() {
        for (path, text) in [
            ("vox-core/src/interp/mod.rs", "use facet_core::Shape;"),
            ("vox-core/src/program/op.rs", "fn f(_: facet::Peek) {}"),
            ("vox-core/src/lower/list.rs", "use cranelift_codegen::ir;"),
            ("vox-jit/src/emit/list.rs", "use facet_core::PtrConst;"),
            ("vox-jit/src/emit/list.rs", "use vox_core::shape::{Shape};"),
            (
                "vox-jit/src/memory/arena.rs",
                "fn f() { if cfg!(windows) {} }",
            ),
            (
                "vox-core/src/interp/copy.rs",
                "#[cfg(target_arch = \"aarch64\")] fn f() {}",
            ),
            (
                "vox/src/global.rs",
                "#[cfg(target_os = \"linux\")] fn f() {}",
            ),
        ] {
            let violations = judge_with(path, text);
            assert_eq!(violations.len(), 1, "{path}: {violations:?}");
            assert!(
                violations[0].starts_with(&format!("{path}:1: ")),
                "{violations:?}"
            );
        }
    }

    #[test]
    fn test_modules_in_files_of_their_own_are_left_out() {
        let files = [
            file("vox-core/src/interp.rs", "#[cfg(test)] mod checks;"),
            file("vox-core/src/interp/checks.rs", "use facet::Facet;"),
            file("vox-core/src/lower/mod.rs", "#[cfg(test)] mod cases;"),
            file(
                "vox-core/src/lower/cases/one.rs",
                "use cranelift_codegen::ir;",
            ),
        ];
        assert_eq!(judge(&files, rules::MODULES), Vec::<String>::new());
    }

    #[test]
    fn a_rule_that_holds_nowhere_is_found() {
        let files = [
            file("vox-jit/src/lib.rs", ""),
            file("vox-jit/src/emitter.rs", ""),
        ];
        let violations = judge(&files, rules::MODULES);
        assert!(!violations.is_empty());
        assert!(
            violations[0].starts_with("no file lies in vox-jit/src/emit"),
            "{violations:?}"
        );
    }

    #[test]
    fn a_file_that_is_no_rust_is_found() {
        assert_eq!(judge_with("vox/src/broken.rs", "fn {").len(), 1);
    }
}
