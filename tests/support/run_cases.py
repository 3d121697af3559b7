#!/usr/bin/env python3
"""Runs cases of a GoogleTest program in one process as far as that goes, and reports each case by itself.

    run_cases.py list  PROGRAM ...  writes CTest's list of tests: one for a few cases of a suite
    run_cases.py run   PROGRAM ...  is such a test: runs its cases, writes a report that scripts/count_tests.py counts

A process for each of thousands of cases takes longer than the cases. Nothing is lost by sharing one: a case that ends
the process, or takes longer than its limit, has failed, is named, and those behind it run in a new process. If a
process fails although its cases passed (a leak that is found at the end), each of them is run once more, alone. With
ASYNC_SOCKET_ALONE set in the environment every case has a process of its own (./dev prove).

Wine 8 itself sometimes ends a program: 3 of 1,035 died of a signal after all their tests had passed. A crash of the
program looks different, Wine makes an exit code of it (5 for an access violation). So with --wine the case during which
Wine failed is tried again, twice: after a signal, after a failure of Wine's server, and after a program that failed
without a word, which no test does.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

ATTEMPTS = 3
LINES_OF_A_FAILURE = 60
RUNS = re.compile(r"\[ RUN      \] (\S+)$")
ENDS = re.compile(r"\[ +(OK|FAILED|SKIPPED) +\] (\S+?),? .*\(\d+ ms\)$")
WINE_FAILED = re.compile(r"^(wine client error|wineserver crashed|wine: a wine server)", re.MULTILINE)
SANITIZER = re.compile(r"Sanitizer:|runtime error:")


@dataclass
class Case:
    name: str
    verdict: str  # "passed", or why not
    output: str


@dataclass
class Run:
    """What became of one process."""

    ended: list[Case]
    interrupted: str | None  # the case during which it ended
    how: str  # "" if as it should
    is_wines: bool
    output: str


class Reader:
    """Takes a program's output to pieces, by case."""

    def __init__(self) -> None:
        self.ended: list[Case] = []
        self.running: str | None = None
        self.lines: list[str] = []
        self.since = time.monotonic()

    def line(self, text: str) -> None:
        if started := RUNS.search(text):
            self.running, self.lines, self.since = started[1], [], time.monotonic()
        elif self.running and (ended := ENDS.search(text)) and ended[2] == self.running:
            verdict = {"OK": "passed", "FAILED": "failed", "SKIPPED": "skipped"}[ended[1]]
            self.ended.append(Case(self.running, verdict, "\n".join(self.lines[-LINES_OF_A_FAILURE:])))
            self.running, self.since = None, time.monotonic()
        else:
            self.lines.append(text)


def status_text(status: int) -> str:
    return f"ended by signal {-status}" if status < 0 else f"ended with status {status}"


def run_once(options: argparse.Namespace, names: list[str]) -> Run:
    command = [*options.emulator, options.program, f"--gtest_filter={':'.join(names)}", "--gtest_color=no"]
    reader, pieces, how = Reader(), [], ""
    # A session of its own, to be ended as a whole. Its end is not that of its output: what Wine has started for
    # itself may keep that open.
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               start_new_session=True)  # fmt: skip
    end, output = os.pidfd_open(process.pid), process.stdout.fileno()
    os.set_blocking(output, False)
    rest, open_ended = b"", True
    while open_ended:
        ready, _, _ = select.select([end, output], [], [], max(0.0, reader.since + options.limit - time.monotonic()))
        if not ready:
            how = f"still running after {options.limit} s"
            os.killpg(process.pid, signal.SIGKILL)
            break
        open_ended = end not in ready
        while chunk := read(output):
            pieces.append(chunk)
            *whole, rest = (rest + chunk).split(b"\n")
            for line in whole:
                reader.line(line.decode(errors="replace").rstrip("\r"))
    status = process.wait()
    os.close(end)
    process.stdout.close()
    if rest:
        reader.lines.append(rest.decode(errors="replace"))
    said = b"".join(pieces).decode(errors="replace")
    has_failed = any(case.verdict == "failed" for case in reader.ended)
    if not how and (reader.running is not None or not (status == 0 or (status == 1 and has_failed))):
        how = status_text(status)
    failed_itself = status < 0 or status > 128 or not said.strip() or WINE_FAILED.search(said) is not None
    is_wines = options.wine and how.startswith("ended") and status != 0 and failed_itself
    output_of_running = "\n".join(reader.lines[-LINES_OF_A_FAILURE:])
    return Run(reader.ended, reader.running, how, is_wines, output_of_running)


def read(output: int) -> bytes:
    try:
        return os.read(output, 1 << 16)
    except BlockingIOError:
        return b""


