"""The programs that must notice a bug in the library, in the order in which they find most in least time."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path
from planting import ROOT

# A bug may be a loop without end, or a wait: so many times what the library as it is needs, and never less than this.
LIMIT_FACTOR = 5
LIMIT_CPU_SECONDS = 10
LIMIT_SECONDS = 300
LIMIT_BYTES = {"linux-tests": 16 << 30, "tsan": resource.RLIM_INFINITY}  # TSan maps far more than it uses

# For each preset.
SUITES = {
    "linux-tests": [
        ["tests/sim/sim_scenarios", "--schedules", "24"],
        ["tests/sim/sim_first_use"],
        ["tests/sim/sim_api_tests", "--gtest_brief=1"],
        ["tests/sim/sim_fault_sweep"],
        ["tests/unit/unit_core_tests", "--gtest_brief=1"],
        ["tests/sim/sim_unit_tests", "--gtest_brief=1"],
        ["tests/sim/sim_prove", "--seeds", "2000"],
        ["tests/sim/sim_prove", "--own", "--seeds", "2000"],
        ["tests/sim/sim_scenarios"],
        ["tests/sim/sim_prove", "--first", "2001", "--seeds", "18000"],
    ],
    "tsan": [
        ["tests/sim/sim_free_orders"],
    ],
}


def succeeds(command: list[str | Path]) -> bool:
    """Shows the output if it does not."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        print(done.stdout[-3000:], done.stderr[-3000:], file=sys.stderr)
    return done.returncode == 0


class Suite:
    """The programs of one build folder."""

    def __init__(self, build: Path, preset: str = "linux-tests") -> None:
        self.build = build
        self.preset = preset
        self.limits = {tuple(command): LIMIT_SECONDS for command in SUITES[preset]}  # of a processor

    def configure(self, option: str) -> bool:
        """With one option of cmake/planted.cmake."""
        return succeeds(["cmake", "--preset", self.preset, "-B", self.build, option])

    def build_program(self, command: list[str]) -> bool:
        return succeeds(["cmake", "--build", self.build, "--target", Path(command[0]).name])

    def build_all(self) -> bool:
        return all(self.build_program(command) for command in SUITES[self.preset])

    def measure(self) -> str | None:
        """Runs all with the library as it is, and nothing beside them. As finder; afterwards it knows its limits."""
        for command in SUITES[self.preset]:
            before = used_seconds()
            if (found_by := self.verdict(command, {})) is not None:
                return found_by
            self.limits[tuple(command)] = max(LIMIT_CPU_SECONDS, round(LIMIT_FACTOR * (used_seconds() - before)))
        return None

    def finder(self, variables: dict[str, str] | None = None) -> str | None:
        """The first program that fails or does not end; None if all pass. What has been built."""
        verdicts = (self.verdict(command, variables or {}) for command in SUITES[self.preset])
        return next((found_by for found_by in verdicts if found_by is not None), None)

    def build_and_find(self) -> str | None:
        """The same, but each program is built when it is its turn, since nearly always the first one finds it."""
        for command in SUITES[self.preset]:
            if not self.build_program(command):
                return "does not build"
            if (found_by := self.verdict(command, {})) is not None:
                return f"found by {found_by}"
        return None

    def verdict(self, command: list[str], variables: dict[str, str]) -> str | None:
        try:
            done = subprocess.run([self.build / command[0], *command[1:]], env={**os.environ, **variables},
                                  timeout=LIMIT_SECONDS, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL, preexec_fn=lambda: self.limit_resources(command))
        except subprocess.TimeoutExpired:
            return f"{command[0]} (no end)"
        if done.returncode == -signal.SIGXCPU:
            return f"{command[0]} (no end)"
        return command[0] if done.returncode != 0 else None

    def limit_resources(self, command: list[str]) -> None:
        seconds = self.limits[tuple(command)]
        resource.setrlimit(resource.RLIMIT_AS, (LIMIT_BYTES[self.preset], LIMIT_BYTES[self.preset]))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def used_seconds() -> float:
    """Of processors, by programs that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
