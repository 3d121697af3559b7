"""How `./dev bench` builds the benchmark programs and calls them."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench_plan import Contender, Run

ROOT = Path(__file__).resolve().parents[1]
WINE = ROOT / "cmake" / "run-with-wine.sh"
PRESETS = {"linux": "linux", "windows": "mingw"}
PACKAGES = {"linux": ("build", "bench"), "windows": ("build", "bench", "wine")}
TIMEOUT_SECONDS = 120
ATTEMPTS = 3  # Wine programs were seen to die for reasons of Wine's


class BenchError(Exception):
    """What went wrong, in one line."""


@dataclass(frozen=True)
class Times:
    """Milliseconds."""

    warm_up: int
    duration: int
    short: int


FULL = Times(200, 1000, 200)
QUICK = Times(80, 400, 100)


def prepare(platform: str, target: str = "bench") -> None:
    subprocess.run([ROOT / "scripts" / "packages.sh", *PACKAGES[platform]], check=True)
    build(platform, target)


def build(platform: str, target: str, root: Path = ROOT, *options: str) -> None:
    script = [root / "scripts" / "build.sh", PRESETS[platform], target, "-DASYNC_SOCKET_BUILD_BENCH=ON"]
    subprocess.run([*script, *options], check=True)


def pin_wine_server(prefix: str) -> None:
    """The server of this folder may have been started by somebody else, on all processors."""
    wanted = f"WINEPREFIX={prefix}".encode()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "comm").read_text().startswith("wineserver") and wanted in (
                process / "environ"
            ).read_bytes().split(b"\0"):
                os.sched_setaffinity(int(process.name), {0})
        except OSError:
            continue  # ended meanwhile, or another user's


@contextmanager
def held_wine() -> Iterator[None]:
    """One idle program keeps Wine's server, which takes a second to start; it ends with its input."""
    prefix = os.environ.setdefault("WINEPREFIX", str(ROOT / "build" / "wine-prefix"))
    pinned = ["taskset", "--cpu-list", "0", str(WINE), "cmd.exe"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run([*pinned, "/c", "exit"], stdin=subprocess.DEVNULL, check=True, timeout=TIMEOUT_SECONDS, **quiet)
    holder = subprocess.Popen(pinned, stdin=subprocess.PIPE, **quiet)
    try:
        pin_wine_server(prefix)
        yield
    finally:
        holder.stdin.close()
        try:
            holder.wait(20)
        except subprocess.TimeoutExpired:
            holder.kill()
            holder.wait()


def command(contender: Contender, run: Run, times: Times, root: Path) -> list[str]:
    folder = root / "build" / PRESETS[contender.platform] / "bench"
    if contender.platform == "windows":
        program = [str(WINE), str(folder / f"bench_{contender.program}.exe")]
    else:
        program = [str(folder / f"bench_{contender.program}")]
    duration = times.short if run.is_short else times.duration
    timing = f"--processors {contender.cores} --warm-up-ms {times.warm_up} --duration-ms {duration}"
    return ["taskset", "--cpu-list", contender.cores, *program,
            *shlex.split(f"{run.arguments} {contender.options} {timing}")]  # fmt: skip


def measure(contender: Contender, run: Run, times: Times, root: Path = ROOT) -> dict[str, float]:
    """What the program of the tree `root` printed."""
    attempts = ATTEMPTS if contender.platform == "windows" else 1
    said = ""
    for _ in range(attempts):
        try:
            done = subprocess.run(command(contender, run, times, root), stdin=subprocess.DEVNULL,
                                  capture_output=True, text=True, timeout=TIMEOUT_SECONDS)  # fmt: skip
        except subprocess.TimeoutExpired:
            said = f"did not end in {TIMEOUT_SECONDS} s"
            continue
        if done.returncode == 0:
            return json.loads(done.stdout)
        said = f"status {done.returncode}: {done.stderr.strip()}"
    raise BenchError(f"{contender.key}, {run.key}: {said}")
