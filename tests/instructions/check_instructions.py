#!/usr/bin/env python3
"""How long the way of an operation is: instructions of a round trip, outside of the kernel, as callgrind counts them.

A long run of a program minus a short one, divided by how many round trips it is longer: so what a program does before
and afterwards does not count. Only the thread that does the work is looked at, since the others look around by the clock.

The figures are those of docs/performance.md. What a compiler makes of the code differs, so the bounds are for the one
that the presets have.
"""

from __future__ import annotations

import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

SHORT = 2000  # in which the working thread has more to do than the others
LONG = 4000

# The most that a round trip may take, of each face: what it takes here, and a little for other processors, for which the
# C library has other functions.
BOUNDS = {"own": 1915, "c_pal": 3500}
# What a deadline on every receive may add to the own interface's, in percent.
TIMED_ADDS = 5


def of_busiest_thread(program: str, what: str, count: int) -> int:
    """Instructions of the whole run."""
    with tempfile.TemporaryDirectory() as folder:
        result = subprocess.run(["valgrind", "--tool=callgrind", "--separate-threads=yes",
                                 f"--callgrind-out-file={folder}/out", program, what, str(count)],
                                capture_output=True, text=True, timeout=100, check=False)
        if result.returncode != 0:
            sys.exit(f"{what} failed:\n{result.stdout}{result.stderr}")
        totals = [re.search(r"^totals: (\d+)$", path.read_text(), re.MULTILINE)
                  for path in pathlib.Path(folder).iterdir()]
    return max(int(total.group(1)) for total in totals if total is not None)


def of_round_trip(program: str, what: str) -> float:
    longer = of_busiest_thread(program, what, LONG) - of_busiest_thread(program, what, SHORT)
    return longer / (LONG - SHORT)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("what", choices=[*BOUNDS, "timed"])
    asked = parser.parse_args()
    measured = of_round_trip(asked.program, asked.what)
    if asked.what == "timed":
        bound = of_round_trip(asked.program, "own") * (1 + TIMED_ADDS / 100)
    else:
        bound = BOUNDS[asked.what]
    print(f"{asked.what}: {measured:.0f} instructions for a round trip, at most {bound:.0f}")
    if measured > bound:
        sys.exit("the way of an operation has become longer")


if __name__ == "__main__":
    main()
