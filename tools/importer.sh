#!/usr/bin/env bash
# Usage: tools/importer.sh TARBALL
# Check a built collection as Galaxy does when it is uploaded, with all checks that can be switched on; a warning is a failure.
set -euo pipefail
tarball=$(realpath "$1")
# shellcheck source=tools/env.sh
. "$(dirname "${BASH_SOURCE[0]}")/env.sh" .venv-importer
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM

# It unpacks the tarball where temporary files go, and writes its result into the current folder.
mkdir "$scratch/tmp"
cat >"$scratch/importer.cfg" <<'END'
[galaxy-importer]
CHECK_CHANGELOG = True
CHECK_REQUIRED_TAGS = True
RUN_ANSIBLE_DOC = True
RUN_ANSIBLE_LINT = True
RUN_FLAKE8 = True
END
cd "$scratch"
unset ANSIBLE_COLLECTIONS_PATH PYTHONPATH
TMPDIR=$scratch/tmp GALAXY_IMPORTER_CONFIG=$scratch/importer.cfg python -m galaxy_importer.main "$tarball" 2>&1 | tee output
[[ -s importer_result.json ]] || die "galaxy-importer has no result."
# ruff formats as PEP 8 says today, against W503 (which contradicts W504) and E203. flake8 reads the YAML files beside
# the filters as Python.
if grep -E '^(WARNING|ERROR|CRITICAL)' output | grep -vqE ': (W503 line break before|E203 whitespace before)|\.yml:[0-9:]+ E999 '; then
    die "galaxy-importer complains."
fi
