#!/usr/bin/env bash
# Usage: tools/pytest.sh VENV FOLDER [ARGUMENT...]
# Run the tests of one folder; that there are none is an error.
set -euo pipefail
# shellcheck source=tools/env.sh
. "$(dirname "${BASH_SOURCE[0]}")/env.sh" "$1"
folder=$2
shift 2
[[ -d $folder ]] || die "No tests: $folder does not exist."
exec python -m pytest "$folder" "$@"
