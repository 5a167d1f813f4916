#!/usr/bin/env bash
# Usage: tools/coverage.sh
# Run the unit tests and measure them: what they leave out of plugins/module_utils is listed, and little it must be.
set -euo pipefail
# shellcheck source=tools/env.sh
. "$(dirname "${BASH_SOURCE[0]}")/env.sh" .venv
measured=(--include 'plugins/module_utils/*')

tools/run.sh .venv python -m pytest tests/unit --numprocesses 2 --cov --cov-report=
coverage report "${measured[@]}" --fail-under 95
coverage json "${measured[@]}" --quiet -o .cache/coverage.json
python tools/branches.py .cache/coverage.json 95
