#!/usr/bin/env python3
"""Every C and C++ file looks as clang-format writes it."""

from __future__ import annotations

import argparse
import subprocess
import sys

sys.dont_write_bytecode = True  # leaves no __pycache__ in the source tree
from sources import ROOT, sources  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clang-format", default="clang-format")
    options = parser.parse_args()
    files = sources(".c", ".cpp", ".h", ".hpp")
    wrong = [
        path.relative_to(ROOT)
        for path in files
        if subprocess.run([options.clang_format, "--dry-run", "-Werror", path], stderr=subprocess.DEVNULL).returncode
    ]
    for path in wrong:
        print(f"not formatted: {path}")
    print(f"{len(files)} files, {len(wrong)} not formatted" + ("; run ./dev format" if wrong else ""))
    return 1 if wrong or not files else 0


if __name__ == "__main__":
    sys.exit(main())
