#!/usr/bin/env bash
# JPEG files to hashes, natively and in V8, against libjpeg-turbo and threatexchange, on this machine in one run. Prints a table,
# appends to target/bench.jsonl. Needs python3, node, and both builds of the module (`make wasm`; HASHING_WASM names another folder).
set -euo pipefail
cd "$(dirname "$0")/../.."
cargo build --quiet --release -p hashing --example decoding
python=$(scripts/python.sh pillow==13.0.0 numpy threatexchange)
exec "$python" hashing/benches/decode.py "${CARGO_TARGET_DIR:-target}"
