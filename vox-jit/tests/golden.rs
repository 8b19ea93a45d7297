//! The code of vtable call sites on every ABI, as text that is checked in.
//!
//! Any host can look at the code for any instruction set, so a change of one platform's calls
//! is seen wherever the tests run. Vtable functions have small made-up addresses; ours
//! have numbers that do not depend on the build. After a change that is
//! meant, `VOX_BLESS=1 cargo test -p vox-jit --test golden` rewrites the files;
//! read the difference before committing it.

mod common;

use std::path::PathBuf;
use std::str::FromStr;

use common::made;
use target_lexicon::Triple;
use vox_jit::compile::{Listing, isa_for, list_for};
use vox_jit::{CompileError, CompilerOptions};

const TARGETS: [&str; 6] = [
    "x86_64-unknown-linux-gnu",
    "x86_64-pc-windows-msvc",
    "aarch64-unknown-linux-gnu",
    "aarch64-apple-darwin",
    "riscv64gc-unknown-linux-gnu",
    "s390x-unknown-linux-gnu",
];

/// A call site: a program and the functions it calls directly, by address.
struct Site {
    name: &'static str,
    text: &'static str,
    functions: &'static [usize],
}

const SITES: [Site; 5] = [
    Site {
        name: "option_is_some",
        text: "program Option
functions
  f0 option.is_some
b0:
  reserve bytes=1
  write_option at=@8 source=is_some(f0) some=b1
b1:
",
        functions: &[1001],
    },
    Site {
        name: "option_get_value",
        text: "program Option
functions
  f0 option.get_value
b0:
  reserve bytes=2
  write_option at=@8 source=get_value(f0) some=b1
b1:
  write_byte at=@0
",
        functions: &[1002],
    },
    Site {
        name: "borrow_thin",
        text: "program Thin
functions
  f0 pointer.borrow
b0:
  reserve bytes=1
  borrow at=@8 source=borrow_thin(f0) each=b1
b1:
  write_byte at=@0
",
        functions: &[1003],
    },
    Site {
        name: "borrow_wide",
        text: "program Wide
functions
  f0 pointer.borrow
b0:
  borrow at=@8 source=borrow_wide(f0) each=b1
b1:
  write_list_var_u32 at=@0 source=words(ptr=@0, len=@8) reserve=0
",
        functions: &[1004],
    },
    Site {
        name: "slice",
        text: "program Slice
functions
  f0 slice.len
  f1 slice.as_ptr
b0:
  write_list_var_u32 at=@0 source=slice(len=f0, as_ptr=f1) reserve=0
",
        functions: &[1005, 1006],
    },
];

/// The code of a site on a target.
fn listing(site: &Site, target: &str, options: &CompilerOptions) -> Listing {
    let addresses: Vec<*const ()> = site
        .functions
        .iter()
        .map(|address| core::ptr::without_provenance(*address))
        .collect();
    let slot = made(site.text, &addresses, &[]);
    let isa = isa_for(&Triple::from_str(target).unwrap(), options).unwrap();
    list_for(&isa, slot.program().unwrap(), options).unwrap()
}

/// The disassembly of a site on a target.
fn assembly(site: &Site, target: &str) -> String {
    listing(site, target, &CompilerOptions::default()).assembly
}

fn file(site: &Site, target: &str) -> PathBuf {
    let name = format!("{}.{target}.txt", site.name);
    [env!("CARGO_MANIFEST_DIR"), "tests", "golden", &name]
        .iter()
        .collect()
}

