#!/bin/sh
# The page in headless Chromium: tests, then latencies.  run.sh OSMOCYTE
set -eu
here=$(cd "$(dirname "$0")" && pwd)
binary=${1:?name the osmocyte to test, for example target/debug/osmocyte}
OSMOCYTE=$(cd "$(dirname "$binary")" && pwd)/$(basename "$binary")
CHROMIUM=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}
if [ -z "$CHROMIUM" ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
        apt-get install -y --no-install-recommends chromium fonts-noto-core > /dev/null
        CHROMIUM=$(command -v chromium)
    else
        echo "no Chromium: install it, or name it: CHROMIUM=/path/to/it $0 $binary" >&2
        exit 2
    fi
fi
export OSMOCYTE CHROMIUM
cd "$here"
npm install --no-audit --no-fund --silent
echo "$("$OSMOCYTE" --version), $("$CHROMIUM" --version), node $(node --version), $(nproc) cores"
node --test page.test.mjs
node latency.mjs
