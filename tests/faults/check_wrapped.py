#!/usr/bin/env python3
"""Every function of the system that the library calls is one that the fault tests can make fail.

What the archive leaves undefined is either in the list of wrapped functions, or below with the reason why
not. And nothing is wrapped, or below, that the library does not call.
"""

from __future__ import annotations

import argparse
import subprocess
import sys

COMPILER = "the compiler's own"
CANNOT_FAIL = "cannot fail"
TEXT = "text: nothing depends on it"
VALID = "fails only for arguments that the library does not give"

BEHIND_OURS = "behind a function of ours that is wrapped (system/calls.hpp), where the kernel is not called directly"

HARMLESS = {
    "_GLOBAL_OFFSET_TABLE_": COMPILER,
    "__stack_chk_fail": COMPILER,
    "__tls_get_addr": COMPILER,
    "__errno_location": CANNOT_FAIL,
    "__sched_cpucount": CANNOT_FAIL,
    "freeaddrinfo": CANNOT_FAIL,
    "freeifaddrs": CANNOT_FAIL,
    "gai_strerror": CANNOT_FAIL,
    "epoll_wait": BEHIND_OURS,
    "recv": BEHIND_OURS,
    "send": BEHIND_OURS,
    "gettid": CANNOT_FAIL,
    "if_nametoindex": "tests/unit/linux/address_test.cpp makes it fail",
    "inet_pton": "fails only for what is no address",
    "memchr": CANNOT_FAIL,
    "memcmp": CANNOT_FAIL,
    "memcpy": CANNOT_FAIL,
    "memmove": CANNOT_FAIL,
    "memset": CANNOT_FAIL,
    "strchr": CANNOT_FAIL,
    "strcmp": CANNOT_FAIL,
    "strcspn": CANNOT_FAIL,
    "strlen": CANNOT_FAIL,
    "strerrordesc_np": TEXT,
    "strnlen": CANNOT_FAIL,
    "strrchr": CANNOT_FAIL,
    "strtoll": CANNOT_FAIL,
    "nanosleep": VALID,
    "__fprintf_chk": TEXT,
    "__snprintf_chk": TEXT,
    "__vsnprintf_chk": TEXT,
    "fprintf": TEXT,
    "snprintf": TEXT,
    "vsnprintf": TEXT,
    "stderr": TEXT,
    "pthread_setname_np": TEXT,
    "_exit": CANNOT_FAIL,
    "pthread_self": CANNOT_FAIL,
    "clock_gettime": "the clock of a thread that has ended reads 0",
    "pthread_atfork": "asked once in a process, before there is anything that could be lost",
    "pthread_detach": VALID,
    "pthread_getcpuclockid": VALID,
    "pthread_join": VALID,
    "pthread_mutex_destroy": VALID,
    "pthread_mutex_lock": VALID,
    "pthread_mutex_trylock": "busy is what it is asked for",
    "pthread_mutex_unlock": VALID,
    "pthread_sigmask": VALID,
    "sigdelset": VALID,
    "sigfillset": VALID,
}


def symbols(nm: str, archive: str, which: str) -> set[str]:
    listed = subprocess.run([nm, which, "--format=posix", archive], stdout=subprocess.PIPE, text=True, check=True)
    names = (line.split()[0] for line in listed.stdout.splitlines() if len(line.split()) > 1)
    return {name.partition("@")[0] for name in names}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nm", required=True)
    parser.add_argument("--missing", action="append", default=[], help="a call that must be found not wrapped")
    parser.add_argument("archive")
    parser.add_argument("wrapped", nargs="+")
    options = parser.parse_args()
    called = symbols(options.nm, options.archive, "--undefined-only")
    called -= symbols(options.nm, options.archive, "--defined-only")
    wrapped = set(options.wrapped)
    missing = sorted(called - wrapped - HARMLESS.keys())
    idle = sorted(wrapped - called)
    both = sorted(wrapped & HARMLESS.keys())
    print(f"called: {len(called)}, wrapped: {len(wrapped)}, harmless: {len(called & HARMLESS.keys())}")
    for what, names in (("not wrapped", missing), ("wrapped but not called", idle), ("wrapped but harmless", both)):
        if names:
            print(f"{what}: {', '.join(names)}")
    return 0 if called and missing == sorted(options.missing) and not idle and not both else 1


if __name__ == "__main__":
    sys.exit(main())