#[test]
fn the_code_is_what_was_reviewed() {
    let bless = std::env::var_os("VOX_BLESS").is_some_and(|value| value == "1");
    let mut different = Vec::new();
    for site in &SITES {
        for target in TARGETS {
            let found = assembly(site, target);
            let file = file(site, target);
            if bless {
                std::fs::write(&file, &found).unwrap();
                continue;
            }
            let reviewed = std::fs::read_to_string(&file).unwrap_or_default();
            if reviewed.replace("\r\n", "\n") != found {
                different.push(format!("{}:\n{found}", file.display()));
            }
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
}

/// The registers of an instruction; the halves of x86-64's count as the whole.
fn registers(line: &str) -> Vec<String> {
    line.split(|c: char| !c.is_ascii_alphanumeric() && c != '%')
        .skip_while(|word| word.is_empty())
        .skip(1)
        .map(|word| match word.strip_prefix("%e") {
            Some(half) => format!("%r{half}"),
            None => word.trim_end_matches('d').to_owned(),
        })
        .filter(|word| word.contains(|c: char| c.is_ascii_alphabetic()))
        .collect()
}

/// The register an instruction calls through, if it does.
fn called(line: &str, target: &str) -> Option<String> {
    let calls = match target.split('-').next().unwrap() {
        "x86_64" => "call ",
        "aarch64" => "blr ",
        "riscv64gc" => "callind ",
        "s390x" => "basr ",
        other => panic!("no such target: {other}"),
    };
    if !line.trim_start().starts_with(calls) {
        return None;
    }
    // The last operand: s390x names the register for the return address first.
    registers(line).pop()
}

/// Whether an instruction has this constant as an operand.
fn mentions(line: &str, address: usize) -> bool {
    let decimal = address.to_string();
    let hex = format!("0x{address:x}");
    line.split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| word == decimal || word == hex)
}

/// What is wrong with the only place that loads an address, if the next call is not through the
/// register it is loaded into.
fn look_for_direct_call(text: &str, address: usize, target: &str) -> Result<(), String> {
    let lines: Vec<&str> = text.lines().collect();
    let at: Vec<usize> = (0..lines.len())
        .filter(|at| mentions(lines[*at], address))
        .collect();
    let [at] = at[..] else {
        return Err(format!("{address} is loaded {} times:\n{text}", at.len()));
    };
    let callee = lines[at + 1..].iter().find_map(|line| called(line, target));
    let callee = callee.ok_or_else(|| format!("nothing calls {address}:\n{text}"))?;
    if registers(lines[at]).contains(&callee) {
        Ok(())
    } else {
        Err(format!("{callee} is not {address}:\n{text}"))
    }
}

#[test]
fn vtable_functions_are_called_directly_on_every_abi() {
    for site in &SITES {
        for target in TARGETS {
            let text = assembly(site, target);
            for address in site.functions {
                if let Err(wrong) = look_for_direct_call(&text, *address, target) {
                    panic!("{} on {target}: {wrong}", site.name);
                }
            }
        }
    }
}

/// The control of the test above: through a trampoline the function's address is an
/// argument, and the trampoline's is what is called. Both the disassembly and the IR show it.
#[cfg(feature = "trampolines")]
#[test]
fn trampolines_are_told_apart() {
    let mut options = CompilerOptions::default();
    options.vtable_calls = vox_jit::VtableCalls::Trampoline;
    for site in &SITES {
        for target in TARGETS {
            let direct = listing(site, target, &CompilerOptions::default());
            let through = listing(site, target, &options);
            for address in site.functions {
                let found = look_for_direct_call(&through.assembly, *address, target);
                let wrong = found.expect_err("the trampoline is called");
                assert!(
                    wrong.contains("is not"),
                    "{} on {target}: {wrong}",
                    site.name
                );
                assert!(is_callee(&direct.clif, *address), "{}", direct.clif);
                assert!(!is_callee(&through.clif, *address), "{}", through.clif);
            }
        }
    }
}

/// On a platform whose C calling convention is unknown nothing is guessed: vtable functions are called
/// through trampolines, or not compiled at all.
#[test]
fn an_unknown_convention_is_not_guessed() {
    let target = Triple::from_str("riscv64gc-pc-windows-msvc").unwrap();
    let options = CompilerOptions::default();
    let isa = isa_for(&target, &options).unwrap();
    assert_eq!(vox_cabi::Abi::from_isa(&*isa), None);
    for site in &SITES {
        let addresses: Vec<*const ()> = site
            .functions
            .iter()
            .map(|address| core::ptr::without_provenance(*address))
            .collect();
        let slot = made(site.text, &addresses, &[]);
        let found = list_for(&isa, slot.program().unwrap(), &options);
        if cfg!(feature = "trampolines") {
            let mut options = options;
            options.vtable_calls = vox_jit::VtableCalls::Trampoline;
            let through = list_for(&isa, slot.program().unwrap(), &options).unwrap();
            assert_eq!(found.unwrap().clif, through.clif, "{}", site.name);
        } else {
            let wrong = found.expect_err("nothing can call it");
            assert_eq!(wrong, CompileError::NoCallingConvention, "{}", site.name);
        }
    }
    // What calls no vtable function needs no convention.
    let slot = made(
        "program Plain\nb0:\n  reserve bytes=1\n  write_byte at=@0\n",
        &[],
        &[],
    );
    list_for(&isa, slot.program().unwrap(), &options).unwrap();
}

/// Whether the IR calls the constant `address` itself.
#[cfg(feature = "trampolines")]
fn is_callee(clif: &str, address: usize) -> bool {
    let constant = format!("= iconst.i64 {address}");
    let values = clif
        .lines()
        .filter(|line| line.trim_end().ends_with(&constant))
        // In front of the value there may be a source location.
        .filter_map(|line| line.split(" = ").next()?.split_whitespace().last());
    values.into_iter().any(|value| {
        let callee = format!(", {value}(");
        clif.lines()
            .any(|line| line.contains("call_indirect") && line.contains(&callee))
    })
}
