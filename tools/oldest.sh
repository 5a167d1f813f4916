#!/usr/bin/env bash
# Usage: tools/oldest.sh [ARGUMENT...]
# Run the tests of the transport with the oldest libraries that meta/ee-python.txt allows, in an environment of their own.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
venv=.cache/oldest
mkdir -p "$venv"
sed -n 's/^\([a-z0-9]*\)>=/\1==/p' meta/ee-python.txt >"$venv.txt"
printf '%s\n' ansible-core==2.16.19 pytest pytest-timeout hypothesis cryptography >>"$venv.txt"
grep -vE '^(ansible-core|charset-normalizer|requests|resolvelib|urllib3)==' requirements/constraints.txt >"$venv.constraints.txt"
CONSTRAINTS=$venv.constraints.txt tools/venv.sh "$venv" "$venv.txt"
exec tools/pytest.sh "$venv" tests/unit/_http -p tests.fault_injection.plugin "$@"
