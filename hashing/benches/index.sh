#!/usr/bin/env bash
# The near-match index against faiss-cpu's IndexBinaryFlat and threatexchange's index, on this machine in one run: single queries,
# one thread. Prints a table, appends to target/bench.jsonl. Needs python3, 3 GB of memory and a minute or two.
set -euo pipefail
cd "$(dirname "$0")/../.."
target=${CARGO_TARGET_DIR:-target}
cargo build --quiet --release -p hashing --example index_stopwatch --example scenes
python=$(scripts/python.sh numpy faiss-cpu threatexchange)
exec "$python" hashing/benches/index.py "$target"
