#!/usr/bin/env bash
# Usage: tools/integration.sh [TARGET...] [ansible-test integration's own arguments]
# Run the integration targets against a simulator, with nothing but ansible-core and requests installed.
set -euo pipefail
# shellcheck source=tools/env.sh
. "$(dirname "${BASH_SOURCE[0]}")/env.sh" .venv-runtime
compgen -G 'tests/integration/targets/*/tasks' >/dev/null || die "No tests: tests/integration/targets has none."

# shellcheck source=tools/simulator.sh
. tools/simulator.sh
start_simulator

enter_copy "$scratch"
cp "$scratch/simulator.yml" tests/integration/integration_config.yml
version=$(python -c 'import sys; print("{}.{}".format(*sys.version_info))')
ansible-test integration --local --color no --python "$version" "$@" 2>&1 | tee "$scratch/output"
if grep -E 'All targets skipped|Excluding targets' "$scratch/output"; then
    die "ansible-test left something out."
fi
