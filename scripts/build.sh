#!/bin/bash
# Configures and builds a preset: build.sh PRESET [TARGET [CMAKE_OPTION...]]. The output is shown only when it fails.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

preset=$1
log=build/$preset.log
mkdir -p build
echo "build: $preset"
started=$SECONDS
if ! { cmake --preset "$preset" "${@:3}" && cmake --build --preset "$preset" --target "${2:-all}"; } >"$log" 2>&1; then
    cat "$log"
    echo "build: $preset failed, see above" >&2
    exit 1
fi
echo "build: $preset done in $((SECONDS - started)) s"
