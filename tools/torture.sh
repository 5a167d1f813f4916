#!/usr/bin/env bash
# Usage: tools/torture.sh FOLDER [ARGUMENT...]
# Run tests that are marked as torture, and print their table. Three at a time on two cores: many of them wait.
set -euo pipefail
# shellcheck source=tools/env.sh
. "$(dirname "${BASH_SOURCE[0]}")/env.sh" .venv
exec python -m pytest -p tests.torture.plugin --numprocesses 3 --dist worksteal "$@"
