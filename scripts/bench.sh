#!/usr/bin/env bash
# Measures everything there is to measure: prints tables, writes target/bench.jsonl anew, one line a measurement.
set -euo pipefail
cd "$(dirname "$0")/.."
rm -f target/bench.jsonl
hashing/benches/run.sh
