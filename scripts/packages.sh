#!/bin/bash
# Installs the Debian packages that are missing: packages.sh GROUP...
# When nothing is missing it needs neither network nor root.
set -euo pipefail

declare -A groups=(
    # The two compilers, the build system, and libraries that are compiled or included: GoogleTest as sources too,
    # for other systems and processors.
    [build]="cmake ninja-build gcc g++ gcc-mingw-w64-x86-64-posix g++-mingw-w64-x86-64-posix
             googletest libcli11-dev libgtest-dev libssl-dev nlohmann-json3-dev"
    [wine]="wine wine64"
    # A real HTTP server and client around the relay.
    [demo]="nginx curl python3"
    # Second compiler, style, model checkers, a look into Windows programs, the package's consumer, peers of the relay,
    # and what counts instructions.
    [test]="clang clang-format clang-tidy git haproxy openssl pev pkg-config prometheus python3 relacy-dev socat spin
            valgrind wrk"
    # Style.
    [check]="clang clang-format clang-tidy git python3"
    # Branch coverage, the syntax tree for the mutants, a Debian with a newer Wine, other processors.
    [prove]="debootstrap g++-aarch64-linux-gnu g++-arm-linux-gnueabihf g++-i686-linux-gnu gcovr python3-clang
             qemu-user"
    # The libraries that the library is compared with, what draws the plot, and what counts instructions.
    [bench]="gnuplot-nox libasio-dev libevent-dev liburing-dev libuv1-dev pkg-config valgrind"
    [python]="python3"
    [format]="clang-format git"
)

if ! command -v dpkg-query >/dev/null; then
    echo "packages: this is not Debian; taking for granted that what is needed is installed"
    exit 0
fi

missing=()
for group in "$@"; do
    for package in ${groups[$group]}; do
        status=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
        if [ "$status" != installed ] && [[ " ${missing[*]} " != *" $package "* ]]; then
            missing+=("$package")
        fi
    done
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "packages: please install, as root: apt-get install --no-install-recommends ${missing[*]}" >&2
        exit 1
    fi
    as_root=(sudo)
fi

log=$(mktemp)
policy=/usr/sbin/policy-rc.d
own_policy=no
clean_up() {
    rm -f "$log"
    [ "$own_policy" = no ] || "${as_root[@]}" rm -f "$policy"
}
trap clean_up EXIT

# Packages that bring a service would start it, and nginx would take port 80. Debian asks this file.
if [ ! -e "$policy" ]; then
    own_policy=yes
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
    "${as_root[@]}" chmod +x "$policy"
fi

apt_get() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get --quiet --option Dpkg::Use-Pty=0 "$@" </dev/null 2>&1
}

echo "packages: installing ${missing[*]}"
if ! { apt_get update && apt_get install --yes --no-install-recommends "${missing[@]}"; } | tee "$log" |
    awk '/newly installed/ { print "packages: " $0; fflush() }
         /^(Unpacking|Setting up) / && ++n % 50 == 0 { print "packages: " n " steps done"; fflush() }'; then
    cat "$log"
    echo "packages: apt-get failed, see above" >&2
    exit 1
fi
