# shellcheck shell=bash
# Sourced by the other tools: the same clean environment for all of them, on every machine.
# Usage: . tools/env.sh VENV
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
cd "$ROOT"

die() {
    echo "$*" >&2
    exit 1
}

[[ -x $ROOT/$1/bin/python ]] || die "$1 does not exist: run this through make."

home=${VPCEP_HOME:-}

# The user's credentials, clouds and settings must not reach a test.
while read -r name; do
    unset "$name"
done < <(compgen -e | grep -E '^(OS|HW|VPCEP|ANSIBLE|MOLECULE|XDG)_|^PYTHON(PATH|HOME|DONTWRITEBYTECODE)$|^VIRTUAL_ENV$' || true)

# Nor may anything be written to the user's home (tools/venv.sh leaves pip's settings in this one).
# VPCEP_HOME: another one, for two that run at the same time.
export HOME=$ROOT/.cache/${home:-home}
mkdir -p "$HOME"

# A folder outside the checkout in which the checkout is found as a collection.
TREE=${TMPDIR:-/tmp}/crossvpc-vpcep-$(id -u)-$(cksum <<<"$ROOT" | cut -d ' ' -f 1)
collection=$TREE/ansible_collections/crossvpc/vpcep
(umask 077 && mkdir -p "$TREE")
[[ -O $TREE && ! -L $TREE ]] || die "$TREE belongs to another user."
mkdir -p "${collection%/*}"
[[ $(readlink "$collection" || true) == "$ROOT" ]] || ln -sfn "$ROOT" "$collection"

export ROOT TREE
export PATH=$ROOT/$1/bin:$PATH
export ANSIBLE_COLLECTIONS_PATH=$TREE
export PYTHONPATH=$TREE
export PYTHONPYCACHEPREFIX=$ROOT/.cache/pycache
export LC_ALL=C.UTF-8
export NO_PROXY=${NO_PROXY:+$NO_PROXY,}127.0.0.1,localhost no_proxy=${no_proxy:+$no_proxy,}127.0.0.1,localhost
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0=$ROOT

# Files that belong to the project, NUL between them: tracked, or new and not ignored.
project_files() {
    git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
        [[ ! -e $file && ! -L $file ]] || printf '%s\0' "$file"
    done
}

# Copy the project's files to DIRECTORY/ansible_collections/crossvpc/vpcep (ansible-test refuses symlinks) and go there.
enter_copy() {
    local copy=$1/ansible_collections/crossvpc/vpcep
    mkdir -p "$copy"
    project_files | tar --create --null --files-from=- | tar --extract --directory="$copy"
    cd "$copy"
}
