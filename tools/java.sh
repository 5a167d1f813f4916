#!/usr/bin/env bash
# Usage: tools/java.sh
# Get the Java runtime that ansible-rulebook needs, by apt and only as root. Without it the tests of rulebooks are
# skipped, so that nothing fails here.
set -euo pipefail

command -v java >/dev/null && exit
if ((EUID == 0)) && command -v apt-get >/dev/null; then
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends openjdk-17-jre-headless; } >/dev/null ||
        echo "Java could not be installed." >&2
else
    echo "There is no Java, and installing it takes root and apt." >&2
fi
