#!/usr/bin/env bash
# Usage: tools/awx-collection.sh VENV FOLDER
# Put the collection awx.awx into FOLDER, as a collections path. It comes out of a package that has it (requirements/awx.txt).
set -euo pipefail
folder=$2
# shellcheck source=tools/env.sh
. "$(dirname "${BASH_SOURCE[0]}")/env.sh" "$1"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

python -m pip download --no-input --no-deps --only-binary :all: --require-hashes --dest "$scratch" \
    --requirement requirements/awx.txt
rm -rf "$folder"
python - "$scratch"/*.whl "$folder" <<'END_OF_PYTHON'
import sys
import zipfile

wheel, folder = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    members = [name for name in archive.namelist() if name.startswith("ansible_collections/awx/awx/")]
    archive.extractall(folder, members)
print(f"{folder}: awx.awx, {len(members)} files")
END_OF_PYTHON
