#!/usr/bin/env python3
"""Shows that check_tags.py passes a good tree and finds each breach of its rules.

Every test starts from one small tree that passes and changes a single thing.
"""

from __future__ import annotations

import contextlib
import io
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True  # leaves no __pycache__ in the source tree
sys.path.insert(0, str(Path(__file__).resolve().parent))
import check_tags  # noqa: E402

PREFIX = check_tags.PREFIX
REQUIREMENTS = check_tags.REQUIREMENTS
UNTESTED = check_tags.UNTESTED

ROW_1 = f"| {PREFIX}01_001 | 1 2 3 | first |"
ROW_2 = f"| {PREFIX}42_002 | 1 | second |"
ROW_3 = f"| {PREFIX}04_001 | 2 3 | third |"
ROW_4 = f"| {PREFIX}01_063 | 1 2 3 | fourth |"
HEADER = "| tag | generation | requirement |\n|---|---|---|\n"


def requirements(*rows: str) -> str:
    return "# Title\n\nProse that names 01_999.\n\n" + HEADER + "\n".join(rows) + "\n"


def good_tree() -> dict[str, str]:
    """Four tags: three tested, one waiting; full and short forms, code and header."""
    return {
        REQUIREMENTS: requirements(ROW_1, ROW_2) + "\n## More\n\n" + HEADER + f"{ROW_3}\n{ROW_4}\n",
        UNTESTED: "# Waiting\n\n" + HEADER + f"| {PREFIX}01_063 | 1 2 3 | cannot be provoked |\n",
        "src/core/a.cpp": f"// {PREFIX}01_001\nint a; /* see 42_002,\n   and 01_063. */\n",
        "include/c_pal/b.h": "/* 04_001: not on Windows */\n",
        "tests/contract/c.cpp": (
            'TEST_CASE("01_001: creates") {}\n'
            f"TEST_CASE({PREFIX}42_002_is_refused) {{}}\n"
            "// 04_001\n"
        ),
    }


