#!/usr/bin/env bash
# run.sh SECONDS [TARGET…]: throws changed files at every decoder and parser for so long each, two at a time, a line for each;
# of one that breaks, also all it said. Whatever it finds worth keeping stays under target/fuzz; a file that breaks something,
# under hashing/fuzz/artifacts.
# Without sanitizers, so that it needs no other toolchain than the house: beside a few vector instructions, nothing here is
# unsafe. Overflows and failed assertions count as breaks.
set -euo pipefail
cd "$(dirname "$0")/../.."
export SECONDS_EACH=$1
shift
[ $# -gt 0 ] || set -- jpeg png gif webp bmp fingerprints
command -v cargo-fuzz >/dev/null || scripts/setup.sh fuzz
export CARGO_TARGET_DIR=$PWD/target/fuzz/build

fuzz() {
    local target=$1 corpus=$PWD/target/fuzz/corpus/$1 log=$PWD/target/fuzz/$1.log
    mkdir -p "$corpus"
    if (cd hashing && cargo fuzz run --sanitizer none "$target" "$corpus" "fuzz/seeds/$target" -- -max_total_time="$SECONDS_EACH" \
        -timeout=20 -rss_limit_mb=1500 -max_len=65536 -print_final_stats=1 -verbosity=0) >"$log" 2>&1; then
        printf 'fuzzing %s: well, %d files\n' "$target" "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")"
    else
        cat "$log"
        echo "fuzzing $target: FAILED, see hashing/fuzz/artifacts/$target"
        return 1
    fi
}
export -f fuzz

# Built before any time is taken.
built=$(cd hashing && cargo fuzz build --sanitizer none 2>&1) || { echo "$built"; exit 1; }
printf '%s\n' "$@" | xargs -P 2 -I{} bash -c 'fuzz {}'
