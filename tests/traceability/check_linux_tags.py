#!/usr/bin/env python3
"""Checks that every requirement of the Linux backend is cited by the code and by a test.

The requirements are the table rows of docs/requirements/linux.md, which also says the rules.

Exit status: 0 when every rule holds, 1 with one line per breach otherwise.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

sys.dont_write_bytecode = True  # leaves no __pycache__ in the source tree
sys.path.insert(0, str(Path(__file__).resolve().parent))
import check_tags  # noqa: E402

REQUIREMENTS = "docs/requirements/linux.md"
PREFIX = "SRS_ASYNC_SOCKET_LINUX_"
ROW = re.compile(rf"\| {PREFIX}(\d\d_\d\d\d) \| (\S.*) \|")
CITATION = re.compile(r"LINUX_(\d\d_\w+)")


def rows(root: Path, failures: list[str]) -> set[str]:
    path = root / REQUIREMENTS
    if not path.is_file():
        failures.append(f"{REQUIREMENTS}: file not found")
        return set()
    known: set[str] = set()
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.startswith("|") or PREFIX not in line:
            continue
        row = ROW.fullmatch(line)
        if row is None:
            failures.append(f"{REQUIREMENTS}:{number}: malformed row")
        elif row.group(1) in known:
            failures.append(f"{REQUIREMENTS}:{number}: {row.group(1)}: second row")
        else:
            known.add(row.group(1))
    return known


def cited(root: Path, folders: tuple[str, ...], known: set[str], failures: list[str]) -> set[str]:
    found: set[str] = set()
    for path in check_tags.source_files(root, folders):
        for match in CITATION.finditer(path.read_text(encoding="utf-8", errors="replace")):
            if match.group(1) not in known:
                failures.append(f"{path.relative_to(root)}: LINUX_{match.group(1)}: no row in {REQUIREMENTS}")
            found.add(match.group(1))
    return found


def check(root: Path) -> list[str]:
    failures: list[str] = []
    known = rows(root, failures)
    for place, folders in (("src/ or include/", check_tags.CODE_FOLDERS), ("tests/", check_tags.TEST_FOLDERS)):
        for tag in sorted(known - cited(root, folders, known, failures)):
            failures.append(f"{PREFIX}{tag}: not cited in {place}")
    print(f"traceability: {len(known)} tags of the Linux backend")
    return failures


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[2])
    failures = check(parser.parse_args(arguments).root.resolve())
    for failure in failures:
        print(f"error: {failure}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
