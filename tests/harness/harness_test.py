#!/usr/bin/env python3
"""The tests of what runs and counts the tests: tests/support/run_cases.py and scripts/count_tests.py."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RUNNER = ROOT / "tests" / "support" / "run_cases.py"
PROGRAM = ""  # tests/harness/cases.cpp


class Harness(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="harness-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def verdicts(self, *cases: str, wine: bool = False, **variables: str) -> dict[str, str]:
        report = self.folder / "reports" / "p" / "test-reports" / "suite.json"
        command = [sys.executable, "-B", RUNNER, "run", PROGRAM, "--limit", "2", "--report", report]
        command += ["--wine", "--emulator", "/usr/bin/env"] if wine else []
        command += ["--cases", *cases]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              env={**os.environ, **variables}, timeout=60)  # fmt: skip
        self.output = done.stdout
        found = {case["name"]: case["verdict"] for case in json.loads(report.read_text())}
        self.assertEqual(done.returncode == 0, set(found.values()) == {"passed"}, self.output)
        return found

    def test_each_case_that_passes_is_counted(self) -> None:
        good = ["Good.First", "Good.Second", "Good.Third"]
        self.assertEqual(dict.fromkeys(good, "passed"), self.verdicts(*good))
        self.assertEqual(dict.fromkeys(good, "passed"), self.verdicts(*good, ASYNC_SOCKET_ALONE="1"))

    def test_every_end_of_a_case_is_told_and_costs_no_other(self) -> None:
        found = self.verdicts("Good.First", "Bad.Fails", "Bad.Skips", "Bad.DISABLED_Sleeps", "Bad.Aborts", "Bad.Exits",
                              "Bad.Hangs", "Bad.NotThere", "Good.Third")  # fmt: skip
        self.assertEqual(
            {"Good.First": "passed", "Bad.Fails": "failed", "Bad.Skips": "skipped", "Bad.DISABLED_Sleeps": "did not run",
             "Bad.Aborts": "ended by signal 6", "Bad.Exits": "ended with status 0",
             "Bad.Hangs": "still running after 2.0 s", "Bad.NotThere": "did not run", "Good.Third": "passed"},
            found,
        )  # fmt: skip
        self.assertIn("one is not two", self.output)

    def test_a_process_that_fails_at_its_end_is_not_lost(self) -> None:
        found = self.verdicts("Good.First", "Bad.FailsAtTheEnd", "Good.Third")
        self.assertEqual("passed", found["Good.First"])
        self.assertEqual("ended with status 23 after it had passed", found["Bad.FailsAtTheEnd"])
        self.assertEqual({"Bad.FailsAtTheEnd": "ended with status 23"}, self.verdicts("Bad.FailsAtTheEnd"))

    def test_a_failure_of_wine_is_tried_again(self) -> None:
        cases = ["Wine.Before", "Wine.DiesOnce", "Wine.After"]
        once = self.verdicts(*cases, wine=True, HARNESS_DIED=str(self.folder / "died"))
        self.assertEqual(dict.fromkeys(cases, "passed"), once)
        never = self.verdicts(*cases, HARNESS_DIED=str(self.folder / "died of itself"))
        self.assertEqual("ended by signal 6", never["Wine.DiesOnce"])
        always = self.verdicts(*cases, wine=True, HARNESS_DIED="/dev/null/no")
        self.assertEqual({"Wine.Before": "passed", "Wine.DiesOnce": "ended by signal 6", "Wine.After": "passed"}, always)

    def count(self, xml: str) -> str:
        folder = self.folder / "reports" / "all"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "p.xml").write_text(f"<testsuite>{xml}</testsuite>")
        (folder / "p.status").write_text("8")
        done = subprocess.run([sys.executable, "-B", ROOT / "scripts" / "count_tests.py", folder, "p"],
                              stdout=subprocess.PIPE, text=True)  # fmt: skip
        return done.stdout

    def test_the_summary_counts_cases_and_names_the_failed(self) -> None:
        self.verdicts("Good.First", "Good.Second", "Bad.Fails")
        text = self.count('<testcase name="suite" status="fail"><failure/></testcase><testcase name="plain" status="run"/>')
        self.assertTrue(text.endswith("\n3 passed, 1 failed\n"), text)
        self.assertIn("suite: Bad.Fails (failed)", text)
        self.assertIn("one is not two", text)

    def test_a_test_that_ended_before_it_could_report_has_failed(self) -> None:
        text = self.count('<testcase name="suite" status="fail"><failure/><system-out>killed</system-out></testcase>')
        self.assertTrue(text.endswith("\n0 passed, 1 failed\n"), text)


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main()
