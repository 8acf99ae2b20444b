#!/usr/bin/env bash
# Clippy over what runs on the server, and over what runs in the browser.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo clippy --locked --all-targets --quiet -- -D warnings
cargo clippy --locked --quiet --package bindings -- -D warnings
