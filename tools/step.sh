#!/usr/bin/env bash
# Usage: tools/step.sh NAME COMMAND [ARGUMENT...]
# Run one step of `make test`, keeping its output and duration for tools/summary.sh.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
name=$1
shift
results=.cache/results
mkdir -p "$results"
rm -f "$results/$name".*
export NO_COLOR=1
printf '\n=== %s ===\n' "$name"
"$@" 2>&1 | tee "$results/$name.log"
echo "$SECONDS" >"$results/$name.seconds"
