#!/usr/bin/env bash
# Usage: tools/pytest.sh VENV PLACE [ARGUMENT...]
# Run the tests of a folder or a file; that there are none is an error.
set -euo pipefail
# shellcheck source=tools/env.sh
. "$(dirname "${BASH_SOURCE[0]}")/env.sh" "$1"
place=$2
shift 2
[[ -e $place ]] || die "No tests: $place does not exist."
exec python -m pytest "$place" "$@"
