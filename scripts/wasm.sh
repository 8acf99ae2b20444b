#!/usr/bin/env bash
# wasm.sh PACKAGE [--example NAME | CARGO ARGUMENTS]: compiles one of our crates for the browser and prints where its wasm is.
# WASM_FEATURES=+simd128 compiles for browsers with SIMD, apart from other builds. The same sources give the same bytes in any
# folder of any machine: what a compiler writes down of paths is named after what lies there.
set -euo pipefail
cd "$(dirname "$0")/.."
package=$1
shift
case ${1:-} in
--example) what=("$@") wasm=examples/$2.wasm ;;
*) what=(--lib "$@") wasm=$package.wasm ;;
esac

sysroot=$(rustc --print sysroot)
RUSTFLAGS="--remap-path-prefix=$PWD=suoja"
for registry in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*; do RUSTFLAGS+=" --remap-path-prefix=$registry=crates"; done
# Where std's sources are installed, a compiler names them in place of those it was built from.
RUSTFLAGS+=" --remap-path-prefix=$sysroot/lib/rustlib/src/rust=/rustc/$(rustc -vV | sed -n 's/^commit-hash: //p')"
RUSTFLAGS+=${WASM_FEATURES:+" -Ctarget-feature=$WASM_FEATURES"}
export RUSTFLAGS

if [ -d "$sysroot/lib/rustlib/wasm32-unknown-unknown" ]; then
    folder=target${WASM_FEATURES:+/wasm$WASM_FEATURES}
    CARGO_TARGET_DIR=$folder cargo build --locked --profile wasm-release --target wasm32-unknown-unknown --package "$package" "${what[@]}" >&2
else
    # Debian's rustc comes with std's sources instead of a wasm std: build std as part of the crate, apart from other builds.
    folder=target/wasm-std${WASM_FEATURES:-}
    PATH="/usr/bin:$PATH" RUSTC_BOOTSTRAP=1 CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=lld-22 CARGO_TARGET_DIR=$folder \
        cargo build --locked --profile wasm-release --target wasm32-unknown-unknown -Zbuild-std=std,panic_abort --package "$package" "${what[@]}" >&2
fi
echo "$folder/wasm32-unknown-unknown/wasm-release/$wasm"
