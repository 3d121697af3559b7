#!/usr/bin/env python3
"""How long the way of an operation is: instructions of a round trip, outside of the kernel, as callgrind counts them.

The figures are those of docs/performance.md. What a compiler makes of the code differs, so the bounds are for the one
that the presets have.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "scripts"))
from callgrind import CallgrindError, of_one_more  # noqa: E402

SHORT = 2000  # when nothing happens for the first time any more
LONG = 4000

# The most that a round trip may take, of each face: what it takes here, and a little for other processors, for which the
# C library has other functions.
BOUNDS = {"own": 1915, "c_pal": 3500}
# What coroutines may add to callbacks that do the same, in a round trip: two sends and two receives. It is the target; they
# add 386, so this is no test yet.
COROUTINES_ADD = 150
# What a deadline on every receive may add to the own interface's, in percent: one for all, or to each its own, which has to
# be worked out.
TIMED_ADDS = 5


def check(program: str, what: str, bound: float) -> float:
    """What it takes."""
    measured = of_one_more([program, what], SHORT, LONG)
    print(f"{what}: {measured:.0f} instructions for a round trip, at most {bound:.0f}")
    if measured > bound:
        sys.exit("the way of an operation has become longer")
    return measured


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("what", choices=[*BOUNDS, "coroutines"])
    asked = parser.parse_args()
    try:
        if asked.what == "coroutines":
            by_callbacks = of_one_more([asked.program, "in_turn"], SHORT, LONG)
            print(f"in_turn: {by_callbacks:.0f} instructions for a round trip")
            check(asked.program, "coroutines", by_callbacks + COROUTINES_ADD)
            return
        measured = check(asked.program, asked.what, BOUNDS[asked.what])
        if asked.what == "own":
            for timed in ("timed", "timed_anew"):
                check(asked.program, timed, measured * (1 + TIMED_ADDS / 100))
    except CallgrindError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
