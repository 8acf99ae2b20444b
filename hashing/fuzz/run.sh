#!/usr/bin/env bash
# run.sh SECONDS [TARGET…]: throws changed files at every decoder and parser for so long each. Whatever it finds worth keeping
# stays under target/fuzz; a file that breaks something, under hashing/fuzz/artifacts.
# Without sanitizers, so that it needs no other toolchain than the house: beside a few vector instructions, nothing here is
# unsafe. Overflows and failed assertions count as breaks.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=$1
shift
[ $# -gt 0 ] || set -- jpeg png gif webp bmp fingerprints
command -v cargo-fuzz >/dev/null || scripts/setup.sh fuzz
export CARGO_TARGET_DIR=$PWD/target/fuzz/build
for target in "$@"; do
    corpus=target/fuzz/corpus/$target
    mkdir -p "$corpus"
    (cd hashing && cargo fuzz run --sanitizer none "$target" "$OLDPWD/$corpus" "$OLDPWD/hashing/fuzz/seeds/$target" -- \
        -max_total_time="$seconds" -timeout=20 -rss_limit_mb=1500 -max_len=65536 -print_final_stats=1 -verbosity=0) || {
        echo "fuzzing $target: FAILED, see hashing/fuzz/artifacts/$target"
        exit 1
    }
done
