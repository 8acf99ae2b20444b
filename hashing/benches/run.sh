#!/usr/bin/env bash
# PDQ natively and in V8 against PyPI pdqhash, on this machine in one run. Prints a table, appends to target/bench.jsonl.
# Needs python3 and node. SWGFL_PDQ=FOLDER, a checkout of github.com/SWGFL/pdq, measures against that, too: no
# package registry has it.
set -euo pipefail
cd "$(dirname "$0")/../.."
target=${CARGO_TARGET_DIR:-target}
cargo build --quiet --release -p hashing --example draw --example stopwatch
for build in SIMD:+simd128 plain:; do
    wasm=$(WASM_FEATURES=${build#*:} scripts/wasm.sh hashing --example module)
    tools/node_modules/.bin/wasm-opt -O3 --all-features $wasm -o "$target/bench-${build%:*}.wasm"
done
rm -f "$target/bench-swgfl.mjs"
if [ -n "${SWGFL_PDQ:-}" ]; then
    esbuild=$PWD/tools/node_modules/.bin/esbuild
    printf 'export { default as ofPicture } from "./src/pdq"; export { pdqHashFromRGBA as ofFrame } from "./src/vpdq/pdqhashing";' |
        (cd "$SWGFL_PDQ" && "$esbuild" --bundle --format=esm --log-level=warning --loader=ts) >"$target/bench-swgfl.mjs"
fi
python=$(scripts/python.sh numpy pdqhash==0.2.8)
exec "$python" hashing/benches/run.py "$target"
