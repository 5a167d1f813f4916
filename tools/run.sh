#!/usr/bin/env bash
# Usage: tools/run.sh VENV COMMAND [ARGUMENT...]
# Run a command in a clean environment, with VENV first on PATH and the checkout found as a collection.
set -euo pipefail
venv=$1
shift
# shellcheck source=tools/env.sh
. "$(dirname "${BASH_SOURCE[0]}")/env.sh" "$venv"
exec "$@"
