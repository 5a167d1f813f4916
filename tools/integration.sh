#!/usr/bin/env bash
# Usage: tools/integration.sh [TARGET...] [ansible-test integration's own arguments]
# Run the integration targets against a simulator, with nothing but ansible-core and requests installed.
set -euo pipefail
# shellcheck source=tools/env.sh
. "$(dirname "${BASH_SOURCE[0]}")/env.sh" .venv-runtime
compgen -G 'tests/integration/targets/*/tasks' >/dev/null || die "No tests: tests/integration/targets has none."

# All of them: two halves at the same time, each with a cloud, a copy and a home (ansible-test keeps a key there) of its own.
if (($# == 0)); then
    targets=(tests/integration/targets/vpcep_*)
    targets=("${targets[@]##*/}")
    half=$(((${#targets[@]} + 1) / 2))
    logs=$(mktemp -d)
    trap 'rm -rf "$logs"' EXIT
    VPCEP_HOME=home-1 tools/integration.sh "${targets[@]:0:half}" >"$logs/1" 2>&1 & first=$!
    VPCEP_HOME=home-2 tools/integration.sh "${targets[@]:half}" >"$logs/2" 2>&1 & second=$!
    failed=0
    wait "$first" || failed=1
    wait "$second" || failed=1
    cat "$logs/1" "$logs/2"
    exit "$failed"
fi

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
