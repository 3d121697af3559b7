#!/bin/bash
# Builds every preset, runs all their tests and ends with one line: N passed, N failed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

presets=(mingw-tests linux-tests asan tsan)
reports=build/test-reports
rm -rf "$reports"
mkdir -p "$reports"

# shellcheck source=scripts/wine.sh
source scripts/wine.sh

built=()
for preset in "${presets[@]}"; do
    scripts/build.sh "$preset" && built+=("$preset")
done

hold_wine "$reports"
for preset in "${built[@]}"; do
    echo "test: $preset"
    rm -rf "build/$preset/test-reports"
    ctest --preset "$preset" --parallel "$(scripts/slots.sh)" --no-tests=error --output-junit "$PWD/$reports/$preset.xml" {wine_input}>&-
    echo $? >"$reports/$preset.status"
done
release_wine

python3 scripts/count_tests.py "$reports" "${presets[@]}"
