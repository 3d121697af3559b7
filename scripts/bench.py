#!/usr/bin/env python3
"""Compares the library with its peers: the same workloads, interleaved, round by round.

Windows programs run under Wine. The tables are printed; a full run leaves them, every measurement and a plot in
bench/results and in README.md, a quick one in build/bench. The exit status is 1 if a quick run finds a bound of
scripts/bench_plan.py missed by more than the noise, or if --against finds something worse by more than the noise; 2 if
something could not be run.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time

sys.dont_write_bytecode = True  # leaves no __pycache__ in the source tree
from bench_against import compare_with  # noqa: E402
from bench_instructions import count_all  # noqa: E402
from bench_plan import RUNS, calls  # noqa: E402
from bench_report import absolute_table, bound_lines, legend, machine, page, ratio_table  # noqa: E402
from bench_report import figures_of, readme_section, write_csv, write_plot  # noqa: E402
from bench_run import FULL, QUICK, ROOT, BenchError, held_wine, measure, prepare  # noqa: E402
from bench_statistics import QUIET_SHARE, Sample, processor_share, ratios  # noqa: E402
from callgrind import CallgrindError  # noqa: E402

FEWEST_ROUNDS = 5


def rounds_from(text: str) -> int:
    if not text.isdigit() or not FEWEST_ROUNDS <= int(text) <= 1000:
        raise argparse.ArgumentTypeError(f"'{text}' is no number from {FEWEST_ROUNDS} to 1000")
    return int(text)


def runs_from(text: str) -> tuple[str, ...]:
    keys = tuple(text.split(","))
    unknown = [key for key in keys if key not in RUNS]
    if unknown:
        raise argparse.ArgumentTypeError(f"'{unknown[0]}' is none of {', '.join(RUNS)}")
    return keys


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="dev bench", description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--quick", action="store_true", help="only what has a bound, shortly; fails if one is missed")
    parser.add_argument("--rounds", type=rounds_from, default=FEWEST_ROUNDS, help=f"default {FEWEST_ROUNDS}")
    parser.add_argument("--against", metavar="COMMIT", help="compare with the library of that commit, not with peers")
    parser.add_argument("--only", type=runs_from, metavar="RUN,RUN..", help="with --against: these runs alone, of "
                        + ", ".join(RUNS))  # fmt: skip
    parser.add_argument("--instructions", action="store_true", help="count them, on Linux, and measure nothing")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--linux", action="store_const", dest="platforms", const=("linux",))
    which.add_argument("--windows", action="store_const", dest="platforms", const=("windows",))
    parser.set_defaults(platforms=("linux", "windows"))
    options = parser.parse_args(arguments)
    if options.only and options.against is None:
        parser.error("--only needs --against")
    if options.instructions and len(arguments) != 1:
        parser.error("--instructions takes no other option")
    options.only = options.only or tuple(RUNS)
    return options


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
    readme.write_text(f"{before}{begin}{readme_section(platform, samples)}\n\n{end}{after}", encoding="utf-8")


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


def compare_with_peers(options: argparse.Namespace) -> int:
    """The exit status."""
    for platform in options.platforms:
        prepare(platform)
    print(f"bench: load average before it starts: {os.getloadavg()[0]:.1f}")
    missed = [platform for platform in options.platforms if compare(platform, options)]
    if missed:
        print(f"bench: missed on {' and '.join(missed)}", file=sys.stderr)
    return 1 if missed and options.quick else 0


def main(arguments: list[str]) -> int:
    options = parse(arguments)
    try:
        if options.instructions:
            count_all()
            return 0
        return compare_with(options) if options.against is not None else compare_with_peers(options)
    except subprocess.CalledProcessError as error:
        print(f"bench: {error.cmd[0]} failed", file=sys.stderr)
        return 2
    except (BenchError, CallgrindError, OSError, subprocess.TimeoutExpired) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
