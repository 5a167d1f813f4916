#!/usr/bin/env bash
# Usage: tools/browser.sh
# Get what tests of pictures use when it is there: Chromium, by apt and only as root, and Mermaid, by npm. Without one of
# them the tests that need it are skipped, so that nothing fails here.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
MERMAID=11.17.2

if ! command -v chromium chromium-browser google-chrome >/dev/null; then
    if ((EUID == 0)) && command -v apt-get >/dev/null; then
        { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends chromium; } >/dev/null ||
            echo "Chromium could not be installed." >&2
    else
        echo "There is no Chromium, and installing it takes root and apt." >&2
    fi
fi

if [[ ! -e .cache/mermaid.min.js ]]; then
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    if command -v npm >/dev/null && npm pack --silent --pack-destination "$scratch" "mermaid@$MERMAID" >/dev/null; then
        mkdir -p .cache
        tar --extract --file "$scratch/mermaid-$MERMAID.tgz" --directory "$scratch" package/dist/mermaid.min.js
        mv "$scratch/package/dist/mermaid.min.js" .cache/
    else
        echo "Mermaid could not be had by npm." >&2
    fi
fi
