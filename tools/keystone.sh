#!/usr/bin/env bash
# Usage: tools/keystone.sh [ARGUMENT...]
# Run the login tests against a real Keystone, in an environment of their own, where Python is new enough for one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

python=$(tools/find-python.sh)
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "Skipped: Keystone needs Python 3.11 or newer, and this is $("$python" --version)."
    exit
fi
make --no-print-directory .venv-keystone/.ready
exec tools/run.sh .venv-keystone python -m pytest tests/keystone "$@"
