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
    # All in one call: its start takes longer than a file.
    done = subprocess.run([options.clang_format, "--dry-run", "-Werror", *files], stderr=subprocess.PIPE, text=True)
    wrong = [path.relative_to(ROOT) for path in files if f"{path}:" in done.stderr]
    for path in wrong:
        print(f"not formatted: {path}")
    if done.returncode and not wrong:
        print(done.stderr)
    print(f"{len(files)} files, {len(wrong)} not formatted" + ("; run ./dev format" if wrong else ""))
    return 1 if done.returncode or wrong or not files else 0


if __name__ == "__main__":
    sys.exit(main())
