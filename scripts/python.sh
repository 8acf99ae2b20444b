#!/usr/bin/env bash
# python.sh PACKAGE…: prints a Python that has these packages (pip's names), in a place of its own under target/.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=$PWD/target/python
mkdir -p target
# Tests that run side by side ask at the same time.
exec 9> target/python.lock && flock 9
python3 -c 'import ensurepip' 2>/dev/null || scripts/setup.sh python
[ -x "$venv/bin/python" ] || python3 -m venv "$venv" >&2
for package in "$@"; do
    [ -e "$venv/.has-$package" ] || { "$venv/bin/python" -m pip install --quiet "$package" >&2 && touch "$venv/.has-$package"; }
done
echo "$venv/bin/python"
