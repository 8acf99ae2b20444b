#!/usr/bin/env bash
# Measures everything there is to measure: prints tables, writes target/bench.jsonl anew, one line a measurement.
set -euo pipefail
cd "$(dirname "$0")/.."
rm -f target/bench.jsonl
cluster=$(mktemp -d "${TMPDIR:-/tmp}/suoja-postgres.XXXXXX")
chmod 755 "$cluster"
trap 'scripts/postgres.sh stop "$cluster"' EXIT
scripts/setup.sh postgres
SUOJA_TEST_POSTGRES=$(scripts/postgres.sh start "$cluster" durable)
export SUOJA_TEST_POSTGRES
cargo bench --quiet --locked -p casework >>target/bench.jsonl
echo 'desk: a million cases on each engine are made first (about an hour; SUOJA_BENCH_CASES says fewer)'
cargo bench --quiet --locked -p server --bench desk >>target/bench.jsonl

hashing/benches/run.sh
hashing/benches/decode.sh
hashing/benches/cancel.sh
hashing/benches/index.sh
