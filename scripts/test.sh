#!/usr/bin/env bash
# Everything that can be shown to work, in stages, each with its time. Every stage runs, whatever became of those before.
set -uo pipefail
cd "$(dirname "$0")/.."
failed=()
SECONDS=0

stage() {
    local name=$1 began=$SECONDS
    shift
    printf '\n== %s\n' "$name"
    if "$@"; then
        printf '== %s: well, %d s\n' "$name" $((SECONDS - began))
    else
        printf '== %s: FAILED, %d s\n' "$name" $((SECONDS - began))
        failed+=("$name")
    fi
}

cluster=$(mktemp -d "${TMPDIR:-/tmp}/suoja-postgres.XXXXXX")
chmod 755 "$cluster"
trap 'scripts/postgres.sh stop "$cluster"' EXIT
start_postgres() { SUOJA_TEST_POSTGRES=$(scripts/postgres.sh start "$cluster") && export SUOJA_TEST_POSTGRES; }

stage 'setting up' scripts/setup.sh postgres chromium firefox ffmpeg cjpeg deny fuzz || exit 1
stage 'format' cargo fmt --all --check
stage 'licences, bans and sources' cargo deny --log-level error check licenses bans sources
stage 'lints' scripts/lint.sh
stage 'site' make --no-print-directory site
stage 'the same module from another folder' scripts/same-wasm.sh
stage 'PostgreSQL' start_postgres
stage 'what partners run' scripts/python.sh threatexchange xarf
stage 'unit and integration tests, SQLite and PostgreSQL' cargo test --locked --no-fail-fast
stage 'hashing worker, both modules' hashing/tests/worker.sh
stage 'hostile files' hashing/fuzz/run.sh 30
stage 'program' cargo build --locked --bin suoja
[ -e end2end/package.json ] && stage 'browser suite' scripts/end2end.sh

printf '\n%d min %d s in all; on SQLite and %s\n' $((SECONDS / 60)) $((SECONDS % 60)) "${SUOJA_TEST_POSTGRES:+PostgreSQL}"
if [ ${#failed[@]} -gt 0 ]; then
    printf 'failed: %s\n' "${failed[@]}"
    exit 1
fi
echo 'everything went well'
