#!/usr/bin/env bash
# wasm.sh PACKAGE [CARGO ARGUMENTS]: compiles one of our crates for the browser and prints where its wasm is.
set -euo pipefail
cd "$(dirname "$0")/.."
package=$1
shift

if [ -d "$(rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown" ]; then
    cargo build --locked --lib --profile wasm-release --target wasm32-unknown-unknown --package "$package" "$@" >&2
    folder=target/wasm32-unknown-unknown
else
    # Debian's rustc comes with std's sources instead of a wasm std: build std as part of the crate, apart from other builds.
    PATH="/usr/bin:$PATH" RUSTC_BOOTSTRAP=1 CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=lld-22 CARGO_TARGET_DIR=target/wasm-std \
        cargo build --locked --lib --profile wasm-release --target wasm32-unknown-unknown -Zbuild-std=std,panic_abort --package "$package" "$@" >&2
    folder=target/wasm-std/wasm32-unknown-unknown
fi
echo "$folder/wasm-release/$package.wasm"
