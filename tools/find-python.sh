#!/usr/bin/env bash
# Print the real executable of the first Python 3.10+ that can make virtual environments.
# PYTHON=... in the environment names the only candidate. A version manager's shim may answer here
# and fail elsewhere, so the interpreter behind it is printed.
set -euo pipefail

probe='import ensurepip, os, sys, venv
assert sys.version_info >= (3, 10)
print(os.path.realpath(getattr(sys, "_base_executable", "") or sys.executable))'

for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11 python3.10}; do
    real=$("$candidate" -c "$probe" 2>/dev/null) || continue
    "$real" -c "$probe" >/dev/null 2>&1 || continue
    echo "$real"
    exit
done
echo "No Python 3.10 or newer with venv and ensurepip found (on Debian: apt install python3-venv)." >&2
exit 1
