//! Writes `tests/execution/generated.rs`, the random signatures the execution
//! tests call. The file is checked in; run this after changing the generator.

#[path = "../tests/support/signatures.rs"]
mod signatures;

use std::path::Path;

fn main() -> std::io::Result<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/execution/generated.rs");
    std::fs::write(&path, signatures::generate())?;
    println!("wrote {}", path.display());
    Ok(())
}
