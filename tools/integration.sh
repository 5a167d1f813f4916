#!/usr/bin/env bash
# Usage: tools/integration.sh [TARGET...] [ansible-test integration's own arguments]
# Run the integration targets against a simulator, with nothing but ansible-core and requests installed.
# All of them run twice, with VPCEP_DIRECT=1 (modules in Ansible's own process) and with VPCEP_DIRECT=0.
# VPCEP_VENV: another environment to run them with.
set -euo pipefail
direct=${VPCEP_DIRECT:-1} venv=${VPCEP_VENV:-.venv-runtime}

# Both at the same time, each with a cloud, a copy and a home (ansible-test keeps a key there) of its own.
if (($# == 0)); then
    cd "$(dirname "${BASH_SOURCE[0]}")/.."
    targets=(tests/integration/targets/vpcep_*)
    logs=$(mktemp -d)
    trap 'rm -rf "$logs"' EXIT
    failed=0
    for direct in 1 0; do
        VPCEP_HOME=home-$direct VPCEP_DIRECT=$direct tools/integration.sh "${targets[@]##*/}" >"$logs/$direct" 2>&1 &
    done
    for _ in 1 0; do
        wait -n || failed=1
    done
    cat "$logs/1" "$logs/0"
    exit "$failed"
fi

# shellcheck source=tools/env.sh
. "$(dirname "${BASH_SOURCE[0]}")/env.sh" "$venv"
# shellcheck source=tools/simulator.sh
. tools/simulator.sh
start_simulator

enter_copy "$scratch"
cp "$scratch/simulator.yml" tests/integration/integration_config.yml
# ansible-test does not pass VPCEP_DIRECT on; modules whose files are kept are run in processes of their own, too.
if [[ $direct == 0 ]]; then
    printf '[defaults]\nkeep_remote_files = true\nremote_tmp = %s\n' "$scratch/tmp" >tests/integration/integration.cfg
fi
version=$(python -c 'import sys; print("{}.{}".format(*sys.version_info))')
ansible-test integration --local --color no --python "$version" "$@" 2>&1 | tee "$scratch/output"
if grep -E 'All targets skipped|Excluding targets' "$scratch/output"; then
    die "ansible-test left something out."
fi
