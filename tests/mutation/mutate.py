#!/usr/bin/env python3
"""Writes a copy of src/ in which every condition can be flipped (see flip.hpp), and the list of mutants.

usage: mutate.py TO     (TO/src/... and TO/mutants.json)
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from conditions import ROOT, Condition, find

sys.path.append(str(ROOT / "tests" / "canaries"))
from planting import copy_sources, write_if_changed  # noqa: E402


@dataclass
class Mutant:
    number: int
    file: str
    line: int
    text: str


def mutants_of(conditions: list[Condition]) -> list[Mutant]:
    """Numbered from 1 on: one for a condition, one for each label of a switch."""
    mutants: list[Mutant] = []
    for each in conditions:
        texts = [f"case {label} of {each.text}" for label in each.cases] if each.kind == "switch" else [each.text]
        for text in texts:
            mutants.append(Mutant(len(mutants) + 1, each.file, each.line, text))
    return mutants


def around(condition: Condition, number: int) -> tuple[str, str]:
    if condition.kind == "switch":
        return f"::mutation::divert({number}, ", "".join(f", {label}" for label in condition.cases) + ")"
    if condition.kind == "object":
        return f"::mutation::flip_object({number}, ", ")"
    return f"::mutation::flip({number}, static_cast<bool>(", "))"


def mutated(text: bytes, conditions: list[Condition], first_number: int) -> bytes:
    """The text with something around each condition. Conditions nest, so what opens later closes first."""
    insertions: list[tuple[int, int, int, str]] = []
    number = first_number
    for each in conditions:
        opening, closing = around(each, number)
        insertions.append((each.begin, 1, -each.end, opening))
        insertions.append((each.end, 0, -each.begin, closing))
        number += len(each.cases) if each.kind == "switch" else 1
    parts = []
    last = 0
    for place, _, _, inserted in sorted(insertions):
        parts += [text[last:place], inserted.encode()]
        last = place
    return b"".join([*parts, text[last:]])


def main() -> int:
    to = Path(sys.argv[1])
    conditions, in_macros = find()
    mutants = mutants_of(conditions)
    copy_sources(to / "src", except_for={each.file for each in conditions})
    for name in sorted({each.file for each in conditions}):
        mine = [each for each in conditions if each.file == name]
        first = next(mutant.number for mutant in mutants if mutant.file == name)
        write_if_changed(to / "src" / name, mutated((ROOT / "src" / name).read_bytes(), mine, first))
    listed = {"in_macros": in_macros, "mutants": [vars(each) for each in mutants]}
    write_if_changed(to / "mutants.json", json.dumps(listed, indent=1).encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
