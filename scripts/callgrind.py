"""Instructions of a program outside of the kernel, as callgrind counts them."""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

TIMEOUT_SECONDS = 100


class CallgrindError(Exception):
    """The program failed; what it said."""


def of_busiest_thread(command: list[str]) -> int:
    """Of a whole run, the main thread apart, which prepares and waits. Which of the others does the work may be another
    one each time, and those that only look around by the clock do little."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(["valgrind", "--tool=callgrind", "--separate-threads=yes",
                               f"--callgrind-out-file={folder}/out", *command],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TIMEOUT_SECONDS)  # fmt: skip
        if done.returncode != 0:
            raise CallgrindError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
        totals = [re.search(r"^totals: (\d+)$", path.read_text(), re.MULTILINE)
                  for path in Path(folder).iterdir() if path.name != "out-01"]  # fmt: skip
    return max(int(total.group(1)) for total in totals if total is not None)


def of_one_more(command: list[str], short: int, long: int) -> float:
    """Of each of what a run does so many times, which is the command's last argument: a long run minus a short one,
    divided by how much longer it is. So what comes before and afterwards does not count."""
    return (of_busiest_thread([*command, str(long)]) - of_busiest_thread([*command, str(short)])) / (long - short)
