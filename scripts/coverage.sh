#!/bin/bash
# Which lines and branches of the library the simulated run takes: coverage.sh [SEEDS]
# Fails, naming file and line, unless it is all of them (tests/coverage/exclusions.txt apart).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

seeds=${1:-20000}
build=build/coverage
programs=$build/tests/sim
folders=(src/core src/win32 src/c_api)
targets=(sim_scenarios sim_first_use sim_api_tests sim_prove sim_fault_sweep)

mkdir -p build
cmake --preset coverage >"$build.log" 2>&1 || { cat "$build.log"; exit 1; }
cmake --build --preset coverage --parallel 2 --target "${targets[@]}" >"$build.log" 2>&1 || { cat "$build.log"; exit 1; }
# The counts of earlier runs would hide what this one does not take.
find "$build" -name '*.gcda' -delete

"$programs/sim_scenarios"
"$programs/sim_first_use"
"$programs/sim_api_tests" --gtest_brief=1
"$programs/sim_prove" --seeds "$seeds"
"$programs/sim_prove" --own --seeds "$seeds"
"$programs/sim_fault_sweep"

# Of an inline function a program keeps one copy, which may be that of a scenario: their counts are asked for, too.
# Branches that only the compiler made (for exceptions, which the library is built without) do not count.
gcovr --root . --object-directory "$build" --branches --exclude-throw-branches --exclude-unreachable-branches \
    "${folders[@]/#/--filter=}" --json "$build/coverage.json" "$programs/CMakeFiles"
python3 tests/coverage/check_coverage.py "$build/coverage.json" "${folders[@]}"
