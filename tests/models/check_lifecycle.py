#!/usr/bin/env python3
"""Has spin look at every reachable state of lifecycle.pml.

    check_lifecycle.py safety      no use after free, no lost wake-up, no deadlock
    check_lifecycle.py liveness    close and destroy end, though other threads never stop calling
    check_lifecycle.py bugs        each planted bug is found
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

MODEL = Path(__file__).resolve().with_name("lifecycle.pml")
DEPTH = 2_000_000
MEGABYTES = 6000
STATES = re.compile(r"^\s*(\d+) states, stored", re.MULTILINE)
TIME = re.compile(r"^pan: elapsed time (\S+) seconds", re.MULTILINE)
VERDICT = re.compile(r"^pan:\d+: (.*) \(at depth", re.MULTILINE)


@dataclass(frozen=True)
class Configuration:
    """How many threads of each kind, and what is asked: a formula's name, or nothing for safety."""

    name: str
    users: int = 0
    openers: int = 0
    closers: int = 0
    destroyers: int = 0
    callbacks: int = 0  # threads of the pool
    operations: int = 0  # at most, at a time
    rounds: int = 1
    start_open: bool = True
    formula: str = ""
    quick: bool = True

    def macros(self) -> list[str]:
        values = {
            "USERS": self.users,
            "OPENERS": self.openers,
            "CLOSERS": self.closers,
            "DESTROYERS": self.destroyers,
            "CALLBACKS": self.callbacks,
            "MOST_OPERATIONS": self.operations,
            "ROUNDS": self.rounds,
            "SPURIOUS": 1,
        }
        macros = [f"-D{name}={value}" for name, value in values.items()]
        if self.start_open:
            macros.append("-DSTART_OPEN")
        if self.formula:
            macros += ["-DENDLESS", f"-DCHECK_{self.formula.upper()}"]
        return macros


SAFETY = [
    Configuration("calls", users=2, openers=1, closers=1, destroyers=1, start_open=False),
    Configuration("reopen", users=1, openers=1, closers=1, destroyers=1, rounds=2, start_open=False),
    Configuration("closers", users=2, closers=2, destroyers=1),
    Configuration("callbacks", users=1, closers=1, callbacks=3, operations=2),
    Configuration("callbacks and closers", users=2, closers=2, callbacks=3, operations=1),
    Configuration("one of each", users=1, openers=1, closers=1, destroyers=1, callbacks=3, operations=1,
                  start_open=False, quick=False),
    Configuration("all but open", users=2, closers=2, destroyers=1, callbacks=3, operations=1, quick=False),
    Configuration("two of each but callbacks", users=2, openers=1, closers=2, destroyers=1, start_open=False,
                  quick=False),
    Configuration("reopen, two closers", users=1, openers=1, closers=2, destroyers=1, rounds=2, start_open=False,
                  quick=False),
    Configuration("two operations", users=1, closers=1, destroyers=1, callbacks=3, operations=2, quick=False),
]

LIVENESS = [
    Configuration("close, endless users", users=2, closers=2, formula="close_ends"),
    Configuration("close, endless users and openers", users=1, openers=1, closers=1, start_open=False,
                  formula="close_ends"),
    Configuration("destroy, endless users", users=2, closers=1, destroyers=1, formula="destroy_ends"),
    Configuration("destroy, endless users and openers", users=1, openers=1, closers=1, destroyers=1, start_open=False,
                  formula="destroy_ends"),
    Configuration("close, endless callbacks", users=1, closers=1, callbacks=3, operations=1, formula="close_ends"),
    Configuration("close, endless callbacks and two closers", users=1, closers=2, callbacks=3, operations=1,
                  formula="close_ends", quick=False),
    Configuration("destroy, endless callbacks", users=1, closers=1, destroyers=1, callbacks=3, operations=1,
                  formula="destroy_ends", quick=False),
]

CALLS = Configuration("", users=1, openers=1, closers=1, destroyers=1, start_open=False)
CALLBACKS = Configuration("", users=1, closers=1, callbacks=3, operations=1)
STARVING = Configuration("", users=2, closers=1, formula="close_ends")

