#!/usr/bin/env bash
# PDQ natively and in V8 against PyPI pdqhash, on this machine in one run. Prints a table, appends to target/bench.jsonl.
# Needs python3 with venv, and node.
set -euo pipefail
cd "$(dirname "$0")/../.."
target=${CARGO_TARGET_DIR:-target}
cargo build --quiet --release -p hashing --example draw --example stopwatch
for build in SIMD:+simd128 plain:; do
    wasm=$(WASM_FEATURES=${build#*:} scripts/wasm.sh hashing --example module)
    tools/node_modules/.bin/wasm-opt -O3 --all-features $wasm -o "$target/bench-${build%:*}.wasm"
done
python=$target/bench-python
[ -x "$python/bin/python" ] || { python3 -m venv "$python" && "$python/bin/pip" install --quiet numpy pdqhash; }
exec "$python/bin/python" hashing/benches/run.py "$target"
