#!/usr/bin/env bash
# Usage: tools/docs.sh
# Build guides and the reference of every plugin into build/docs/html. A warning is an error.
set -euo pipefail
# shellcheck source=tools/env.sh
. "$(dirname "${BASH_SOURCE[0]}")/env.sh" .venv-docs

source=build/docs/source
rm -rf build/docs
python tools/docs.d/pages.py "$source"
# antsibull-docs wants a folder that no other user can write to.
mkdir -m 0755 "$source/reference"
antsibull-docs --config-file tools/docs.d/antsibull-docs.cfg collection --use-current --squash-hierarchy --fail-on-error \
    --dest-dir "$source/reference" crossvpc.vpcep
sphinx-build -W --keep-going --quiet -b html -c tools/docs.d "$source" build/docs/html
echo "build/docs/html/index.html"
