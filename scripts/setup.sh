#!/usr/bin/env bash
# Installs what building needs and this machine lacks, saying so. With arguments, also that: postgres, chromium, firefox, ffmpeg,
# cjpeg, deny, python, fuzz.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { echo "setup: $*" >&2; }

apt() {
    local sudo=''
    [ "$(id -u)" = 0 ] || sudo=sudo
    command -v apt-get >/dev/null || { say "please install: $* (no apt-get here)"; exit 1; }
    say "installing by apt: $*"
    [ -n "${APT_UPDATED:-}" ] || $sudo apt-get update -qq
    APT_UPDATED=yes
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

command -v cargo >/dev/null || { say "Rust is missing: see https://rustup.rs, or install your distribution's rustup"; exit 1; }
command -v cc >/dev/null || apt build-essential
command -v npm >/dev/null || apt nodejs npm

# The wasm target: rustup's; where none can be had, scripts/wasm.sh builds std from Debian's sources.
if command -v rustup >/dev/null && ! rustup target list --installed 2>/dev/null | grep -qx wasm32-unknown-unknown; then
    say "adding Rust's wasm target"
    rustup target add wasm32-unknown-unknown || true
fi
if [ ! -d "$(rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown" ] && [ ! -x /usr/bin/lld-22 ]; then
    say "rustup has no wasm target to give: taking the distribution's Rust for the wasm"
    apt rustc-web cargo-web rust-web-src lld-22
fi

for folder in tools hashing/video; do
    if [ $folder/package-lock.json -nt $folder/node_modules/.package-lock.json ]; then
        say "installing what the site is built with (npm, $folder/package-lock.json)"
        npm ci --prefix $folder --no-progress >/dev/null
        touch $folder/node_modules/.package-lock.json
    fi
done

for extra in "$@"; do
    case "$extra" in
    postgres) compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null || apt postgresql ;;
    python) python3 -c 'import ensurepip' 2>/dev/null || apt python3-venv ;;
    chromium) command -v chromium >/dev/null || apt chromium ;;
    firefox) command -v firefox-esr >/dev/null || apt firefox-esr ;;
    ffmpeg) command -v ffmpeg >/dev/null || apt ffmpeg ;;
    cjpeg) command -v cjpeg >/dev/null || apt libjpeg-turbo-progs ;;
    deny)
        if ! command -v cargo-deny >/dev/null; then
            say "installing cargo-deny (a few minutes, once; unoptimised, which is built in half the time)"
            cargo install --debug --quiet --locked cargo-deny
        fi
        ;;
    fuzz)
        if ! command -v cargo-fuzz >/dev/null; then
            say "installing cargo-fuzz (a minute, once; unoptimised)"
            cargo install --debug --quiet --locked cargo-fuzz
        fi
        ;;
    *) say "nothing is known of: $extra"; exit 1 ;;
    esac
done
