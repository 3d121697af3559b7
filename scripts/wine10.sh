#!/bin/bash
# Runs a command with Wine 10 in the place of Wine 8:
#
#     scripts/wine10.sh build/mingw-tests/tests/stress/hostile_v3.exe --gtest_filter='*SmallBuffers*'
#     scripts/wine10.sh ctest --test-dir build/mingw-tests --tests-regex '^unit/'
#
# Wine 10 is that of Debian 13, whose base system debootstrap lays into build/wine10/root: 1.4 GB, three minutes, once.
# Only root can do that. Where it cannot be had, the reason is told and the exit status is 77.
#
# The command runs as the child of the first process of namespaces of its own. With that process, however it ends, go
# all mounts and all that was started.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit

folder=$PWD/build/wine10
root=$folder/root
# Ends with this script, however that ends.
namespaces=(setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child --mount-proc)
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}

not_to_be_had() {
    echo "wine10: not run: $1" >&2
    exit 77
}

# As a whole or not at all. What debootstrap mounts goes with its namespace.
lay_root() {
    local log=$folder/debootstrap.log
    command -v debootstrap >/dev/null || not_to_be_had "there is no debootstrap"
    rm -rf "$root.unfinished"
    echo "wine10: laying Debian 13 into build/wine10/root"
    "${namespaces[@]}" debootstrap --variant=minbase --include=wine,wine64 trixie "$root.unfinished" "$mirror" \
        >"$log" 2>&1 </dev/null || {
        tail -n 5 "$log" >&2
        not_to_be_had "debootstrap failed, see build/wine10/debootstrap.log"
    }
    rm -rf "$root.unfinished"/var/cache/apt/* "$root.unfinished"/var/lib/apt/lists/*
    mv "$root.unfinished" "$root"
}

# The programs that cmake/run-with-wine.sh and scripts/wine.sh call, as they are in the other system.
write_callers() {
    local name
    mkdir -p "$folder/bin"
    for name in wine wineserver; do
        printf '#!/bin/sh\nexec chroot "%s" env --chdir="$PWD" PATH=/usr/sbin:/usr/bin %s "$@"\n' "$root" "$name" >"$folder/bin/$name"
        chmod +x "$folder/bin/$name"
    done
}

# As a whole or not at all: one whose first start was broken off lacks services.
fill_prefix() {
    rm -rf "$WINEPREFIX"
    cmake/run-with-wine.sh cmd.exe /c exit </dev/null >/dev/null 2>&1 && wineserver --wait && touch "$WINEPREFIX/complete"
}

# In the namespaces: the project is seen by both systems at one path.
inside() {
    mkdir -p "$root$PWD"
    mount -t proc proc "$root/proc" && mount -t sysfs -o ro sysfs "$root/sys" && mount --bind "$PWD" "$root$PWD" || return
    # As every Debian has it; the machine's own name is in no file, which the library has to bear.
    printf '127.0.0.1 localhost\n::1 localhost\n' >"$root/etc/hosts"
    # shellcheck source=scripts/wine.sh
    source scripts/wine.sh
    [ -e "$WINEPREFIX/complete" ] || fill_prefix || return
    rm -f "$folder/wine"
    hold_wine "$folder"
    cmake/run-with-wine.sh --version {wine_input}>&-
    "$@" {wine_input}>&-
    local status=$?
    release_wine
    return "$status"
}

if [ "${1:-}" = --inside ]; then
    inside "${@:2}"
    exit
fi

[ $# -gt 0 ] || { echo "usage: scripts/wine10.sh PROGRAM.exe|COMMAND [ARGUMENT...]" >&2; exit 2; }
[ "$(id -u)" -eq 0 ] || not_to_be_had "only root can use another root"
unshare --mount --pid --fork true 2>/dev/null || not_to_be_had "no namespaces here"
mkdir -p "$folder"
exec {lock}>"$folder/lock"
flock --nonblock "$lock" || { echo "wine10: another run uses build/wine10" >&2; exit 1; }
[ -d "$root" ] || lay_root
write_callers
case $1 in
    *.exe) set -- "$PWD/cmake/run-with-wine.sh" "$@" ;;
esac
export WINEPREFIX=$folder/prefix PATH=$folder/bin:$PATH
"${namespaces[@]}" taskset --cpu-list 0 scripts/wine10.sh --inside "$@" </dev/null &
trap 'kill -KILL $!; exit 130' INT TERM
wait $!
