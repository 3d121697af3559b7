#!/usr/bin/env python3
"""Compares the library with its peers: the same workloads, interleaved, round by round.

Windows programs run under Wine. The tables are printed; a full run leaves them, every measurement and a plot in
bench/results and in README.md, a quick one in build/bench. The exit status is 1 if a quick run finds a bound of
scripts/bench_plan.py missed by more than the noise, 2 if something could not be run.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

sys.dont_write_bytecode = True  # leaves no __pycache__ in the source tree
from bench_plan import CONTENDERS, Contender, Run, calls  # noqa: E402
from bench_report import absolute_table, bound_lines, legend, machine, page, ratio_table  # noqa: E402
from bench_report import figures_of, readme_section, write_csv, write_plot  # noqa: E402
from bench_statistics import QUIET_SHARE, Sample, processor_share, ratios  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
WINE = ROOT / "cmake" / "run-with-wine.sh"
PRESETS = {"linux": "linux", "windows": "mingw"}
PACKAGES = {"linux": ("build", "bench"), "windows": ("build", "bench", "wine")}
FEWEST_ROUNDS = 5
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


def rounds_from(text: str) -> int:
    if not text.isdigit() or not FEWEST_ROUNDS <= int(text) <= 1000:
        raise argparse.ArgumentTypeError(f"'{text}' is no number from {FEWEST_ROUNDS} to 1000")
    return int(text)


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="dev bench", description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--quick", action="store_true", help="only what has a bound, shortly; fails if one is missed")
    parser.add_argument("--rounds", type=rounds_from, default=FEWEST_ROUNDS, help=f"default {FEWEST_ROUNDS}")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--linux", action="store_const", dest="platforms", const=("linux",))
    which.add_argument("--windows", action="store_const", dest="platforms", const=("windows",))
    parser.set_defaults(platforms=("linux", "windows"))
    return parser.parse_args(arguments)


def prepare(platform: str) -> None:
    subprocess.run([ROOT / "scripts" / "packages.sh", *PACKAGES[platform]], check=True)
    build = [ROOT / "scripts" / "build.sh", PRESETS[platform], "bench", "-DASYNC_SOCKET_BUILD_BENCH=ON"]
    subprocess.run(build, check=True)


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


def command(contender: Contender, run: Run, times: Times) -> list[str]:
    folder = ROOT / "build" / PRESETS[contender.platform] / "bench"
    if contender.platform == "windows":
        program = [str(WINE), str(folder / f"bench_{contender.program}.exe")]
    else:
        program = [str(folder / f"bench_{contender.program}")]
    duration = times.short if run.is_short else times.duration
    timing = f"--processors {contender.cores} --warm-up-ms {times.warm_up} --duration-ms {duration}"
    return ["taskset", "--cpu-list", contender.cores, *program,
            *shlex.split(f"{run.arguments} {contender.options} {timing}")]  # fmt: skip


def measure(contender: Contender, run: Run, times: Times) -> dict[str, float]:
    attempts = ATTEMPTS if contender.platform == "windows" else 1
    said = ""
    for _ in range(attempts):
        try:
            done = subprocess.run(command(contender, run, times), stdin=subprocess.DEVNULL, capture_output=True,
                                  text=True, timeout=TIMEOUT_SECONDS)  # fmt: skip
        except subprocess.TimeoutExpired:
            said = f"did not end in {TIMEOUT_SECONDS} s"
            continue
        if done.returncode == 0:
            return json.loads(done.stdout)
        said = f"status {done.returncode}: {done.stderr.strip()}"
    raise BenchError(f"{contender.key}, {run.key}: {said}")


def run_rounds(platform: str, rounds: int, quick: bool) -> list[Sample]:
    samples = []
    plan = calls(platform, quick)
    for number in range(rounds):
        started = time.monotonic()
        for run, contenders in plan:
            turn = number % len(contenders)
            for contender in contenders[turn:] + contenders[:turn]:
                numbers = measure(contender, run, QUICK if quick else FULL)
                samples.append(Sample(number, run.key, contender.key, numbers))
        print(f"bench: {platform}, round {number + 1} of {rounds}: {time.monotonic() - started:.0f} s", flush=True)
    return samples


def show(platform: str, samples: list[Sample]) -> bool:
    """True if a bound was missed."""
    found = ratios(samples, platform)
    print(f"\n{machine(platform)}\n\n{legend(samples)}\n\n{absolute_table(samples)}\n")
    print(f"{ratio_table(found, figures_of(samples))}\n\n" + "\n".join(bound_lines(found)) + "\n")
    share = processor_share(samples)
    if share < QUIET_SHARE:
        print(f"bench: others had {1 - share:.0%} of the processors; rates are of the time that was left\n")
    return any(each.is_missed for each in found)


def update_readme(platform: str, samples: list[Sample]) -> None:
    """What stands between the platform's two marks is replaced."""
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    begin, end = f"<!-- bench {platform} -->\n", f"<!-- end of bench {platform} -->\n"
    if begin not in text or end not in text:
        raise BenchError(f"README.md has no marks for {platform}")
    before, after = text.split(begin)[0], text.split(end)[1]
    readme.write_text(f"{before}{begin}{readme_section(platform, samples)}\n{end}{after}", encoding="utf-8")


def leave(platform: str, samples: list[Sample], options: argparse.Namespace) -> None:
    folder = ROOT / "build" / "bench" if options.quick else ROOT / "bench" / "results"
    folder.mkdir(parents=True, exist_ok=True)
    write_csv(folder / f"{platform}.csv", samples)
    write_plot(folder / f"{platform}.svg", platform, samples)
    (folder / f"{platform}.md").write_text(page(platform, samples, options.rounds), encoding="utf-8")
    if not options.quick:
        update_readme(platform, samples)
    print(f"bench: {platform}: every measurement, the plot and the tables are in {folder.relative_to(ROOT)}")


def compare(platform: str, options: argparse.Namespace) -> bool:
    if platform == "windows":
        with held_wine():
            samples = run_rounds(platform, options.rounds, options.quick)
    else:
        samples = run_rounds(platform, options.rounds, options.quick)
    missed = show(platform, samples)
    leave(platform, samples, options)
    return missed


def main(arguments: list[str]) -> int:
    options = parse(arguments)
    try:
        for platform in options.platforms:
            prepare(platform)
        print(f"bench: load average before it starts: {os.getloadavg()[0]:.1f}")
        missed = [platform for platform in options.platforms if compare(platform, options)]
    except subprocess.CalledProcessError as error:
        print(f"bench: {error.cmd[0]} failed", file=sys.stderr)
        return 2
    except (BenchError, OSError, subprocess.TimeoutExpired) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2
    if missed:
        print(f"bench: missed on {' and '.join(missed)}", file=sys.stderr)
    return 1 if missed and options.quick else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
