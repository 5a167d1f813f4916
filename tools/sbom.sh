#!/usr/bin/env bash
# Usage: tools/sbom.sh TARBALL
# Write the file TARBALL with .cdx.json instead of .tar.gz: what the collection needs at run time, in the tested versions.
set -euo pipefail
output=${1%.tar.gz}.cdx.json
cyclonedx-py environment --output-reproducible --output-file "$output" .venv-runtime/bin/python
echo "$output"
