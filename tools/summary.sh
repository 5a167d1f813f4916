#!/usr/bin/env bash
# Print for each step of `make test` how long it took, and the summary line of pytest where it ran.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.cache/results"
printf '\n=== summary ===\n'
for name in "$@"; do
    printf '%-13s ok, %4d s' "$name" "$(cat "$name.seconds")"
    echo "  $(grep -E '(passed|failed|error|skipped).* in [0-9.]+s' "$name.log" | tail -n 1 || true)"
done
