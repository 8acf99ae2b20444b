#!/usr/bin/env bash
# The worker and both builds of its module, in node, against the native crate and Pillow. Needs `make site`. It ends within
# ten minutes, whatever happens.
set -euo pipefail
cd "$(dirname "$0")/../.."
scripts/setup.sh cjpeg
cargo build --locked --quiet -p hashing --example describe --example pixels
exec timeout 600 node --test hashing/tests/worker.test.mjs
