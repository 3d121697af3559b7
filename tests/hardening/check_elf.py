#!/usr/bin/env python3
"""A Linux program, shared library or its object files have the usual protections.

Files: position independent, relocations read-only before main, no executable stack. Object files, taken
together: stack protector, checked libc calls; each of them: marked for indirect branch tracking.
"""

from __future__ import annotations

import argparse
import platform
import re
import subprocess
import sys

sys.dont_write_bytecode = True  # leaves no __pycache__ in the source tree
from verdict import verdict  # noqa: E402

FORTIFIED = re.compile(r"\b__\w+_chk\b(?<!__stack_chk)")


def readelf(program: str, *arguments: str) -> str:
    return subprocess.run([program, "--wide", *arguments], stdout=subprocess.PIPE, text=True, check=True).stdout


def of_file(program: str, file: str) -> dict[str, bool]:
    header, segments, dynamic = (readelf(program, what, file) for what in ("-h", "-l", "-d"))
    stack = re.search(r"GNU_STACK(?:\s+0x[0-9a-f]+){5}\s+(?P<flags>[RWE ]+?)\s+0x", segments)
    return {
        "position independent": re.search(r"Type:\s+DYN", header) is not None,
        "read-only relocations": "GNU_RELRO" in segments,
        "all bound at start": re.search(r"\(FLAGS_1\).*\bNOW\b", dynamic) is not None,
        "no executable stack": stack is not None and "E" not in stack["flags"],
    }


def of_objects(program: str, files: list[str]) -> dict[str, bool]:
    symbols = readelf(program, "-s", *files)
    found = {
        "stack protector": "__stack_chk_fail" in symbols,
        "checked libc calls": FORTIFIED.search(symbols) is not None,
    }
    if platform.machine() in ("x86_64", "AMD64"):
        found["control flow marks"] = all(
            re.search(r"x86 feature:.*\bIBT\b.*\bSHSTK\b", readelf(program, "-n", file)) for file in files
        )
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--readelf", required=True)
    parser.add_argument("--bare", action="store_true", help="the files must have none of it")
    parser.add_argument("--objects", action="store_true", help="the files are object files")
    parser.add_argument("files", nargs="+")
    options = parser.parse_args()
    # CMake joins the object files of a target with semicolons.
    files = [file for files in options.files for file in files.split(";")]
    if options.objects:
        return verdict(of_objects(options.readelf, files), options.bare)
    return max(verdict(of_file(options.readelf, file), options.bare) for file in files)


if __name__ == "__main__":
    sys.exit(main())
