#!/usr/bin/env bash
# Usage: tools/matrix.sh [--quick] [--again] [PAIR...]
# Try the collection on every ansible-core and Python of tools/matrix.yml, or on pairs such as 2.16/3.10.
set -euo pipefail
# shellcheck source=tools/env.sh
. "$(dirname "${BASH_SOURCE[0]}")/env.sh" .venv
exec python -m tools.matrix "$@"
