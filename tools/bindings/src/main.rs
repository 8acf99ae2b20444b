//! Writes the JavaScript that loads the app's wasm, with the wasm it rewrites beside it.
//!
//! What `wasm-bindgen --target web` does; as a library its version is the one in `Cargo.lock`, which must be the one the
//! app was compiled with.

use anyhow::{Context, bail};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, folder, name] = arguments.as_slice() else {
        bail!("usage: bindings INPUT.wasm OUTPUT_FOLDER NAME");
    };
    Bindgen::new()
        .input_path(input)
        .out_name(name)
        .web(true)?
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(folder)
        .with_context(|| format!("no bindings could be made for {input}"))
}
