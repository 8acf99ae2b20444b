#!/usr/bin/env bash
# Measures everything there is to measure: prints tables, writes target/bench.jsonl anew, one line a measurement.
set -euo pipefail
cd "$(dirname "$0")/.."
rm -f target/bench.jsonl
HASHING_WASM=target/site/pkg/hashing.wasm hashing/benches/run.sh
HASHING_WASM=target/site/pkg/hashing.wasm hashing/benches/decode.sh
