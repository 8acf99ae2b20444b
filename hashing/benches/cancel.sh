#!/usr/bin/env bash
# How long the page's worker takes to let go of a file that is cancelled at any moment, in Chromium and in Firefox. Prints a table,
# appends to target/bench.jsonl. Needs python3, node, both browsers and `make site`.
set -euo pipefail
cd "$(dirname "$0")/../.."
scripts/setup.sh chromium firefox
[ -e end2end/node_modules/.package-lock.json ] || npm ci --prefix end2end --no-progress >/dev/null
python=$(scripts/python.sh pillow==13.0.0 numpy)
pictures=$(mktemp -d "${TMPDIR:-/tmp}/suoja-cancel.XXXXXX")
trap 'rm -rf "$pictures"' EXIT
"$python" hashing/benches/landscape.py "$pictures"
node hashing/benches/cancel.mjs "$pictures" "${CARGO_TARGET_DIR:-target}/bench.jsonl"
