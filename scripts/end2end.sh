#!/usr/bin/env bash
# Runs the browser suite in real Chromium, and hashing in Firefox too, against the built program; installs what it needs first.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh chromium firefox ffmpeg cjpeg
if [ end2end/package-lock.json -nt end2end/node_modules/.package-lock.json ]; then
    npm ci --prefix end2end --no-progress >/dev/null
    touch end2end/node_modules/.package-lock.json
fi
# By name: a folder alone would make node run every script in it, helpers too.
exec node --test --test-concurrency=2 "$@" end2end/*.test.mjs
