#!/bin/sh
# Runs a Windows program under Wine: run-with-wine.sh PROGRAM.exe [ARGUMENT ...]
# Wine's own folder is one of the build's, so that nothing of the user's is touched.
here=$(cd "$(dirname "$0")/.." && pwd)
export WINEPREFIX="${WINEPREFIX:-$here/build/wine-prefix}"
export WINEDEBUG="${WINEDEBUG:--all}"
export WINEDLLOVERRIDES="${WINEDLLOVERRIDES:-mscoree=;mshtml=;winemenubuilder.exe=}"
mkdir -p "$WINEPREFIX"
# The first start fills the folder and says so at length, between the lines of the program.
[ -e "$WINEPREFIX/.update-timestamp" ] || wine wineboot --init </dev/null >/dev/null 2>&1
exec wine "$@"
