"""Instructions of a program outside of the kernel, as callgrind counts them."""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

TIMEOUT_SECONDS = 100


class CallgrindError(Exception):
    """The program failed; what it said."""


def of_each_thread(command: list[str]) -> dict[str, int]:
    """Of a whole run, by the number that valgrind gives a thread."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(["valgrind", "--tool=callgrind", "--separate-threads=yes",
                               f"--callgrind-out-file={folder}/out", *command],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TIMEOUT_SECONDS)  # fmt: skip
        if done.returncode != 0:
            raise CallgrindError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
        totals = {path.name: re.search(r"^totals: (\d+)$", path.read_text(), re.MULTILINE)
                  for path in Path(folder).iterdir()}  # fmt: skip
    return {thread: int(total.group(1)) for thread, total in totals.items() if total is not None}


def of_one_more(command: list[str], short: int, long: int) -> float:
    """Of each of what a run does so many times, which is the command's last argument: a long run minus a short one,
    divided by how much longer it is. So what comes before and afterwards does not count. Of the thread that has more to
    do in the long one: others look around by the clock, and theirs would be another number each time."""
    before, after = (of_each_thread([*command, str(count)]) for count in (short, long))
    return max(total - before.get(thread, 0) for thread, total in after.items()) / (long - short)
