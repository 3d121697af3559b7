# To be sourced. Wine's server ends with its last program, and starting it takes a second: one idle program,
# waiting for input that never comes, keeps it for a whole run, and ends when the input is closed.

# hold_wine FOLDER: a folder for the pipe. What runs meanwhile has to close the pipe, {wine_input}>&-, or
# Wine would wait for it. Wine's own processes get none of our output: a reader of it would wait for them.
hold_wine() {
    cmake/run-with-wine.sh cmd.exe /c exit </dev/null >/dev/null 2>&1 || echo "Wine does not start" >&2
    mkfifo "$1/wine"
    cmake/run-with-wine.sh cmd.exe <"$1/wine" >/dev/null 2>&1 &
    wine=$!
    exec {wine_input}>"$1/wine"
    trap release_wine EXIT
}

# What is left of Wine in our folder: its server, and programs that wait for a server that crashed.
kill_wine() {
    local folder="${WINEPREFIX:-$PWD/build/wine-prefix}" process
    WINEPREFIX="$folder" timeout 20 wineserver -k >/dev/null 2>&1
    for process in $(grep --files-with-matches --null-data --line-regexp --fixed-strings \
        "WINEPREFIX=$folder" /proc/[0-9]*/environ 2>/dev/null | cut --delimiter=/ --fields=3); do
        [ "$process" = $$ ] || kill -KILL "$process" 2>/dev/null
    done
}

# A program whose server crashed or hangs waits for ever; we do not.
release_wine() {
    trap - EXIT
    exec {wine_input}>&-
    if ! timeout 20 tail --pid="$wine" --follow /dev/null; then
        echo "Wine's server does not answer; its programs are ended" >&2
        kill_wine
    fi
    wait "$wine"
}
