#!/usr/bin/env python3
"""Flips each condition of the library in turn and asks the suite to notice.

One build (ASYNC_SOCKET_MUTANTS=ON) holds all mutants; MUTANT=N chooses one. A mutant is killed when a
program of the suite fails or does not end. Those that survive must be in the table of docs/testing.md,
with the reason why no test can, or need, tell them from the library as it is.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests" / "canaries"))
from suite import Suite  # noqa: E402

TABLE_HEADING = "### Mutants that survive"
SHARE_TO_KILL = 0.95


def explained() -> set[tuple[str, str]]:
    """File and condition of each row of the table: | `core/x.cpp` | `condition` | reason |"""
    text = (ROOT / "docs" / "testing.md").read_text()
    if TABLE_HEADING not in text:
        return set()
    rows = set()
    for line in text.split(TABLE_HEADING, 1)[1].splitlines():
        cells = [cell.strip() for cell in line.replace("\\|", "\0").split("|")[1:-1]]
        if len(cells) == 3 and cells[0].startswith("`") and cells[2] != "":
            rows.add((cells[0].strip("`"), cells[1].strip("`").replace("\0", "|")))
        elif line.startswith("#"):
            break
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=Path, help="folder for the build")
    parser.add_argument("--only", type=int, nargs="+", help="numbers of mutants")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    arguments = parser.parse_args()

    suite = Suite(arguments.build)
    if not suite.configure("-DASYNC_SOCKET_MUTANTS=ON") or not suite.build_all():
        return 1
    if (found_by := suite.measure()) is not None:
        print(f"mutation: the library as it is does not pass {found_by}")
        return 1
    listed = json.loads((arguments.build / "planted" / "mutants.json").read_text())
    mutants = [each for each in listed["mutants"] if arguments.only is None or each["number"] in arguments.only]
    reasons = explained()
    killers: list[str] = []
    unexplained = 0
    with ThreadPoolExecutor(arguments.jobs) as threads:
        found = threads.map(lambda each: suite.finder({"MUTANT": str(each["number"])}), mutants)
        for each, found_by in zip(mutants, found):
            if found_by is not None:
                killers.append(found_by)
                continue
            is_explained = (each["file"], each["text"]) in reasons
            unexplained += not is_explained
            mark = "" if is_explained else "not explained: "
            print(f"survives: {mark}{each['number']}: src/{each['file']}:{each['line']}: {each['text']}", flush=True)

    for name in sorted(set(killers)):
        print(f"killed by {name}: {killers.count(name)}")
    killed = len(killers)
    print(f"mutation: {killed} of {len(mutants)} mutants killed ({100 * killed / len(mutants):.1f} %), "
          f"{unexplained} survivors without a reason; "
          f"{listed['in_macros']} conditions inside macros (log messages) left out")
    return 0 if unexplained == 0 and killed >= SHARE_TO_KILL * len(mutants) else 1


if __name__ == "__main__":
    sys.exit(main())
