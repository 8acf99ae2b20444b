#!/usr/bin/env bash
# What the hashes of edited copies find, and whom they take for somebody else: the table in docs/hashing.md.
# Needs python3 with venv, and some minutes.
set -euo pipefail
cd "$(dirname "$0")/../.."
target=${CARGO_TARGET_DIR:-target}
cargo build --quiet --release -p hashing --example edited_copies --example scenes
python=$target/bench-edited-python
[ -x "$python/bin/python" ] || { python3 -m venv "$python" && "$python/bin/pip" install --quiet numpy pillow; }
exec "$python/bin/python" hashing/benches/edited.py "$target" "$@"
