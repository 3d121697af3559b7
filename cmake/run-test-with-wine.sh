#!/bin/sh
# Runs a test program under Wine: once, unless Wine itself failed.
#
# Test programs were seen to die of SIGSEGV on Wine 8 after they had printed that all passed: 3 of 1,035 in
# one run. Their result is lost then. A crash of the program itself looks different: Wine turns it into an
# exit code (5 for an access violation). So only a death by a signal (above 128) is tried again, and only
# twice; so is a program whose Wine server ended or crashed, and one that failed without a word, which no
# test does. One that hangs is ended here, because nothing of what it has printed would be seen if CTest did
# that. Not for programs that get signals or input: they want cmake/run-with-wine.sh.
here=$(cd "$(dirname "$0")" && pwd)
output=$(mktemp)
errors=$(mktemp)
trap 'rm -f "$output" "$errors"' EXIT
limit=240 # seconds
for attempt in 1 2 3; do
    timeout --foreground --kill-after=10 $limit "$here/run-with-wine.sh" "$@" >"$output" 2>"$errors"
    status=$?
    cat "$output"
    cat "$errors" >&2
    if [ $status -eq 0 ]; then
        break
    fi
    if [ $status -eq 124 ]; then
        echo "still running after $limit seconds" >&2
        break
    fi
    if [ $status -le 128 ] && cat "$output" "$errors" | grep -q . && ! grep -qE '^wine client error|^wineserver crashed|^wine: a wine server' "$errors"; then
        break
    fi
    echo "Wine failed, status $status (attempt $attempt)" >&2
done
exit $status
