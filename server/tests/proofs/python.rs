//! What partners run, from Python's package index, in a place of its own under `target/`.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A Python that has these packages; the first time it fetches them.
pub fn python(packages: &[&str]) -> PathBuf {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/python.sh");
    let python = Command::new(script).args(packages).output().unwrap();
    assert!(python.status.success(), "{}", String::from_utf8_lossy(&python.stderr));
    PathBuf::from(String::from_utf8(python.stdout).unwrap().trim())
}