class CheckTags(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.tree = good_tree()
        self.expected = ["1=3", "2=3"]

    def run_check(self) -> tuple[int, list[str]]:
        for name, text in self.tree.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        arguments = ["--root", str(self.root)]
        for expectation in self.expected:
            arguments += ["--expect", expectation]
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            status = check_tags.main(arguments)
        return status, output.getvalue().splitlines()

    def assert_passes(self) -> list[str]:
        status, lines = self.run_check()
        self.assertEqual((status, [line for line in lines if line.startswith("error")]), (0, []))
        return lines

    def assert_fails_with(self, *expected: str) -> None:
        """Exactly these breaches, each in one line, and exit status 1."""
        status, lines = self.run_check()
        errors = [line.removeprefix("error: ") for line in lines if line.startswith("error: ")]
        self.assertEqual((status, sorted(errors)), (1, sorted(expected)))

    def line_of(self, name: str, text: str) -> str:
        lines = self.tree[name].splitlines()
        return f"{name}:{next(i for i, line in enumerate(lines, 1) if text in line)}"


class GoodTree(CheckTags):
    def test_passes_with_the_waiting_tags_and_the_summary(self) -> None:
        self.assertEqual(
            self.assert_passes(),
            [
                f"untested: {PREFIX}01_063 (generation 1 2 3): cannot be provoked",
                "traceability: 4 tags, 4 in code, 3 in tests, 1 waiting for fault injection",
            ],
        )

    def test_passes_with_nothing_waiting(self) -> None:
        self.tree[UNTESTED] = "# Waiting\n\n" + HEADER
        self.tree["tests/contract/d.cpp"] = "// 01_063\n"
        self.assertEqual(
            self.assert_passes(),
            ["traceability: 4 tags, 4 in code, 4 in tests, 0 waiting for fault injection"],
        )


class MissingMention(CheckTags):
    def test_tag_without_code(self) -> None:
        self.tree["include/c_pal/b.h"] = "/* nothing */\n"
        place = self.line_of(REQUIREMENTS, "04_001")
        self.assert_fails_with(f"{place}: {PREFIX}04_001: not cited in src/ or include/")

    def test_waiting_tag_still_needs_code(self) -> None:
        self.tree["src/core/a.cpp"] = "// 01_001 42_002\n"
        place = self.line_of(REQUIREMENTS, "01_063")
        self.assert_fails_with(f"{place}: {PREFIX}01_063: not cited in src/ or include/")

    def test_tag_without_test(self) -> None:
        self.tree["tests/contract/c.cpp"] = "// 01_001 04_001\n"
        place = self.line_of(REQUIREMENTS, "42_002")
        self.assert_fails_with(f"{place}: {PREFIX}42_002: not cited in tests/ and not in {UNTESTED}")

    def test_code_is_no_test_and_a_test_is_no_code(self) -> None:
        self.tree["src/core/a.cpp"] = "// 42_002 01_063\n"
        self.tree["tests/contract/c.cpp"] = "// 01_001 04_001\n"
        one, two = self.line_of(REQUIREMENTS, "01_001"), self.line_of(REQUIREMENTS, "42_002")
        self.assert_fails_with(
            f"{one}: {PREFIX}01_001: not cited in src/ or include/",
            f"{two}: {PREFIX}42_002: not cited in tests/ and not in {UNTESTED}",
        )

    def test_empty_repository_misses_everything(self) -> None:
        for name in ("src/core/a.cpp", "include/c_pal/b.h", "tests/contract/c.cpp"):
            del self.tree[name]
        status, lines = self.run_check()
        self.assertEqual(status, 1)
        self.assertEqual(len([line for line in lines if line.startswith("error: ")]), 7)


class Untested(CheckTags):
    def test_stale_entry(self) -> None:
        self.tree["tests/sim/d.cpp"] = "\n// 01_063\n"
        place = self.line_of(UNTESTED, "01_063")
        self.assert_fails_with(
            f"{place}: {PREFIX}01_063: listed as untested, but a test names it (tests/sim/d.cpp:2)"
        )

    def test_unknown_entry(self) -> None:
        self.tree[UNTESTED] += f"| {PREFIX}09_999 | 1 | reason |\n"
        place = self.line_of(UNTESTED, "09_999")
        self.assert_fails_with(f"{place}: {PREFIX}09_999: no row in {REQUIREMENTS}")

    def test_entry_for_a_generation_without_the_tag(self) -> None:
        self.tree[UNTESTED] += f"| {PREFIX}42_002 | 1 2 | reason |\n"
        self.tree["tests/contract/c.cpp"] = "// 01_001 04_001\n"
        place = self.line_of(UNTESTED, "42_002")
        self.assert_fails_with(
            f"{place}: {PREFIX}42_002: lists a generation that does not have the tag"
        )

    def test_entry_without_reason(self) -> None:
        self.tree[UNTESTED] += f"| {PREFIX}42_002 | 1 | |\n"
        place = self.line_of(UNTESTED, "42_002")
        self.assert_fails_with(
            f"{place}: malformed row, expected '| {PREFIX}01_024 | 1 2 3 | text |'"
        )


class UnknownTag(CheckTags):
    def test_in_code(self) -> None:
        self.tree["src/core/d.cpp"] = f"\n\n// {PREFIX}01_999\n"
        self.assert_fails_with(
            f"src/core/d.cpp:3: {PREFIX}01_999: unknown tag, no row in {REQUIREMENTS}"
        )

    def test_in_tests(self) -> None:
        self.tree["tests/unit/d.c"] = f"/* {PREFIX}01_999 */\n"
        self.assert_fails_with(
            f"tests/unit/d.c:1: {PREFIX}01_999: unknown tag, no row in {REQUIREMENTS}"
        )

    def test_mistyped(self) -> None:
        self.tree["src/core/d.cpp"] = f"// {PREFIX}01_0011\n// {PREFIX}1_001\n"
        self.assert_fails_with(
            f"src/core/d.cpp:1: {PREFIX}01_0011: unknown tag, no row in {REQUIREMENTS}",
            f"src/core/d.cpp:2: {PREFIX}1_001: unknown tag, no row in {REQUIREMENTS}",
        )

    def test_unknown_short_form_is_only_a_number(self) -> None:
        self.tree["src/core/d.cpp"] = "// 01_999\n"
        self.assert_passes()


class Counts(CheckTags):
    def test_generation_1(self) -> None:
        self.expected = ["1=4", "2=3"]
        self.assert_fails_with(f"{REQUIREMENTS}: generation 1 has 3 tags, expected 4")

    def test_generation_2(self) -> None:
        self.expected = ["1=3", "2=2"]
        self.assert_fails_with(f"{REQUIREMENTS}: generation 2 has 3 tags, expected 2")

    def test_default_is_92_and_91(self) -> None:
        self.expected = []
        self.assert_fails_with(
            f"{REQUIREMENTS}: generation 1 has 3 tags, expected 92",
            f"{REQUIREMENTS}: generation 2 has 3 tags, expected 91",
        )


class Tables(CheckTags):
    def test_doubled_row(self) -> None:
        first = self.line_of(REQUIREMENTS, "01_001")
        self.tree[REQUIREMENTS] += ROW_1 + "\n"
        last = len(self.tree[REQUIREMENTS].splitlines())
        self.assert_fails_with(
            f"{REQUIREMENTS}:{last}: {PREFIX}01_001: second row, the first is {first}"
        )

    def test_malformed_rows(self) -> None:
        for row in (
            f"| {PREFIX}01_01 | 1 | number too short |",
            f"| {PREFIX}01_010 | 4 | no such generation |",
            f"| {PREFIX}01_010 | 1 1 | generation twice |",
            f"| {PREFIX}01_010 | | no generation |",
            f"| {PREFIX}01_010 | 1 | |",
            f"| {PREFIX}01_010 | 1 | text | more |",
        ):
            with self.subTest(row):
                self.tree = good_tree()
                self.tree[REQUIREMENTS] += row + "\n"
                place = self.line_of(REQUIREMENTS, row)
                self.assert_fails_with(
                    f"{place}: malformed row, expected '| {PREFIX}01_024 | 1 2 3 | text |'"
                )

    def test_missing_untested_file(self) -> None:
        del self.tree[UNTESTED]
        place = self.line_of(REQUIREMENTS, "01_063")
        self.assert_fails_with(
            f"{UNTESTED}: file not found",
            f"{place}: {PREFIX}01_063: not cited in tests/ and not in {UNTESTED}",
        )

    def test_missing_requirements_file(self) -> None:
        del self.tree[REQUIREMENTS]
        self.tree[UNTESTED] = HEADER
        self.tree["src/core/a.cpp"] = self.tree["tests/contract/c.cpp"] = "// 01_001\n"
        self.assert_fails_with(
            f"{REQUIREMENTS}: file not found",
            f"{REQUIREMENTS}: generation 1 has 0 tags, expected 3",
            f"{REQUIREMENTS}: generation 2 has 0 tags, expected 3",
        )


class WhereTagsCount(CheckTags):
    """Each case leaves the mention of 04_001 in the header to the given text."""

    def assert_mention(self, text: str, counts: bool, name: str = "include/c_pal/b.h") -> None:
        with self.subTest(text=text, name=name):
            del self.tree["include/c_pal/b.h"]
            (self.root / "include/c_pal/b.h").unlink(missing_ok=True)
            self.tree[name] = text
            if counts:
                self.assert_passes()
            else:
                place = self.line_of(REQUIREMENTS, "04_001")
                self.assert_fails_with(f"{place}: {PREFIX}04_001: not cited in src/ or include/")
            (self.root / name).unlink()
            self.tree = good_tree()

    def test_mentions(self) -> None:
        for text in (
            "// 04_001\n",
            "// first line \\\n   04_001\n",
            "/* several\n   lines 04_001 */\n",
            '"04_001: name"\n',
            'R"(04_001)"\n',
            'R"x(a )" 04_001)x"\n',
            '"a \\" // b" // 04_001\n',
            "'\"' // 04_001\n",
            "1'000 /* 04_001 */ + 2'0\n",
            f"Codes_{PREFIX}04_001\n",
        ):
            self.assert_mention(text, counts=True)

    def test_no_mentions(self) -> None:
        for text in (
            "int x = 04_001;\n",
            "// x04_001 04_0011 104_001 04_001_a\n",
            '"a" 04_001 "b"\n',
            "/* a */ 04_001 /* b */\n",
            "'\"' 04_001 '\"'\n",
        ):
            self.assert_mention(text, counts=False)

    def test_file_types(self) -> None:
        self.assert_mention("# 04_001 '04_001'\n", counts=False, name="src/notes.md")
        self.assert_mention("// 04_001\n", counts=True, name="src/deep/er/x.hpp")
        self.assert_mention("# 04_001\n", counts=True, name="src/x.py")
        self.assert_mention("// 04_001\n", counts=False, name="tools/x.cpp")

    def test_tests_of_the_check_itself_do_not_count(self) -> None:
        self.tree["tests/contract/c.cpp"] = "// 01_001 42_002\n"
        self.tree["tests/traceability/d.py"] = f"# 04_001 {PREFIX}01_999\n"
        place = self.line_of(REQUIREMENTS, "04_001")
        self.assert_fails_with(f"{place}: {PREFIX}04_001: not cited in tests/ and not in {UNTESTED}")


class CommandLine(unittest.TestCase):
    def test_wrong_arguments_exit_with_2(self) -> None:
        for arguments in (["--expect", "one"], ["--expect", "4=1"], ["--root", "/no/such/folder"]):
            with self.subTest(arguments), contextlib.redirect_stderr(io.StringIO()):
                with self.assertRaises(SystemExit) as stopped:
                    check_tags.main(arguments)
                self.assertEqual(stopped.exception.code, 2)


if __name__ == "__main__":
    unittest.main()
