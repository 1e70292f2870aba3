#!/bin/sh
# Print a Python that can make our virtual environment: $1 if given, else the first good one on the PATH.
# Each candidate is run, not just looked up: version managers put commands there that only say "not found".
set -u

usable() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

complete() {
    "$1" -c 'import ensurepip, venv' >/dev/null 2>&1
}

fail() {
    echo "overclaim: $1" >&2
    exit 1
}

if [ -n "${1:-}" ]; then
    usable "$1" || fail "PYTHON=$1 is not a Python 3.11 or newer"
    complete "$1" || fail "PYTHON=$1 lacks the module venv or ensurepip"
    echo "$1"
    exit 0
fi

incomplete=
for candidate in python3.11 python3 python3.12 python3.13 python3.14 python3.15 python; do
    usable "$candidate" || continue
    if complete "$candidate"; then
        echo "$candidate"
        exit 0
    fi
    incomplete=$candidate
done

if [ -n "$incomplete" ]; then
    fail "$incomplete lacks the module venv or ensurepip (on Debian and Ubuntu: install python3-venv)"
fi
fail "Python 3.11 or newer is needed and none was found; install it, or name it: make PYTHON=/path/to/python"
