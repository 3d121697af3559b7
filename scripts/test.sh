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

# Two builds at a time: while one is configured, or links its last program, the other one has work.
export CMAKE_BUILD_PARALLEL_LEVEL=$((($(nproc) + 3) / 2))
printf '%s\n' "${presets[@]}" |
    xargs --max-procs=2 -I PRESET bash -c 'scripts/build.sh PRESET && touch "$0/PRESET.built"' "$reports"

hold_wine "$reports"
for preset in "${presets[@]}"; do
    [ -e "$reports/$preset.built" ] || continue
    echo "test: $preset"
    rm -rf "build/$preset/test-reports"
    ctest --preset "$preset" --parallel "$(scripts/slots.sh)" --no-tests=error --output-junit "$PWD/$reports/$preset.xml" {wine_input}>&-
    echo $? >"$reports/$preset.status"
done
release_wine

python3 scripts/count_tests.py "$reports" "${presets[@]}"
