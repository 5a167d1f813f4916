#!/usr/bin/env bash
# Usage: tools/sanity.sh [ansible-test sanity's own arguments]
# Run every sanity test of ansible-test, without containers, without its download, without ignore files.
# VPCEP_VENV: another environment to run them with.
set -euo pipefail
venv=${VPCEP_VENV:-.venv}
# shellcheck source=tools/env.sh
. "$(dirname "${BASH_SOURCE[0]}")/env.sh" "$venv"

[[ ! -e tests/sanity ]] || die "tests/sanity exists, but what ansible-test finds is mended here, not ignored."

# ansible-test makes environments of its own from the real interpreter, and pip for them from this file.
read -r version interpreter < <(python -c 'import os, sys
print("{}.{}".format(*sys.version_info), os.path.realpath(sys._base_executable))')
mkdir -p "$HOME/.ansible/test/cache"
for pip in 23_1_2 24_2 25_2; do # ansible-core 2.16 and 2.17; 2.18 and 2.19; 2.20 and 2.21
    cp tools/get_pip.py "$HOME/.ansible/test/cache/get_pip_$pip.py"
done

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
enter_copy "$scratch"
PATH=${interpreter%/*}:$PATH "$ROOT/$venv/bin/ansible-test" sanity --color no --python "$version" "$@" 2>&1 | tee "$scratch/output"
if grep -E 'All targets skipped|Skipping sanity test' "$scratch/output"; then
    die "ansible-test left something out."
fi
