"""The conditions of the library's code: every place where the compiler makes a conditional jump.

A condition is taken apart at `&&`, `||` and `!`, so `a && !b` is two. Conditions inside macros (the log
level's, and those in a log message's arguments) are left out: their place in the text is the macro's.
"""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.append("/usr/lib/python3/dist-packages")  # Debian's module, in case this Python is not Debian's
from clang.cindex import Cursor, CursorKind, Index, SourceLocation, TokenKind, TranslationUnit  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("core", "win32")
CASE_LABEL = re.compile(r"case\s+(?P<label>(?:[^:]|::)+?)\s*:(?!:)")
WITH_CONDITION_FIRST = (CursorKind.IF_STMT, CursorKind.WHILE_STMT, CursorKind.CONDITIONAL_OPERATOR)


@dataclass(frozen=True, order=True)
class Condition:
    file: str  # relative to src/
    begin: int  # offsets in the file
    end: int
    line: int
    kind: str  # "value"; "object": a variable declared in a condition; "switch": what a switch looks at
    text: str
    cases: tuple[str, ...] = ()  # of a switch


def arguments() -> list[str]:
    """How the simulation compiles the library."""
    resources = subprocess.run(["clang", "-print-resource-dir"], capture_output=True, text=True, check=True)
    return ["-x", "c++", "-std=c++20", "-D_WIN32", "-D_WIN32_WINNT=0x0A00", "-resource-dir", resources.stdout.strip(),
            f"-I{ROOT}/tests/sim/include", f"-I{ROOT}/tests/sim", f"-I{ROOT}/include", f"-I{ROOT}/src",
            "-include", f"{ROOT}/tests/sim/include/library_shims.hpp"]


class Finder:
    """Goes through one translation unit after the other; a header's conditions are found once."""

    def __init__(self) -> None:
        self.found: set[Condition] = set()
        self.in_macros = 0
        self.texts: dict[str, bytes] = {}

    def read(self, path: Path) -> None:
        unit = Index.create().parse(str(path), args=arguments())
        errors = [str(each) for each in unit.diagnostics if each.severity >= 3]
        if errors:
            raise RuntimeError("\n".join(errors))
        for cursor in unit.cursor.get_children():
            if self.name_of(cursor.location):
                self.visit(unit, cursor)

    def name_of(self, location: SourceLocation) -> str:
        """The file's name below src/, or "" if it is none of ours."""
        if location.file is None:
            return ""
        path = Path(location.file.name).resolve()
        for folder in FOLDERS:
            if path.is_relative_to(ROOT / "src" / folder):
                return path.relative_to(ROOT / "src").as_posix()
        return ""

    def source(self, name: str) -> bytes:
        if name not in self.texts:
            self.texts[name] = (ROOT / "src" / name).read_bytes()
        return self.texts[name]

    def visit(self, unit: TranslationUnit, cursor: Cursor) -> None:
        if cursor.kind == CursorKind.STATIC_ASSERT or is_constant(cursor):
            return
        children = list(cursor.get_children())
        if cursor.kind in WITH_CONDITION_FIRST:
            self.condition(children[0])
        elif cursor.kind == CursorKind.DO_STMT:
            self.condition(children[1])
        elif cursor.kind == CursorKind.FOR_STMT:
            self.condition(for_condition(cursor, children))
        elif cursor.kind == CursorKind.SWITCH_STMT:
            self.add(children[0], "switch", tuple(case_labels(cursor, self.source(self.name_of(cursor.location)))))
        elif logical_operator(cursor):
            self.condition(cursor)
        for child in children:
            self.visit(unit, child)

    def condition(self, cursor: Cursor | None) -> None:
        if cursor is None:
            return
        children = list(cursor.get_children())
        # What the compiler has put around an expression has its place; a rewritten `!=` has the call of `==` inside it,
        # which begins at the operator.
        inner = len(children) == 1 and (
            cursor.kind == CursorKind.PAREN_EXPR
            or (cursor.kind == CursorKind.UNEXPOSED_EXPR and children[0].extent == cursor.extent)
        )
        if inner:
            self.condition(children[0])
        elif logical_operator(cursor):
            for child in children:
                self.condition(child)
        elif cursor.kind == CursorKind.UNARY_OPERATOR and next(cursor.get_tokens()).spelling == "!":
            self.condition(children[0])
        elif cursor.kind == CursorKind.VAR_DECL:
            self.add(initial_value(cursor), "object")
        else:
            self.add(cursor, "value")

    def add(self, cursor: Cursor, kind: str, cases: tuple[str, ...] = ()) -> None:
        name = self.name_of(cursor.location)
        begin, end = cursor.extent.start.offset, cursor.extent.end.offset
        text = self.source(name)[begin:end].decode()
        if text == "" or text.startswith("LOG_"):
            self.in_macros += 1
            return
        self.found.add(Condition(name, begin, end, cursor.extent.start.line, kind, " ".join(text.split()), cases))


def is_constant(cursor: Cursor) -> bool:
    """A variable whose value the compiler computes, or a template of such ones: no jump is made for it."""
    if cursor.kind not in (CursorKind.VAR_DECL, CursorKind.UNEXPOSED_DECL):
        return False
    return "constexpr" in itertools.takewhile(lambda word: word != "=", (each.spelling for each in cursor.get_tokens()))


def logical_operator(cursor: Cursor) -> bool:
    if cursor.kind != CursorKind.BINARY_OPERATOR:
        return False
    left_end = next(iter(cursor.get_children())).extent.end.offset
    for token in cursor.get_tokens():
        if token.extent.start.offset >= left_end and token.kind == TokenKind.PUNCTUATION:
            return token.spelling in ("&&", "||")
    return False


def initial_value(variable: Cursor) -> Cursor:
    return list(variable.get_children())[-1]


def case_labels(cursor: Cursor, source: bytes) -> list[str]:
    """The labels of a switch, as written; from the text, since macros have no tokens of their own."""
    labels = []
    for child in cursor.get_children():
        if child.kind == CursorKind.CASE_STMT:
            labels.append(CASE_LABEL.match(source[child.extent.start.offset:].decode())["label"])
        labels += case_labels(child, source)
    return labels


def for_condition(loop: Cursor, children: list[Cursor]) -> Cursor | None:
    """The child between the two semicolons, if there is one."""
    semicolons = [each.extent.start.offset for each in loop.get_tokens() if each.spelling == ";"][:2]
    for child in children:
        if semicolons[0] < child.extent.start.offset and child.extent.end.offset <= semicolons[1]:
            return child
    return None


def find() -> tuple[list[Condition], int]:
    """All conditions in order, and how many were left out because they are in macros."""
    finder = Finder()
    for folder in FOLDERS:
        for path in sorted((ROOT / "src" / folder).rglob("*.cpp")):
            finder.read(path)
    return sorted(finder.found), finder.in_macros


if __name__ == "__main__":
    conditions, in_macros = find()
    for each in conditions:
        print(f"{each.file}:{each.line}: {each.kind}: {each.text}")
    print(f"{len(conditions)} conditions, {in_macros} inside macros left out")
