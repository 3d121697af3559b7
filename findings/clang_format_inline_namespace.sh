#!/bin/sh
# clang-format 14: what it says of a file that it has just written.
#
# Expected: that the file is formatted, and a status of 0. The two ways to ask, by writing (-i) and by checking
# (--dry-run -Werror), are taken for the same by everybody who writes with one and checks with the other.
# Seen with clang-format 14.0.6: of a namespace that is inline inside of another one, in C++20's short form
# ("namespace a::inline b"), and has its name behind its end, the check fails always. Writing changes nothing, and what
# the check would like to have instead is what stands there already. In the long form, one namespace in the other, both
# agree.
set -eu

command -v clang-format-14 >/dev/null || { echo "no clang-format-14 here: not tried"; exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

printf 'namespace a::inline b {\n\nint f();\nint g();\n\n} // namespace a::inline b\n' >"$folder/short.cpp"
printf 'namespace a {\ninline namespace b {\n\nint f();\nint g();\n\n} // namespace b\n} // namespace a\n' >"$folder/long.cpp"

check() {
    cp "$folder/$1.cpp" "$folder/before"
    clang-format-14 --style=LLVM -i "$folder/$1.cpp"
    cmp -s "$folder/before" "$folder/$1.cpp" && written="left as it was" || written="changed"
    if clang-format-14 --style=LLVM --dry-run -Werror "$folder/$1.cpp" 2>/dev/null; then
        echo "$written, then formatted"
    else
        echo "$written, then not formatted"
    fi
}

short=$(check short)
long=$(check long)
clang-format-14 --version
cat <<TEXT
expected, of both:  left as it was, then formatted
seen, long form:    $long
seen, short form:   $short
TEXT

if [ "$long" = "left as it was, then formatted" ] && [ "$short" = "left as it was, then not formatted" ]; then
    echo "as it is written here"
else
    echo "this has changed"
    exit 1
fi
