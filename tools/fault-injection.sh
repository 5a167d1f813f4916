#!/usr/bin/env bash
# Usage: tools/fault-injection.sh FOLDER [ARGUMENT...]
# Run tests that are marked with fault_injection, and print their table. Three at a time on two cores: many of them wait.
set -euo pipefail
# shellcheck source=tools/env.sh
. "$(dirname "${BASH_SOURCE[0]}")/env.sh" .venv
exec python -m pytest -p tests.fault_injection.plugin --numprocesses 3 --dist worksteal "$@"
