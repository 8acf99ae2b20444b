#!/usr/bin/env bash
# The hashing worker and both builds of its module, in V8, against the native crate. Needs `make site`.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --locked --quiet --package hashing --example describe
node --test hashing/tests/worker.test.mjs
