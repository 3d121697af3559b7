#!/bin/bash
# What to run after each edit: builds for Linux, runs the tests with the label "check", ends with one line: N passed,
# N failed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

preset=linux-tests
reports=build/check-reports
rm -rf "$reports" "build/$preset/test-reports"
mkdir -p "$reports"

scripts/build.sh "$preset" check || exit 1
ctest --preset "$preset" --build-config check --label-regex '^check$' --parallel "$(scripts/slots.sh)" --no-tests=error \
    --output-junit "$PWD/$reports/$preset.xml"
echo $? >"$reports/$preset.status"
python3 scripts/count_tests.py "$reports" "$preset"
