#!/usr/bin/env bash
# JPEG files to hashes, natively and in V8, against libjpeg-turbo, on this machine in one run. Prints a table, appends to
# target/bench.jsonl. Needs python3, and node for the wasm column (built module: HASHING_WASM, or the one in the target folder).
set -euo pipefail
cd "$(dirname "$0")/../.."
cargo build --quiet --release -p hashing --example decoding
python=$(scripts/python.sh pillow==13.0.0 numpy)
exec "$python" hashing/benches/decode.py "${CARGO_TARGET_DIR:-target}"
