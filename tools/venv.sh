#!/usr/bin/env bash
# Usage: tools/venv.sh [--keep] VENV REQUIREMENTS...
# Make a virtual environment (with --keep: add to it) holding the REQUIREMENTS, which are pinned and have hashes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

keep=
if [[ $1 == --keep ]]; then
    keep=yes
    shift
fi
venv=$1
shift

home=$PWD/.cache/home
mkdir -p "$home/.config/pip"

if [[ -z $keep ]]; then
    python=$(tools/find-python.sh)
    echo "$venv: $("$python" --version), $python"
    HOME=$home "$python" -m venv --clear "$venv"
fi

# pip's own cache is used where the user has one; none is made in the user's home.
if [[ -z ${PIP_CACHE_DIR:-} && ! -d ${XDG_CACHE_HOME:-${HOME:-}/.cache}/pip ]]; then
    export PIP_CACHE_DIR=$PWD/.cache/pip
fi

# pip's settings go to the home that all tools have here. (That they are in a file also takes them to where
# ansible-test calls pip, from which it hides the environment.)
(umask 077 && "$venv/bin/python" tools/pip_settings.py >"$home/.config/pip/pip.conf")
export NETRC=${NETRC:-${HOME:-}/.netrc} HOME=$home

echo "$venv: installing $*"
"$venv/bin/python" -m pip install --no-input --require-hashes "${@/#/--requirement=}"
