#!/usr/bin/env bash
# Builds the module and what it is compared with, and runs the worker's tests in node. It ends within ten minutes, whatever
# happens. HASHING_WASM: another module than the one built here.
set -euo pipefail
cd "$(dirname "$0")/../.."
cargo build --locked --quiet -p hashing --example describe --example pixels
if [ -z "${HASHING_WASM:-}" ]; then
    HASHING_WASM=$(scripts/wasm.sh hashing)
    export HASHING_WASM
fi
exec timeout 600 node --test hashing/tests/worker.test.mjs
