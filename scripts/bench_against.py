"""`./dev bench --against COMMIT`: today's library against that of another commit, interleaved in one run."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import tarfile
import time
from argparse import Namespace
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from bench_plan import CONTENDERS, FIGURES, RUNS, Contender, Figure, Run, calls
from bench_report import legend, machine, markdown, write_csv
from bench_run import FULL, QUICK, ROOT, BenchError, build, held_wine, measure, prepare
from bench_statistics import QUIET_SHARE, Sample, noise, paired, processor_share, values

TARGET = "bench_async_socket"
# Two builds of the same sources differ by this much, by where their code and memory come to lie.
LEAST_NOISE = 0.01
LEAN = ("-DASYNC_SOCKET_BUILD_TESTS=OFF", "-DASYNC_SOCKET_BUILD_TOOLS=OFF")
WORDS = {True: ("slower", "faster"), False: ("larger", "smaller")}

Measure = Callable[[Contender, Run, Path], dict[str, float]]
Step = tuple[Run, list[Contender]]


@dataclass(frozen=True)
class Change:
    """A figure of today divided by the other commit's."""

    contender: str
    figure: Figure
    median: float
    noise: float

    @property
    def difference(self) -> int:
        """-1: worse by more than the noise; 1: better; 0: within the noise."""
        if abs(self.median - 1) <= max(self.noise, LEAST_NOISE):
            return 0
        return 1 if (self.median > 1) == self.figure.more_is_better else -1

    @property
    def verdict(self) -> str:
        worse, better = WORDS[self.figure.unit != "bytes"]
        return {-1: worse.upper(), 0: "within noise", 1: better}[self.difference]


def changes(today: list[Sample], other: list[Sample]) -> list[Change]:
    """One for each figure of each contender, by the rounds in which both were measured."""
    found = []
    for contender in CONTENDERS:
        for figure in FIGURES.values():
            by_round = paired(values(today, contender, figure), values(other, contender, figure))
            if by_round:
                found.append(Change(contender, figure, statistics.median(by_round), noise(by_round)))
    return found


def plan(platform: str, needed_only: bool, keys: tuple[str, ...]) -> list[Step]:
    """The runs of our own contenders; `keys`: only these runs."""
    steps = []
    for run, contenders in calls(platform, needed_only):
        ours = [each for each in contenders if each.program == "async_socket"]
        if ours and run.key in keys:
            steps.append((run, ours))
    return steps


def measure_rounds(steps: list[Step], rounds: int, other: Path, measure_one: Measure) -> tuple[list[Sample], list[Sample]]:
    """Today's samples and the other's. The two builds go in turn, the first in one round is the second in the next."""
    samples: dict[Path, list[Sample]] = {ROOT: [], other: []}
    for number in range(rounds):
        started = time.monotonic()
        for run, contenders in steps:
            for contender in contenders:
                for tree in (ROOT, other) if number % 2 == 0 else (other, ROOT):
                    samples[tree].append(Sample(number, run.key, contender.key, measure_one(contender, run, tree)))
        print(f"bench: round {number + 1} of {rounds}: {time.monotonic() - started:.0f} s", flush=True)
    return samples[ROOT], samples[other]


def suspects(steps: list[Step], found: list[Change]) -> list[Step]:
    """The steps of which a figure is worse."""
    worse = {(each.contender, each.figure.run) for each in found if each.difference < 0}
    narrowed = [(run, [each for each in ours if (each.key, run.key) in worse]) for run, ours in steps]
    return [(run, ours) for run, ours in narrowed if ours]


def merged(first: list[Change], again: list[Change]) -> list[Change]:
    """What was worse counts as it was found the second time: one of many rows is worse by chance."""
    second = {(each.contender, each.figure.key): each for each in again}
    return [second.get((each.contender, each.figure.key), each) if each.difference < 0 else each for each in first]


def judged(steps: list[Step], rounds: int, other: Path, measure_one: Measure) -> tuple[list[Change], list[Sample], list[Sample]]:
    """What changed, and the first rounds' samples, today's and the other's."""
    today, others = measure_rounds(steps, rounds, other, measure_one)
    found = changes(today, others)
    again = suspects(steps, found)
    if again:
        print("bench: what was worse is measured again, and counts as it is then", flush=True)
        found = merged(found, changes(*measure_rounds(again, rounds, other, measure_one)))
    return found, today, others


def table(found: list[Change], commit: str) -> str:
    rows = [[each.contender, each.figure.key, f"{each.median:.3f}", f"±{each.noise:.3f}", each.verdict] for each in found]
    width = [max(len(row[column]) for row in rows) for column in range(5)]
    padded = [[cell.ljust(size) for cell, size in zip(row, width)] for row in rows]
    return markdown(["", "", f"today / {commit}", "noise", ""], padded)


def tree_of(commit: str) -> tuple[str, Path]:
    """The commit's short name and its sources, below build/, where they stay for the next time."""
    asked = ["git", "-C", ROOT, "rev-parse", "--verify", "--quiet", "--short=12", f"{commit}^{{commit}}"]
    done = subprocess.run(asked, capture_output=True, text=True)
    if done.returncode != 0:
        raise BenchError(f"'{commit}' is no commit of this repository")
    name = done.stdout.strip()
    tree = ROOT / "build" / "against" / name
    if not tree.exists():
        unfinished = tree.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        with subprocess.Popen(["git", "-C", ROOT, "archive", name], stdout=subprocess.PIPE) as archive:
            with tarfile.open(fileobj=archive.stdout, mode="r|") as files:
                files.extractall(unfinished)
        unfinished.rename(tree)
    return name, tree


def compare_platform(platform: str, options: Namespace, commit: str, tree: Path) -> bool:
    """True if something is worse by more than its noise, twice."""
    times = QUICK if options.quick else FULL
    steps = plan(platform, options.quick, options.only)
    if not steps:
        raise BenchError(f"{platform}: none of our runs is among {', '.join(options.only)}")

    def measure_one(contender: Contender, run: Run, root: Path) -> dict[str, float]:
        return measure(contender, run, times, root)

    print(f"\nbench: {platform}, today against {commit}", flush=True)
    with held_wine() if platform == "windows" else nullcontext():
        found, today, other = judged(steps, options.rounds, tree, measure_one)
    print(f"\n{machine(platform)}\n\n{legend(today)}\n\n{table(found, commit)}\n")
    share = processor_share(today + other)
    if share < QUIET_SHARE:
        print(f"bench: others had {1 - share:.0%} of the processors; rates are of the time that was left\n")
    folder = ROOT / "build" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    write_csv(folder / f"against-{platform}-today.csv", today)
    write_csv(folder / f"against-{platform}-{commit}.csv", other)
    return any(each.difference < 0 for each in found)


def compare_with(options: Namespace) -> int:
    """The exit status."""
    commit, tree = tree_of(options.against)
    for platform in options.platforms:
        prepare(platform, TARGET)
        build(platform, TARGET, tree, *LEAN)
    worse = [platform for platform in options.platforms if compare_platform(platform, options, commit, tree)]
    if worse:
        print(f"bench: worse than {commit} by more than the noise on {' and '.join(worse)}")
    else:
        print(f"bench: nothing is worse than {commit} by more than the noise")
    return 1 if worse else 0
