#!/usr/bin/env bash
# Run every linter, also after one of them has complained, and fail at the end.
set -euo pipefail
# shellcheck source=tools/env.sh
. "$(dirname "${BASH_SOURCE[0]}")/env.sh" .venv

failed=()
check() {
    local name=$1
    shift
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

((${#failed[@]} == 0)) || die "Failed: ${failed[*]}"
