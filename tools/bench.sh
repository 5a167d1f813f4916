#!/usr/bin/env bash
# Usage: tools/bench.sh [--quick] [--only PART]
# Measure what the collection costs, and write the targets and the results into docs/performance.md.
set -euo pipefail
# shellcheck source=tools/env.sh
. "$(dirname "${BASH_SOURCE[0]}")/env.sh" .venv
exec python -m tests.bench "$@"
