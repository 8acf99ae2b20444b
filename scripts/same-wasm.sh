#!/usr/bin/env bash
# Builds the hashing module once more, from a copy of the sources in another folder, and compares: the same sources must give
# the same bytes, or nobody could verify what the page runs.
set -euo pipefail
cd "$(dirname "$0")/.."
copy=$(mktemp -d "${TMPDIR:-/tmp}/suoja-wasm.XXXXXX")
trap 'rm -rf "$copy"' EXIT
git ls-files -z --cached --others --exclude-standard | tar --null --files-from=- --create | tar --extract --directory "$copy"
ln -s "$PWD/tools/node_modules" "$copy/tools/node_modules"
modules=(target/site/pkg/hashing.wasm target/site/pkg/hashing-simd.wasm)
make "${modules[@]}"
make -C "$copy" "${modules[@]}"
for module in "${modules[@]}"; do
    cmp "$module" "$copy/$module"
    sha256sum "$module"
done