BUGS = {
    "BUG_CALLBACKS_NOT_AWAITED": CALLBACKS,
    "BUG_CALLS_NOT_AWAITED": CALLS,
    "BUG_CLOSER_LOOKS_AGAIN": CALLS,
    "BUG_DESTROY_DURING_CLOSE": CALLS,
    "BUG_FREE_WITHOUT_WAIT": CALLS,
    "BUG_LEAVER_LOOKS_AGAIN": CALLS,
    "BUG_LEAVER_WAKES_NO_DESTROYER": CALLS,
    "BUG_NO_CANCEL": CALLBACKS,
    "BUG_NO_DETACH": CALLBACKS,
    "BUG_NO_WAKE": CALLS,
    "BUG_NO_WAKE_AFTER_CLOSE": CALLS,
    "BUG_NO_WAKE_AFTER_FAILED_OPEN": CALLS,
    "BUG_NO_WAKE_AFTER_OPEN": CALLS,
    "BUG_OPENER_NOT_COUNTED": CALLS,
    "BUG_REFUSED_CALLS_COUNT": STARVING,
    "BUG_REFUSED_CALL_STAYS_COUNTED": CALLS,
    "BUG_SLEEP_WITHOUT_COMPARE": CALLS,
    "BUG_STATE_READ_BEFORE_THE_ADD": CALLS,
    "BUG_WAKE_BEFORE_CHANGE": CALLS,
}


def check(configuration: Configuration, scratch: Path, bug: str = "") -> str:
    """What spin's verifier prints about it."""
    folder = scratch / re.sub(r"\W+", "_", configuration.name + bug)
    folder.mkdir(parents=True, exist_ok=True)
    plant = [f"-D{bug}"] if bug else []
    # A verifier that runs for a few seconds takes longer to be optimised than it gains.
    compiler = ["gcc", "-O0" if bug or configuration.quick else "-O2", "-w", "-DCOLLAPSE", f"-DMEMLIM={MEGABYTES}"]
    verifier = [str(folder / "pan"), f"-m{DEPTH}"]
    if configuration.formula:
        compiler.append("-DNFAIR=3")  # room for the fairness of more than six threads
        verifier += ["-a", "-f", "-N", configuration.formula]
    else:
        compiler.append("-DSAFETY")
    commands = [
        ["spin", *configuration.macros(), *plant, "-a", str(MODEL)],
        [*compiler, "-o", "pan", "pan.c"],
        verifier,
    ]
    for command in commands:
        done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0 and command is not verifier:
            raise SystemExit(f"{' '.join(command)}\n{done.stdout}")
    return done.stdout


def is_complete(said: str) -> bool:
    incomplete = ("max search depth too small", "out of memory", "Search not completed", "VECTORSZ")
    return "errors: 0" in said and not any(sign in said for sign in incomplete)


def check_all(configurations: list[Configuration], scratch: Path) -> int:
    failures = 0
    for configuration in configurations:
        said = check(configuration, scratch)
        states, time = STATES.search(said), TIME.search(said)
        if is_complete(said) and states and time:
            print(f"{configuration.name}: {int(states[1]):,} states, {time[1]} s, no error", flush=True)
        else:
            failures += 1
            print(f"{configuration.name}: FAILED\n{said}", flush=True)
    return failures


def check_bugs(scratch: Path) -> int:
    planted = set(re.findall(r"^#if(?:n?def) (BUG_\w+)", MODEL.read_text(encoding="utf-8"), re.MULTILINE))
    if planted != set(BUGS):
        raise SystemExit(f"the model and the list differ: {sorted(planted ^ set(BUGS))}")
    with ThreadPoolExecutor(2) as pool:
        said = dict(zip(BUGS, pool.map(lambda bug: check(BUGS[bug], scratch, bug), BUGS)))
    missed = 0
    for bug, text in said.items():
        verdict = VERDICT.search(text)
        print(f"{bug}: {verdict[1] if verdict else 'NOT FOUND'}")
        missed += verdict is None
    print(f"{len(BUGS) - missed} of {len(BUGS)} found")
    return missed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("question", choices=["safety", "liveness", "bugs"])
    parser.add_argument("--scratch", type=Path, required=True, help="folder for the verifiers")
    parser.add_argument("--slow", action="store_true", help="the large configurations, instead of the quick ones")
    options = parser.parse_args()
    scratch = options.scratch.resolve() / (options.question + ("_slow" if options.slow else ""))
    if options.question == "bugs":
        return 1 if check_bugs(scratch) else 0
    configurations = SAFETY if options.question == "safety" else LIVENESS
    return 1 if check_all([each for each in configurations if each.quick != options.slow], scratch) else 0


if __name__ == "__main__":
    sys.exit(main())
