#!/usr/bin/env python3
"""Adds up what CTest reported for each preset: count_tests.py FOLDER PRESET...

Reads FOLDER/PRESET.xml (--output-junit) and FOLDER/PRESET.status (CTest's exit status). What did not
run has not passed: a skipped or disabled test counts as failed, and so does a preset without a report.
The end of what each failed test printed is told again, because a log of CI may keep only its own end.
"""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET
from pathlib import Path


LINES_OF_A_FAILURE = 30


def told(case: ET.Element) -> str:
    """The end of a test's output, indented below its name."""
    lines = (case.findtext("system-out") or "").splitlines()
    return "".join(f"\n      | {line}" for line in lines[-LINES_OF_A_FAILURE:])


def outcomes(folder: Path, preset: str) -> tuple[int, list[str]]:
    """The number of tests that passed, and a text for each that did not."""
    try:
        status = (folder / f"{preset}.status").read_text(encoding="utf-8").strip()
        suite = ET.parse(folder / f"{preset}.xml").getroot()
    except (FileNotFoundError, ET.ParseError) as error:
        return 0, [f"its tests did not run ({error})"]
    passed, failed = 0, []
    for case in suite.iter("testcase"):
        if case.get("status") == "run" and not {"failure", "error", "skipped"} & {child.tag for child in case}:
            passed += 1
        else:
            failed.append(f"{case.get('name')} ({case.get('status')}){told(case)}")
    if status != "0" and not failed:
        failed.append(f"CTest ended with status {status}")
    if passed + len(failed) == 0:
        failed.append("no tests found")
    return passed, failed


def main() -> int:
    folder, presets = Path(sys.argv[1]), sys.argv[2:]
    all_passed = all_failed = 0
    print("\nsummary")
    for preset in presets:
        passed, failed = outcomes(folder, preset)
        print(f"  {preset}: {passed} passed, {len(failed)} failed")
        for failure in failed:
            print(f"    {failure}")
        all_passed += passed
        all_failed += len(failed)
    print(f"{all_passed} passed, {all_failed} failed")
    return 1 if all_failed else 0


if __name__ == "__main__":
    sys.exit(main())
