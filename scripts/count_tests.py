#!/usr/bin/env python3
"""Adds up what CTest reported for each preset: count_tests.py FOLDER PRESET...

Reads FOLDER/PRESET.xml (--output-junit), FOLDER/PRESET.status (CTest's exit status) and the reports of those CTest
tests that are several test cases (tests/support/run_cases.py; in FOLDER/../PRESET/test-reports): each case counts.
What did not run has not passed: a skipped or disabled test counts as failed, and so does a preset without a report.
The end of what each failed test printed is told again, because a log of CI may keep only its own end.
"""

from __future__ import annotations

import json
import sys
import xml.etree.ElementTree as ET
from pathlib import Path


LINES_OF_A_FAILURE = 30


def told(output: str) -> str:
    """The end of a test's output, indented below its name."""
    lines = output.splitlines()
    return "".join(f"\n      | {line}" for line in lines[-LINES_OF_A_FAILURE:])


def reported(folder: Path, test: str) -> list[dict[str, str]]:
    """The cases of a CTest test; none if it is one by itself."""
    path = folder / f"{test.replace('/', '-')}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []


def outcomes(folder: Path, preset: str) -> tuple[int, list[str]]:
    """The number of tests that passed, and a text for each that did not."""
    try:
        status = (folder / f"{preset}.status").read_text(encoding="utf-8").strip()
        suite = ET.parse(folder / f"{preset}.xml").getroot()
    except (FileNotFoundError, ET.ParseError) as error:
        return 0, [f"its tests did not run ({error})"]
    passed, failed = 0, []
    for test in suite.iter("testcase"):
        name = test.get("name")
        has_passed = test.get("status") == "run" and not {"failure", "error", "skipped"} & {each.tag for each in test}
        cases = reported(folder.parent / preset / "test-reports", name)
        bad = [case for case in cases if case["verdict"] != "passed"]
        failed += [f"{name}: {case['name']} ({case['verdict']}){told(case['output'])}" for case in bad]
        passed += len(cases) - len(bad)
        if has_passed and not cases:
            passed += 1
        elif not has_passed and not bad:  # a test of one case, or one that ended before it could say which
            failed.append(f"{name} ({test.get('status')}){told(test.findtext('system-out') or '')}")
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