class Cases:
    """The cases of one test, until each has a verdict."""

    def __init__(self, options: argparse.Namespace, names: list[str]) -> None:
        self.options = options
        self.waiting = names
        self.done: dict[str, Case] = {}
        self.failures_of_wine = 0

    def settle(self, case: Case) -> None:
        self.done[case.name] = case
        self.waiting = [name for name in self.waiting if name != case.name]

    def next_names(self) -> list[str]:
        return self.waiting[:1] if self.options.alone else self.waiting

    def run(self) -> None:
        while self.waiting:
            names = self.next_names()
            run = run_once(self.options, names)
            for case in run.ended:
                self.settle(case)
            if run.how:
                self.judge(run, names)
            elif not run.ended:  # disabled, or not there
                self.settle(Case(names[0], "did not run", run.output))
            self.write()

    def judge(self, run: Run, names: list[str]) -> None:
        """A process that did not end as it should."""
        if run.is_wines and self.failures_of_wine + 1 < ATTEMPTS:
            self.failures_of_wine += 1
            print(f"Wine failed: {run.how} (attempt {self.failures_of_wine})", file=sys.stderr)
            if run.interrupted is None and run.ended:  # the result of the last case may not be all that it had to say
                self.waiting = [*self.waiting, run.ended[-1].name]
        elif run.interrupted is not None:
            self.settle(Case(run.interrupted, run.how, run.output))
        elif len(names) > 1 and run.ended:
            self.find_culprit(run)
        else:
            self.settle(Case(names[0], run.how, run.output))

    def find_culprit(self, run: Run) -> None:
        """Each of the cases passed, but not their process: each once more, alone."""
        culprits = [case for case in run.ended if SANITIZER.search(case.output)]
        for case in [] if culprits else run.ended:
            alone = run_once(self.options, [case.name])
            if alone.how:
                culprits.append(Case(case.name, f"{alone.how} after it had passed", alone.output))
        for case in culprits or run.ended[-1:]:
            verdict = run.how if case.verdict == "passed" else case.verdict
            self.settle(Case(case.name, verdict, case.output or run.output))

    def write(self) -> None:
        report = Path(self.options.report)
        report.parent.mkdir(parents=True, exist_ok=True)
        cases = [asdict(case) for case in self.done.values()]
        cases += [asdict(Case(name, "did not run", "")) for name in self.waiting]
        report.write_text(json.dumps(cases, indent=1), encoding="utf-8")


def run_cases(options: argparse.Namespace) -> int:
    cases = Cases(options, options.cases)
    cases.run()
    failed = [case for case in cases.done.values() if case.verdict != "passed"]
    for case in failed:
        print(f"{case.name}: {case.verdict}\n{case.output}\n")
    print(f"{len(cases.done) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


def suites_of(listing: str) -> dict[str, list[str]]:
    suites: dict[str, list[str]] = {}
    suite = ""
    for line in listing.splitlines():
        name = line.split("#")[0].strip()
        if name.endswith(".") and not line.startswith(" "):
            suite = name[:-1]
        elif line.startswith("  ") and suite:
            suites.setdefault(suite, []).append(f"{suite}.{name}")
    return suites


def quoted(words: list[str]) -> str:
    return " ".join(f"[==[{word}]==]" for word in words)


def list_tests(options: argparse.Namespace) -> int:
    command = [*options.emulator, options.program, f"--gtest_filter={options.filter}", "--gtest_list_tests"]
    listing = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=True).stdout
    text = ""
    for suite, cases in suites_of(listing).items():
        for first in range(0, len(cases), options.most):
            name = f"{options.prefix}/{suite}" + (f"#{first // options.most + 1}" if len(cases) > options.most else "")
            report = Path(options.reports) / f"{name.replace('/', '-')}.json"
            test = [sys.executable, "-B", __file__, "run", options.program, "--limit", options.limit, "--report", str(report)]
            test += ["--wine"] if options.wine else []
            test += ["--emulator", *options.emulator, "--cases", *cases[first : first + options.most]]
            text += f"add_test({quoted([name, *test])})\n"
            properties = [word for each in options.property for word in each.split("=", 1)]
            properties += ["COST", "20"] if options.first and re.search(options.first, suite) else []
            text += f"set_tests_properties({quoted([name, 'PROPERTIES', *properties])})\n"
    if not text:
        raise SystemExit(f"{options.program} has no tests")
    Path(options.output).write_text(text, encoding="utf-8")
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    verbs = parser.add_subparsers(dest="verb", required=True)
    listing, running = verbs.add_parser("list"), verbs.add_parser("run")
    for verb in (listing, running):
        verb.add_argument("program")
        verb.add_argument("--limit", required=True, help="seconds for one case")
        verb.add_argument("--wine", action="store_true", help="the emulator is Wine, which fails by itself")
        verb.add_argument("--emulator", nargs="*", default=[], help="what runs the program")
    listing.add_argument("--prefix", required=True)
    listing.add_argument("--filter", default="*")
    listing.add_argument("--most", type=int, required=True, help="cases that share a process")
    listing.add_argument("--first", help="a pattern of the suites to be started first, because they take longest")
    listing.add_argument("--reports", required=True, help="folder")
    listing.add_argument("--output", required=True)
    listing.add_argument("--property", action="append", default=[], help="of CTest, for each test: NAME=VALUE")
    running.add_argument("--report", required=True)
    running.add_argument("--cases", nargs="+", required=True)
    options = parser.parse_args()
    if options.verb == "list":
        return list_tests(options)
    options.limit = float(options.limit)
    options.alone = "ASYNC_SOCKET_ALONE" in os.environ
    return run_cases(options)


if __name__ == "__main__":
    sys.exit(main())
