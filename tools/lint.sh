#!/usr/bin/env bash
# Usage: tools/lint.sh [LINTER...]
# Run every linter, or those that are named, also after one of them has complained, and fail at the end.
set -euo pipefail
wanted=("$@")
# shellcheck source=tools/env.sh
. "$(dirname "${BASH_SOURCE[0]}")/env.sh" .venv

known=() failed=()
check() {
    local name=$1
    shift
    known+=("$name")
    [[ ${#wanted[@]} == 0 || " ${wanted[*]} " == *" $name "* ]] || return 0
    echo "--- $name"
    "$@" || failed+=("$name")
}

types() {
    (cd "$TREE" && MYPYPATH=$TREE mypy --config-file "$ROOT/pyproject.toml" --cache-dir "$ROOT/.cache/mypy" \
        ansible_collections/crossvpc/vpcep/plugins/{module,plugin}_utils)
}

mapfile -d '' -t scripts < <(project_files | xargs -0 grep -lZE '^#!.*\b(bash|sh)$')

check ruff ruff check .
check yamllint yamllint --strict .
check shellcheck shellcheck --external-sources tools/env.sh "${scripts[@]}"
check mypy types
check antsibull-changelog antsibull-changelog lint
check antsibull-docs antsibull-docs lint-collection-docs --plugin-docs --validate-collection-refs=self .
check ansible-lint ansible-lint --offline

for name in "${wanted[@]}"; do
    [[ " ${known[*]} " == *" $name "* ]] || die "No such linter: $name"
done
((${#failed[@]} == 0)) || die "Failed: ${failed[*]}"
