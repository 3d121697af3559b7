# To be sourced. Wine's server ends with its last program, and starting it takes a second: one idle program,
# waiting for input that never comes, keeps it for a whole run, and ends when the input is closed.

# hold_wine FOLDER: a folder for the pipe. What runs meanwhile has to close the pipe, {wine_input}>&-, or
# Wine would wait for it.
hold_wine() {
    cmake/run-with-wine.sh cmd.exe /c exit </dev/null || echo "Wine does not start" >&2
    mkfifo "$1/wine"
    cmake/run-with-wine.sh cmd.exe <"$1/wine" >/dev/null 2>&1 &
    wine=$!
    exec {wine_input}>"$1/wine"
    trap release_wine EXIT
}

release_wine() {
    exec {wine_input}>&-
    wait "$wine"
    trap - EXIT
}
