#!/usr/bin/env bash
# The near-match index against faiss-cpu's IndexBinaryFlat, on this machine in one run: single queries, one thread.
# Prints a table, appends to target/bench.jsonl. Needs python3 with venv, 3 GB of memory and a minute or two.
set -euo pipefail
cd "$(dirname "$0")/../.."
target=${CARGO_TARGET_DIR:-target}
cargo build --quiet --release -p hashing --example index_stopwatch --example scenes
python=$target/bench-index-python
[ -x "$python/bin/python" ] || { python3 -m venv "$python" && "$python/bin/pip" install --quiet numpy faiss-cpu; }
exec "$python/bin/python" hashing/benches/index.py "$target"
