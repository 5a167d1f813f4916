#!/usr/bin/env bash
# Usage: tools/mutation.sh [MODULE...]
# Change the planning and retry code (all of tools/mutation.yml, unless named) in a copy; the tests must notice.
set -euo pipefail
# shellcheck source=tools/env.sh
. "$(dirname "${BASH_SOURCE[0]}")/env.sh" .venv-mutation
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM

enter_copy "$scratch"
PYTHONPATH=$scratch:$PWD PYTHONPYCACHEPREFIX=$scratch/pycache python tools/mutation.py "$@"
