#!/usr/bin/env bash
# Usage: tools/molecule.sh [SCENARIO...]
# Run molecule scenarios (all, unless named), each against a simulator of its own.
set -euo pipefail
# shellcheck source=tools/env.sh
. "$(dirname "${BASH_SOURCE[0]}")/env.sh" .venv
# shellcheck source=tools/simulator.sh
. tools/simulator.sh

# Without this, molecule installs a copy of the collection into the home folder.
echo 'prerun: false' >"$scratch/molecule.yml"
config=(--base-config "$scratch/molecule.yml")
[[ ! -f extensions/molecule/config.yml ]] || config+=(--base-config "$ROOT/extensions/molecule/config.yml")

ran=0
for file in extensions/molecule/*/molecule.yml roles/*/molecule/*/molecule.yml; do
    scenario=$(basename "${file%/*}")
    [[ -f $file && ($# == 0 || " $* " == *" $scenario "*) ]] || continue
    echo "--- ${file%/*}"
    start_simulator
    # Molecule runs from the collection's root, or from the role.
    (cd "${file%%/molecule/*}" && if [[ $file == extensions/* ]]; then cd ..; fi && molecule "${config[@]}" test --scenario-name "$scenario")
    ran=$((ran + 1))
done
((ran > 0)) || die "No molecule scenario found: extensions/molecule/*/molecule.yml, roles/*/molecule/*/molecule.yml."
echo "molecule scenarios passed: $ran"
