#!/bin/bash
# Builds every preset, runs all their tests and ends with one line: N passed, N failed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

presets=(mingw linux asan tsan)
reports=build/test-reports
rm -rf "$reports"
mkdir -p "$reports"

# Wine's server ends with its last program, and starting it takes a second. One idle program, waiting
# for input that never comes, keeps it for the whole run; it ends when the input is closed.
hold_wine() {
    cmake/run-with-wine.sh cmd.exe /c exit </dev/null || echo "test: Wine does not start" >&2
    mkfifo "$reports/wine"
    cmake/run-with-wine.sh cmd.exe <"$reports/wine" >/dev/null 2>&1 &
    wine=$!
    exec {wine_input}>"$reports/wine"
    trap release_wine EXIT
}

release_wine() {
    exec {wine_input}>&-
    wait "$wine"
    trap - EXIT
}

built=()
for preset in "${presets[@]}"; do
    scripts/build.sh "$preset" && built+=("$preset")
done

hold_wine
for preset in "${built[@]}"; do
    echo "test: $preset"
    # The descriptor stays here: a program that inherited it would keep Wine waiting.
    ctest --preset "$preset" --parallel 2 --no-tests=error --output-junit "$PWD/$reports/$preset.xml" {wine_input}>&-
    echo $? >"$reports/$preset.status"
done
release_wine

python3 scripts/count_tests.py "$reports" "${presets[@]}"
