#!/usr/bin/env bash
# Usage: tools/integration.sh [TARGET...] [ansible-test integration's own arguments]
# Run the integration targets against a simulator, with nothing but ansible-core and requests installed.
# All of them run twice, once with modules in Ansible's own process and once in processes of theirs.
# VPCEP_WAY: direct (default) or process; VPCEP_RECORD: a file for the results.
# VPCEP_VENV: another environment to run them with.
set -euo pipefail
way=${VPCEP_WAY:-direct} record=${VPCEP_RECORD:-/dev/null} venv=${VPCEP_VENV:-.venv-runtime}
# shellcheck source=tools/env.sh
. "$(dirname "${BASH_SOURCE[0]}")/env.sh" "$venv"
compgen -G 'tests/integration/targets/*/tasks' >/dev/null || die "No tests: tests/integration/targets has none."

# Both ways at the same time, each with a cloud, a copy and a home (ansible-test keeps a key there) of its own.
if (($# == 0)); then
    targets=(tests/integration/targets/vpcep_*)
    logs=$(mktemp -d)
    trap 'rm -rf "$logs"' EXIT
    failed=0
    for way in direct process; do
        VPCEP_HOME=home-$way VPCEP_WAY=$way VPCEP_RECORD=$logs/$way VPCEP_VENV=$venv tools/integration.sh "${targets[@]##*/}" \
            >"$logs/$way.log" 2>&1 &
    done
    for _ in direct process; do
        wait -n || failed=1
    done
    cat "$logs/direct.log" "$logs/process.log"
    python tools/compare_ways.py "$logs/direct" "$logs/process" || failed=1
    exit "$failed"
fi

# shellcheck source=tools/simulator.sh
. tools/simulator.sh
start_simulator

enter_copy "$scratch"
cp "$scratch/simulator.yml" tests/integration/integration_config.yml
cat >tests/integration/integration.cfg <<END
[defaults]
callback_plugins = $PWD/tests/integration/callback
[record]
path = $record
direct = $([[ $way == direct ]] && echo 1 || echo 0)
END
version=$(python -c 'import sys; print("{}.{}".format(*sys.version_info))')
ansible-test integration --local --color no --python "$version" "$@" 2>&1 | tee "$scratch/output"
if grep -E 'All targets skipped|Excluding targets' "$scratch/output"; then
    die "ansible-test left something out."
fi
