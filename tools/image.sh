#!/usr/bin/env bash
# Usage: tools/image.sh DEFINITION TAG
# Build the image of DEFINITION.yml with the tarball in build/, and push it. GITHUB_TOKEN opens the registry.
set -euo pipefail
definition=$1
tag=$2
make .venv-platform/.ready
registry=${tag%%/*}
docker login --username "$GITHUB_ACTOR" --password-stdin "$registry" <<<"$GITHUB_TOKEN"
.venv-platform/bin/ansible-builder build --container-runtime docker --file "$definition.yml" --tag "$tag"
docker push "$tag"
