#!/usr/bin/env python3
"""Shows that check_linux_tags.py passes a good tree and finds each breach of its rules."""

from __future__ import annotations

import contextlib
import io
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True  # leaves no __pycache__ in the source tree
sys.path.insert(0, str(Path(__file__).resolve().parent))
import check_linux_tags  # noqa: E402

PREFIX = check_linux_tags.PREFIX
ROW = f"| {PREFIX}10_001 | first |\n"


class CheckLinuxTags(unittest.TestCase):
    def breaches(self, **changes: str) -> list[str]:
        tree = {
            check_linux_tags.REQUIREMENTS: "# Title\n\n| tag | requirement |\n|---|---|\n" + ROW,
            "src/linux/a.cpp": "// LINUX_10_001\n",
            "tests/contract/linux/a_test.cpp": f"// {PREFIX}10_001\n",
        }
        tree.update({name.replace("__", "/").replace("_cpp", ".cpp"): text for name, text in changes.items()})
        with tempfile.TemporaryDirectory() as folder:
            for name, text in tree.items():
                path = Path(folder) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            with contextlib.redirect_stdout(io.StringIO()):
                return check_linux_tags.check(Path(folder))

    def breaches_with_table(self, table: str) -> list[str]:
        return self.breaches(**{check_linux_tags.REQUIREMENTS: table})

    def test_a_good_tree_passes(self) -> None:
        self.assertEqual(self.breaches(), [])

    def test_a_tag_that_the_code_does_not_cite(self) -> None:
        self.assertEqual(self.breaches(src__linux__a_cpp=""), [f"{PREFIX}10_001: not cited in src/ or include/"])

    def test_a_tag_that_no_test_cites(self) -> None:
        changes = {"tests/contract/linux/a_test.cpp": ""}
        self.assertEqual(self.breaches(**changes), [f"{PREFIX}10_001: not cited in tests/"])

    def test_a_tag_without_a_row(self) -> None:
        found = self.breaches(src__linux__b_cpp="// LINUX_10_0012\n")
        self.assertEqual(found, [f"src/linux/b.cpp: LINUX_10_0012: no row in {check_linux_tags.REQUIREMENTS}"])

    def test_a_doubled_row(self) -> None:
        self.assertEqual(len(self.breaches_with_table(ROW + ROW)), 1)

    def test_a_malformed_row(self) -> None:
        self.assertEqual(len(self.breaches_with_table(ROW + f"| {PREFIX}10_002 |\n")), 1)

    def test_a_missing_table(self) -> None:
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
            self.assertEqual(len(check_linux_tags.check(Path(folder))), 1)


if __name__ == "__main__":
    unittest.main()
