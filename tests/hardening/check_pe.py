#!/usr/bin/env python3
"""A Windows program or DLL has address space randomisation, with 64 bits, and no executable data."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys

sys.dont_write_bytecode = True  # leaves no __pycache__ in the source tree
from verdict import verdict  # noqa: E402

RELOCATIONS = re.compile(r"^Entry 5 [0-9a-f]+ (?P<size>[0-9a-f]+) Base Relocation", re.MULTILINE)


def output(*command: str) -> str:
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


def protections(file: str, pesec: str, objdump: str) -> dict[str, bool]:
    seen = dict(re.findall(r"^(\S[^:]*):\s+(\S+)$", output(pesec, file), re.MULTILINE))
    headers = output(objdump, "-p", file)
    relocations = RELOCATIONS.search(headers)
    if relocations is None:
        raise SystemExit("is the output of objdump understood? It names no relocation directory")
    return {
        "ASLR": seen["ASLR"] == "yes",
        # Without relocations the loader cannot move a program, whatever its flags say.
        "relocations": int(relocations["size"], 16) != 0,
        "high-entropy ASLR": "HIGH_ENTROPY_VA" in headers,
        "DEP": seen["DEP/NX"] == "yes",
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pesec", required=True)
    parser.add_argument("--objdump", required=True)
    parser.add_argument("--bare", action="store_true", help="the file must have none of it")
    parser.add_argument("file")
    options = parser.parse_args()
    return verdict(protections(options.file, options.pesec, options.objdump), options.bare)


if __name__ == "__main__":
    sys.exit(main())
