#!/bin/sh
# Clang 14: a coroutine that is a template, compiled with the undefined behaviour sanitizer.
#
# Expected: it compiles, as it does without the sanitizer, and as one does that is no template.
# Seen with Clang 14.0.6 for x86-64 Linux, without optimisation: "Cannot represent a difference across sections", an
# error that names no place. It is the check for calls through pointers of another type (-fsanitize=function, a part of
# -fsanitize=undefined); without that one it compiles.
# So a program with such coroutines can only be built with the sanitizer if it gives that check up.
set -eu

command -v clang++-14 >/dev/null || { echo "no clang++-14 here: not tried"; exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cat >"$folder/coroutine.cpp" <<'C'
#include <coroutine>

struct job {
    struct promise_type {
        job get_return_object() { return {}; }
        std::suspend_never initial_suspend() { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() {}
        void unhandled_exception() {}
    };
};

#ifdef TEMPLATE
template <typename Number>
#else
using Number = int;
#endif
job wait_once(Number)
{
    co_await std::suspend_always{};
}

int main()
{
    wait_once(1);
}
C

try() {
    if clang++-14 -std=c++20 "$@" -c -o "$folder/coroutine.o" "$folder/coroutine.cpp" 2>"$folder/errors"; then
        echo "compiles"
    elif grep -q "Cannot represent a difference across sections" "$folder/errors"; then
        echo "Cannot represent a difference across sections"
    else
        head -n 1 "$folder/errors"
    fi
}

without=$(try -O0 -DTEMPLATE)
none=$(try -O0 -fsanitize=undefined)
all=$(try -O0 -DTEMPLATE -fsanitize=undefined)
but_one=$(try -O0 -DTEMPLATE -fsanitize=undefined -fno-sanitize=function)
clang++-14 --version | head -n 1
cat <<TEXT
expected with -O0, in all:          compiles
seen, without the sanitizer:       $without
seen, with it and no template:     $none
seen, with it and a template:      $all
seen, the same, but one check:     $but_one
TEXT
if [ "$without$none$but_one" != "compilescompilescompiles" ] ||
    [ "$all" != "Cannot represent a difference across sections" ]; then
    echo "this has changed"
    exit 1
fi
echo "as it is written here"
