#!/usr/bin/env python3
"""Checks that every requirement is cited by the code and by a test.

The requirements are the table rows of docs/requirements/async_socket_win32.md;
docs/requirements/untested.md lists those that no test can reach yet. The rules
are in the first of these files, under "How the check works".

Exit status: 0 when every rule holds, 1 with one line per breach otherwise,
2 when the command line is wrong.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

PREFIX = "SRS_ASYNC_SOCKET_WIN32_"
REQUIREMENTS = "docs/requirements/async_socket_win32.md"
UNTESTED = "docs/requirements/untested.md"
CODE_FOLDERS = ("src", "include")
TEST_FOLDERS = ("tests",)
# The tests of this check cite tags that only their fake trees know.
EXCLUDED_FOLDER = "tests/traceability"
DEFAULT_EXPECTED = {"1": 92, "2": 91}

C_LIKE = {".c", ".cc", ".cpp", ".cxx", ".h", ".hh", ".hpp", ".hxx", ".inl", ".ipp", ".pml"}
HASH_COMMENTS = {".py", ".sh"}

GENERATIONS = re.compile(r"[123]( [123])*")
ROW_TAG = re.compile(PREFIX + r"(\d{2}_\d{3})")
# Whatever follows the prefix is looked at, so that a mistyped tag is unknown
# and not merely absent.
FULL_FORM = re.compile(PREFIX + r"(\w+)")
NUMBER_AT_START = re.compile(r"\d{2}_\d{3}(?!\d)")
SHORT_FORM = re.compile(r"(?<!\w)\d{2}_\d{3}(?!\w)")

# Alternatives are tried from left to right at each position, so a quote inside
# a comment or a comment mark inside a string never starts a token of its own.
C_TOKEN = re.compile(
    r"""
      (?P<comment> //(?:\\\r?\n|[^\n])* | /\*.*?(?:\*/|\Z) )
    | (?P<raw>     \b(?:u8|[uUL])?R"(?P<fence>[^()\\\s]{0,16})\(.*?(?:\)(?P=fence)"|\Z) )
    | (?P<string>  "(?:\\.|[^"\\\n])*" )
    | (?P<number>  \b[0-9](?:'?\w)* )
    | (?P<char>    '(?:\\.|[^'\\\n])*' )
    """,
    re.DOTALL | re.VERBOSE,
)
HASH_TOKEN = re.compile(
    r"""
      (?P<comment> \#[^\n]* )
    | (?P<raw>     \"{3}.*?(?:\"{3}|\Z) | '{3}.*?(?:'{3}|\Z) )
    | (?P<string>  "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' )
    """,
    re.DOTALL | re.VERBOSE,
)


@dataclass(frozen=True)
class Row:
    number: str
    generations: frozenset[str]
    text: str
    place: str


@dataclass
class Mentions:
    """Where each known tag is cited first, and every citation of an unknown tag."""

    first: dict[str, str]
    unknown: list[tuple[str, str]]


def read_table(root: Path, name: str, failures: list[str]) -> list[Row]:
    path = root / name
    if not path.is_file():
        failures.append(f"{name}: file not found")
        return []
    rows: list[Row] = []
    seen: dict[str, str] = {}
    for line_number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        line = line.strip()
        if not line.startswith("|") or PREFIX not in line.split("|")[1]:
            continue
        place = f"{name}:{line_number}"
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        tag = ROW_TAG.fullmatch(cells[0])
        well_formed = (
            tag is not None
            and len(cells) == 3
            and GENERATIONS.fullmatch(cells[1]) is not None
            and len(set(cells[1].split())) == len(cells[1].split())
            and cells[2] != ""
        )
        if tag is None or not well_formed:
            failures.append(f"{place}: malformed row, expected '| {PREFIX}01_024 | 1 2 3 | text |'")
            continue
        number = tag.group(1)
        if number in seen:
            failures.append(f"{place}: {PREFIX}{number}: second row, the first is {seen[number]}")
            continue
        seen[number] = place
        rows.append(Row(number, frozenset(cells[1].split()), cells[2], place))
    return rows


def source_files(root: Path, folders: tuple[str, ...]) -> list[Path]:
    excluded = root / EXCLUDED_FOLDER
    return sorted(
        path
        for folder in folders
        for path in (root / folder).rglob("*")
        if path.suffix in C_LIKE | HASH_COMMENTS and path.is_file() and excluded not in path.parents
    )


def comments_and_strings(text: str, suffix: str) -> list[tuple[int, str]]:
    token = C_TOKEN if suffix in C_LIKE else HASH_TOKEN
    return [
        (match.start(), match.group())
        for match in token.finditer(text)
        if match.lastgroup not in ("number", "char")
    ]


def scan(root: Path, folders: tuple[str, ...], known: set[str]) -> Mentions:
    mentions = Mentions({}, [])
    for path in source_files(root, folders):
        text = path.read_text(encoding="utf-8", errors="replace")
        name = path.relative_to(root).as_posix()

        def place(offset: int) -> str:
            return f"{name}:{text.count(chr(10), 0, offset) + 1}"

        for match in FULL_FORM.finditer(text):
            number = NUMBER_AT_START.match(match.group(1))
            if number and number.group() in known:
                mentions.first.setdefault(number.group(), place(match.start()))
            else:
                tag = PREFIX + (number.group() if number else match.group(1))
                mentions.unknown.append((tag, place(match.start())))
        for start, token in comments_and_strings(text, path.suffix):
            for match in SHORT_FORM.finditer(token):
                if match.group() in known:
                    mentions.first.setdefault(match.group(), place(start + match.start()))
    return mentions


def check_counts(rows: list[Row], expected: dict[str, int], failures: list[str]) -> None:
    found = Counter(generation for row in rows for generation in row.generations)
    for generation, count in sorted(expected.items()):
        if found[generation] != count:
            failures.append(
                f"{REQUIREMENTS}: generation {generation} has {found[generation]} tags, expected {count}"
            )


def check_untested(
    rows: list[Row], untested: list[Row], in_tests: Mentions, failures: list[str]
) -> None:
    generations = {row.number: row.generations for row in rows}
    for entry in untested:
        tag = PREFIX + entry.number
        if entry.number not in generations:
            failures.append(f"{entry.place}: {tag}: no row in {REQUIREMENTS}")
        elif not entry.generations <= generations[entry.number]:
            failures.append(f"{entry.place}: {tag}: lists a generation that does not have the tag")
        if entry.number in in_tests.first:
            failures.append(
                f"{entry.place}: {tag}: listed as untested, but a test names it "
                f"({in_tests.first[entry.number]})"
            )


def check(root: Path, expected: dict[str, int]) -> tuple[list[str], list[str]]:
    """Returns the breaches and the lines of the report."""
    failures: list[str] = []
    rows = read_table(root, REQUIREMENTS, failures)
    untested = read_table(root, UNTESTED, failures)
    known = {row.number for row in rows}
    in_code = scan(root, CODE_FOLDERS, known)
    in_tests = scan(root, TEST_FOLDERS, known)

    check_counts(rows, expected, failures)
    waiting = {entry.number for entry in untested}
    for row in rows:
        if row.number not in in_code.first:
            failures.append(f"{row.place}: {PREFIX}{row.number}: not cited in src/ or include/")
        if row.number not in in_tests.first and row.number not in waiting:
            failures.append(
                f"{row.place}: {PREFIX}{row.number}: not cited in tests/ and not in {UNTESTED}"
            )
    check_untested(rows, untested, in_tests, failures)
    for tag, place in in_code.unknown + in_tests.unknown:
        failures.append(f"{place}: {tag}: unknown tag, no row in {REQUIREMENTS}")

    report = [
        f"untested: {PREFIX}{entry.number} (generation {' '.join(sorted(entry.generations))}): {entry.text}"
        for entry in untested
    ]
    report.append(
        f"traceability: {len(rows)} tags, {len(in_code.first)} in code, "
        f"{len(in_tests.first)} in tests, {len(untested)} waiting for fault injection"
    )
    return failures, report


def expectation(argument: str) -> tuple[str, int]:
    match = re.fullmatch(r"([123])=(\d+)", argument)
    if not match:
        raise argparse.ArgumentTypeError(f"{argument!r} is not of the form GENERATION=COUNT")
    return match.group(1), int(match.group(2))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--root",
        type=Path,
        default=Path(__file__).resolve().parents[2],
        help="folder of the repository (default: the one that holds this script)",
    )
    parser.add_argument(
        "--expect",
        type=expectation,
        action="append",
        metavar="GENERATION=COUNT",
        help="number of tags that a generation must have; may be repeated; "
        "replaces the default, 1=92 and 2=91",
    )
    options = parser.parse_args(arguments)
    root = options.root.resolve()
    if not root.is_dir():
        parser.error(f"{options.root} is not a folder")
    failures, report = check(root, dict(options.expect) if options.expect else DEFAULT_EXPECTED)
    for line in failures:
        print(f"error: {line}")
    for line in report:
        print(line)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
