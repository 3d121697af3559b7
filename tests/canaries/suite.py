"""The programs that must notice a bug in the library, in the order in which they find most in least time."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path
from planting import ROOT

# All together take four seconds of a processor; a bug may be a loop without end, or a wait.
LIMIT_CPU_SECONDS = 30
LIMIT_SECONDS = 120
LIMIT_BYTES = {"linux-tests": 16 << 30, "tsan": resource.RLIM_INFINITY}  # TSan maps far more than it uses

# For each preset.
SUITES = {
    "linux-tests": [
        ["tests/sim/sim_scenarios"],
        ["tests/sim/sim_first_use"],
        ["tests/sim/sim_api_tests", "--gtest_brief=1"],
        ["tests/sim/sim_fault_sweep"],
        ["tests/unit/unit_core_tests", "--gtest_brief=1"],
        ["tests/sim/sim_unit_tests", "--gtest_brief=1"],
        ["tests/sim/sim_prove", "--seeds", "2000"],
        ["tests/sim/sim_prove", "--first", "2001", "--seeds", "18000"],
    ],
    "tsan": [
        ["tests/sim/sim_free_orders"],
    ],
}


def build_suite(folder: Path, option: str, preset: str = "linux-tests") -> bool:
    """Builds the programs with one option of cmake/planted.cmake; shows the output if that fails."""
    targets = sorted({Path(command[0]).name for command in SUITES[preset]})
    commands = [
        ["cmake", "--preset", preset, "-B", folder, option],
        ["cmake", "--build", folder, "--target", *targets],
    ]
    for command in commands:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        if done.returncode != 0:
            print(done.stdout[-3000:], done.stderr[-3000:], file=sys.stderr)
            return False
    return True


def limit_resources(preset: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (LIMIT_BYTES[preset], LIMIT_BYTES[preset]))
    resource.setrlimit(resource.RLIMIT_CPU, (LIMIT_CPU_SECONDS, LIMIT_CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def finder(build: Path, variables: dict[str, str] | None = None, preset: str = "linux-tests") -> str | None:
    """The first program of a build folder that fails or does not end; None if all pass."""
    for command in SUITES[preset]:
        try:
            done = subprocess.run([build / command[0], *command[1:]], env={**os.environ, **(variables or {})},
                                  timeout=LIMIT_SECONDS, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL, preexec_fn=lambda: limit_resources(preset))
        except subprocess.TimeoutExpired:
            return f"{command[0]} (no end)"
        if done.returncode == -signal.SIGXCPU:
            return f"{command[0]} (no end)"
        if done.returncode != 0:
            return command[0]
    return None
