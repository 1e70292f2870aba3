#!/bin/sh
# Write requirements.lock: the exact version and all hashes of everything, for every system and Python from 3.11.
# Versions stay as they are unless pyproject.toml rules them out; UPGRADE=1 takes the newest.
set -eu
python=$1
upgrade=
[ -z "${UPGRADE:-}" ] || upgrade=--upgrade

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$python" -m venv "$scratch"
# pip-tools would be enough, but it locks for the one system it runs on.
"$scratch/bin/python" -m pip install -qq --disable-pip-version-check uv==0.13.9
# --no-config and the three --no-…: the same file whatever a developer's machine is set to, and no address in it.
"$scratch/bin/uv" pip compile pyproject.toml --no-config --extra dev --universal --python-version 3.11 \
    --generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links --quiet \
    --custom-compile-command "make lock" $upgrade --output-file requirements.lock >/dev/null
echo "wrote requirements.lock: $(grep -c '==' requirements.lock) pins"
