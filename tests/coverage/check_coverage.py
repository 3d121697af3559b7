#!/usr/bin/env python3
"""Checks that the simulated run took every line and every branch of the library.

Reads gcovr's JSON report. What is allowed to be missing is named in exclusions.txt beside this file,
each with its reason; an exclusion that excludes nothing is an error too, so the list stays true.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WHOLE_FILE = "(the whole file)"  # instead of a source line: the report does not know it


@dataclass
class Exclusion:
    file: str
    text: str  # of the source line, without the spaces around it
    reason: str


@dataclass
class Line:
    file: str
    number: int
    text: str
    runs: int
    branches: list[int] = field(default_factory=list)  # how often each was taken

    def problem(self) -> str | None:
        if self.runs == 0:
            return "never runs"
        never = [str(index) for index, count in enumerate(self.branches) if count == 0]
        if never:
            return f"branch {', '.join(never)} of {len(self.branches)} is never taken"
        return None


def read_exclusions(path: Path) -> list[Exclusion]:
    """Blocks of three lines: file, source line, reason. Empty lines and # lines separate them."""
    lines = [line.strip() for line in path.read_text().splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    if len(lines) % 3 != 0:
        sys.exit(f"{path}: an exclusion has three lines: file, source line, reason")
    return [Exclusion(*lines[i : i + 3]) for i in range(0, len(lines), 3)]


def read_report(path: Path, root: Path) -> list[Line]:
    lines = []
    for file in json.loads(path.read_text())["files"]:
        texts = (root / file["file"]).read_text().splitlines()
        for line in file["lines"]:
            if line["gcovr/noncode"]:
                continue
            number = line["line_number"]
            branches = [branch["count"] for branch in line["branches"]]
            lines.append(Line(file["file"], number, texts[number - 1].strip(), line["count"], branches))
    return lines


def missing_files(lines: list[Line], root: Path, folders: list[str]) -> list[str]:
    """Source files that the report does not know: without code, or not in the simulated library at all."""
    known = {line.file for line in lines}
    paths = [path.relative_to(root) for folder in folders for path in (root / folder).rglob("*.cpp")]
    return [str(path) for path in sorted(paths) if str(path) not in known and path.parent.name != "linux"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("report", type=Path, help="what gcovr --json wrote")
    parser.add_argument("folders", nargs="+", help="of which every source file has to be in the report")
    parser.add_argument("--exclusions", type=Path, default=Path(__file__).with_name("exclusions.txt"))
    parser.add_argument("--root", type=Path, default=ROOT)
    arguments = parser.parse_args()

    exclusions = read_exclusions(arguments.exclusions)
    lines = read_report(arguments.report, arguments.root)
    missing = [Line(file, 1, WHOLE_FILE, 0) for file in missing_files(lines, arguments.root, arguments.folders)]
    problems = []
    used = set()
    for line in [*missing, *lines]:
        problem = line.problem()
        if problem is None:
            continue
        excluded = next((each for each in exclusions if (each.file, each.text) == (line.file, line.text)), None)
        if excluded is None:
            problems.append(f"{line.file}:{line.number}: {problem}: {line.text}")
        else:
            used.add(id(excluded))
            print(f"excluded: {line.file}:{line.number}: {problem}: {excluded.reason}")
    problems += [f"{each.file}: is covered, or gone, and need not be excluded: {each.text}"
                 for each in exclusions if id(each) not in used]

    for problem in problems:
        print(problem)
    branches = [count for line in lines for count in line.branches]
    print(f"lines: {sum(line.runs != 0 for line in lines)} of {len(lines)}, "
          f"branches: {sum(count != 0 for count in branches)} of {len(branches)}, "
          f"exclusions: {len(exclusions)}, problems: {len(problems)}")
    return 0 if lines and not problems else 1


if __name__ == "__main__":
    sys.exit(main())
