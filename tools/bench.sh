#!/usr/bin/env bash
# Usage: tools/bench.sh [--quick] [--only PART] [--page PAGE]
# Measure what the collection costs, print a table of ratios, and write it into docs/performance.md.
set -euo pipefail
# shellcheck source=tools/env.sh
. "$(dirname "${BASH_SOURCE[0]}")/env.sh" .venv
exec python -m tests.bench "$@"
