#!/bin/sh
# glibc: a process in which no descriptor is left asks getaddrinfo for a name.
#
# Expected: an answer that says that nobody could look, whether the process has asked before or not: EAI_SYSTEM with
# errno EMFILE, as the manual has it ("Other system error, check errno for details").
# Seen with glibc 2.36: that, if the process has asked for a name before. If it never has, EAI_NONAME, "Name or service
# not known", although the name is known and nobody has looked; only errno, which the manual gives no meaning then, is
# EMFILE.
# So a program that is out of descriptors takes a name that there is for one that there is not, and may never ask again.
set -eu

command -v cc >/dev/null || { echo "no C compiler here: not tried"; exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cat >"$folder/ask.c" <<'C'
#include <errno.h>
#include <fcntl.h>
#include <gnu/libc-version.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

static const char* name_of(int answer)
{
    switch (answer) {
    case 0: return "an address";
    case EAI_NONAME: return "EAI_NONAME";
    case EAI_AGAIN: return "EAI_AGAIN";
    case EAI_FAIL: return "EAI_FAIL";
    case EAI_MEMORY: return "EAI_MEMORY";
    case EAI_SYSTEM: return "EAI_SYSTEM";
    default: return "another answer";
    }
}

static void ask(const char* when)
{
    struct addrinfo hints, *list = NULL;
    memset(&hints, 0, sizeof hints);
    hints.ai_socktype = SOCK_STREAM;
    errno = 0;
    const int answer = getaddrinfo("localhost", NULL, &hints, &list);
    printf("%s: %s, errno %s\n", when, name_of(answer), errno == EMFILE ? "EMFILE" : (errno == 0 ? "0" : "another"));
    if (answer == 0) {
        freeaddrinfo(list);
    }
}

int main(int count, char** arguments)
{
    (void)arguments;
    if (count == 1) {
        puts(gnu_get_libc_version());
        return 0;
    }
    if (count == 3) {
        ask("with descriptors");
    }
    const struct rlimit few = {32, 32};
    if (setrlimit(RLIMIT_NOFILE, &few) != 0) {
        return 1;
    }
    while (open("/dev/null", O_RDONLY) >= 0) {
    }
    ask("without any");
    return 0;
}
C
cc -D_GNU_SOURCE -o "$folder/ask" "$folder/ask.c" 2>"$folder/errors" ||
    { echo "no glibc here, or no headers: not tried"; exit 77; }

version=$("$folder/ask")
never_asked=$("$folder/ask" first)
asked_before=$("$folder/ask" with before | tail -n 1)
cat <<TEXT
glibc $version, "localhost"
expected, in both:   without any: EAI_SYSTEM, errno EMFILE
seen, never asked:   $never_asked
seen, asked before:  $asked_before
TEXT

if [ "$never_asked" = "without any: EAI_NONAME, errno EMFILE" ] &&
    [ "$asked_before" = "without any: EAI_SYSTEM, errno EMFILE" ]; then
    echo "as it is written here"
else
    echo "this has changed"
    exit 1
fi
