#!/usr/bin/env bash
# Usage: tools/lint.sh [LINTER...] [FILE...]
# Run every linter, or those that are named, also after one of them has complained, and fail at the end.
# FILE: what ruff, yamllint, shellcheck and ansible-lint look at; without one, everything.
set -euo pipefail
wanted=() files=()
for argument in "$@"; do
    if [[ -f $argument ]]; then files+=("$argument"); else wanted+=("$argument"); fi
done
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

scripts() {
    local scripts=("${files[@]}")
    ((${#files[@]} > 0)) || mapfile -d '' -t scripts < <(project_files | xargs -0 grep -lZE '^#!.*\b(bash|sh)$')
    shellcheck --external-sources tools/env.sh "${scripts[@]}"
}

documentation() {
    local output
    output=$(antsibull-docs lint-collection-docs --plugin-docs --validate-collection-refs=self . 2>&1) && return
    # Its pages name its temporary folder. If the random name ends with an underscore, this is a link in RST: try again.
    if [[ $output == *'Unknown target name: "antsibull-docs-'* ]]; then
        documentation
    else
        echo "$output"
        return 1
    fi
}

check ruff ruff check "${files[@]:-.}"
check yamllint yamllint --strict "${files[@]:-.}"
check shellcheck scripts
check mypy types
check antsibull-changelog antsibull-changelog lint
check antsibull-docs documentation
# A key that is there twice, also by a merge (<<), is an error and not a warning.
check ansible-lint env ANSIBLE_DUPLICATE_YAML_DICT_KEY=error ansible-lint --offline "${files[@]}"

for name in "${wanted[@]}"; do
    [[ " ${known[*]} " == *" $name "* ]] || die "No such linter: $name"
done
((${#failed[@]} == 0)) || die "Failed: ${failed[*]}"
