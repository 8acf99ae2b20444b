#!/usr/bin/env bash
# PDQ natively and in V8 against PyPI pdqhash, on this machine in one run. Prints a table, appends to target/bench.jsonl.
# Needs python3 with venv, and node for the wasm column (built module: HASHING_WASM, or the one in the target folder).
set -euo pipefail
cd "$(dirname "$0")/../.."
target=${CARGO_TARGET_DIR:-target}
cargo build --quiet --release -p hashing --example draw --example stopwatch
python=$target/bench-python
[ -x "$python/bin/python" ] || { python3 -m venv "$python" && "$python/bin/pip" install --quiet numpy pdqhash; }
exec "$python/bin/python" hashing/benches/run.py "$target"
