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

# run_tests PRESET HOW_MANY_AT_A_TIME
run_tests() {
    local preset=$1
    [ -e "$reports/$preset.built" ] || return
    echo "test: $preset"
    rm -rf "build/$preset/test-reports"
    ctest --preset "$preset" --parallel "$2" --no-tests=error --output-junit "$PWD/$reports/$preset.xml"
    echo $? >"$reports/$preset.status"
}

# Those for Windows wait for Wine's server most of their time, which is one thread: a few at a time are enough for it, and
# the others run meanwhile.
slots=$(scripts/slots.sh)
hold_wine "$reports"
trap 'trap "" TERM; kill 0; wait; exit 130' INT # what is in the background takes no notice of Ctrl-C
run_tests "${presets[0]}" $((slots / 2)) >"$reports/${presets[0]}.log" 2>&1 </dev/null {wine_input}>&- &
windows=$!
for preset in "${presets[@]:1}"; do
    run_tests "$preset" "$slots" {wine_input}>&-
done
wait "$windows"
cat "$reports/${presets[0]}.log"
release_wine

python3 scripts/count_tests.py "$reports" "${presets[@]}"
