#!/usr/bin/env bash
# Usage: tools/molecule.sh [SCENARIO...]
# Run molecule scenarios (all, unless named), two at a time. Each starts and stops a simulator of its own.
set -euo pipefail
# shellcheck source=tools/env.sh
. "$(dirname "${BASH_SOURCE[0]}")/env.sh" .venv
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

config=(--base-config "$ROOT/extensions/molecule/config.yml")

scenario() {
    local file=$1 scenario
    scenario=$(basename "${file%/*}")
    # Molecule runs from the collection's root, or from the role.
    (cd "${file%%/molecule/*}" && if [[ $file == extensions/* ]]; then cd ..; fi &&
        molecule "${config[@]}" test --scenario-name "$scenario") >"$scratch/$scenario.log" 2>&1 || touch "$scratch/$scenario.failed"
    echo "--- ${file%/*}"
    cat "$scratch/$scenario.log"
}

ran=0
for file in extensions/molecule/*/molecule.yml roles/*/molecule/*/molecule.yml; do
    [[ -f $file && ($# == 0 || " $* " == *" $(basename "${file%/*}") "*) ]] || continue
    ((ran < 2)) || wait -n
    scenario "$file" &
    ran=$((ran + 1))
done
wait
((ran > 0)) || die "No molecule scenario found: extensions/molecule/*/molecule.yml, roles/*/molecule/*/molecule.yml."
! compgen -G "$scratch/*.failed" >/dev/null || die "Failed: $(basename -s .failed -a "$scratch"/*.failed | xargs)"
echo "molecule scenarios passed: $ran"
