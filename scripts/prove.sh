#!/bin/bash
# What takes too long for `./dev test`: the checks of the two lists below, at the same time; or those that are named, to
# try again what has failed. Ends with the last line that each wrote and with one line: N passed, N failed, N not run.
# The whole output is in build/prove.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# shellcheck source=scripts/wine.sh
source scripts/wine.sh

folder=build/prove
rm -rf "$folder"
mkdir -p "$folder"

# The line that says how it ended: CTest's, or the last.
summary_of() {
    grep --max-count 1 '% tests passed' "$1" || tail -n 1 "$1"
}

asked_for=" $* "

# check NAME COMMAND...: a status of 77 means that it could not be tried here.
check() {
    local name=$1 verdict=ok started=$SECONDS
    [[ $asked_for == "  " || $asked_for == *" $name "* ]] || return 0
    shift
    "$@" >"$folder/$name.log" 2>&1 </dev/null {wine_input}>&-
    case $? in
        0) ;;
        77) verdict=NOTRUN ;;
        *) verdict=FAILED ;;
    esac
    printf '%-18s %-6s %5d s  %s\n' "$name" "$verdict" $((SECONDS - started)) "$(summary_of "$folder/$name.log")" |
        tee -a "$folder/summary.txt"
}

# The CTest tests of a preset that have the label. What follows narrows them down.
long_tests() {
    ctest --test-dir "build/$1" --build-config prove --label-regex '^prove$' --no-tests=error --output-on-failure "${@:2}"
}

# The unit tests, one generation's contract suite and those of the library's own interfaces, on another processor or with
# other types. An emulated processor is busy where a real one waits, so no more tests at a time than there are of these.
foreign_tests() {
    scripts/build.sh "$1" foreign_tests &&
        ctest --test-dir "build/$1" --tests-regex '^(unit|own|face|v3)/' --exclude-regex '/(hostile|load)_(own|v3) is not built' \
            --parallel "$(nproc)" --no-tests=error --output-on-failure
}

# Of a preset that is said behind it: the unit tests, the contract suites, failing system calls.
suites=(ctest --parallel "$(scripts/slots.sh)" --tests-regex '^(unit|own|face|v[123](-fast)?|faults_[a-z0-9]*)/'
    --no-tests=error --output-on-failure)

# What a forked child leaves alone is its parent's, so nobody asks there what was lost.
under_valgrind() {
    local program=build/linux-tests/tests/contract/contract_v3
    valgrind --quiet --error-exitcode=9 --leak-check=full "$program" --gtest_filter='-Fork.*' &&
        valgrind --quiet --error-exitcode=9 "$program" --gtest_filter='Fork.*'
}

count_of() {
    grep --count --extended-regexp "^[^ ]+ +$1 " "$folder/summary.txt"
}

# One processor's work for hours, and no matter how long it takes.
computing() {
    check seeds build/linux-tests/tests/sim/sim_prove --seeds 1000000
    check seeds-own build/linux-tests/tests/sim/sim_prove --own --seeds 1000000
    check seeds-face build/linux-tests/tests/sim/sim_prove --face --seeds 1000000
    check tsan build/tsan/tests/sim/sim_free_threads --seconds 60
    check asan build/asan/tests/sim/sim_free_threads --seconds 60
    check scenarios build/asan/tests/sim/sim_scenarios --schedules 400
    check fuzz long_tests fuzz --tests-regex '^fuzz/' # nothing else is built there
    check coverage scripts/coverage.sh
    check canaries python3 tests/canaries/run_canaries.py build/canaries
    check tidy python3 tests/style/check_tidy.py --all --scratch build/tidy build/mingw-tests build/linux-tests
    check valgrind under_valgrind
    check mutation python3 tests/mutation/run_mutants.py build/mutants --jobs "$(nproc)" # last: the other list is over
}

# Real sockets and Wine: most of them wait most of their time.
waiting() {
    local preset
    check tsan-load build/tsan/tests/stress/load_v3
    check tsan-tools ctest --test-dir build/tsan --tests-regex '^(relay|perf)/' --no-tests=error --output-on-failure
    check asan-tools ctest --test-dir build/asan --tests-regex '^(relay|perf)/' --no-tests=error --output-on-failure
    check linux long_tests linux-tests
    for preset in linux-tests mingw-tests; do # each test case in a process of its own
        check "alone-$preset" env ASYNC_SOCKET_ALONE=1 "${suites[@]}" --test-dir "build/$preset"
    done
    check tsan-suites "${suites[@]}" --test-dir build/tsan
    check asan-suites "${suites[@]}" --test-dir build/asan
    check wine long_tests mingw-tests
    check wine-tools ctest --test-dir build/mingw-tests --tests-regex '^(relay|perf)/' --no-tests=error --output-on-failure
    check wine10 scripts/wine10.sh ctest --test-dir build/mingw-tests --tests-regex '^(v[123](-fast)?|own|face|unit)/' \
        --no-tests=error --output-on-failure --output-junit "$PWD/$folder/wine10.xml"
    for preset in i686 i686-time64 armhf aarch64; do
        check "$preset" foreign_tests "$preset"
    done
}

for preset in linux-tests mingw-tests asan tsan; do
    scripts/build.sh "$preset" all -DASYNC_SOCKET_PROVE=ON -DASYNC_SOCKET_BUILD_TOOLS=ON || exit 1
done
scripts/build.sh fuzz fuzzers || exit 1
hold_wine "$folder"
trap 'trap "" TERM; kill 0; wait; exit 130' INT # what is in the background takes no notice of Ctrl-C
computing &
waiting
wait "$!"
release_wine
for name in $asked_for; do
    grep --quiet --no-messages "^$name " "$folder/summary.txt" || { echo "prove: there is no check '$name'" >&2; exit 2; }
done
failed=$(count_of FAILED)
echo "$(count_of ok) passed, $failed failed, $(count_of NOTRUN) not run"
[ "$failed" -eq 0 ]
