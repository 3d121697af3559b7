#!/usr/bin/env python3
"""Shows that `./dev bench --against COMMIT` says worse, better or neither only where the measurements do."""

from __future__ import annotations

import contextlib
import io
import sys
import unittest
from collections.abc import Callable
from pathlib import Path

sys.dont_write_bytecode = True  # leaves no __pycache__ in the source tree
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
import bench  # noqa: E402
from bench_against import Change, Step, judged, measure_rounds, plan, table  # noqa: E402
from bench_plan import CONTENDERS, RUNS, Contender, Run  # noqa: E402
from bench_run import FULL, command  # noqa: E402
from bench_statistics import noise  # noqa: E402

OTHER = Path("/other")
SCATTER = (1.00, 1.03, 0.98, 1.02, 0.97)  # of a machine that does something else, round by round
W3: list[Step] = [(RUNS["w3-100"], [CONTENDERS["async_socket"]])]


def printed(rate: float, memory: float = 1000.0) -> dict[str, float]:
    return {"rate": rate, "cpu_seconds_per_million": 1e6 / rate, "bytes_per_connection": memory,
            "others_seconds": 0.0, "seconds": 1.0}  # fmt: skip


class Bench:
    """Stands in for the programs; `ours(n)` is the rate of today's n-th call, the other's is always 1000."""

    def __init__(self, ours: Callable[[int], float]) -> None:
        self.ours = ours
        self.trees: list[Path] = []

    def __call__(self, contender: Contender, run: Run, tree: Path) -> dict[str, float]:
        self.trees.append(tree)
        return printed(1000.0 if tree == OTHER else self.ours(self.trees.count(ROOT) - 1))


class Against(unittest.TestCase):
    def changes(self, ours: Callable[[int], float]) -> dict[str, Change]:
        self.bench = Bench(ours)
        with contextlib.redirect_stdout(io.StringIO()):
            found, _, _ = judged(W3, len(SCATTER), OTHER, self.bench)
        return {each.figure.key: each for each in found}

    def verdicts(self, ours: Callable[[int], float]) -> dict[str, str]:
        return {key: each.verdict for key, each in self.changes(ours).items()}

    def test_a_difference_within_the_scatter_is_none(self) -> None:
        found = self.verdicts(lambda call: 995 * SCATTER[call % 5])
        self.assertEqual(found, {"W3-100": "within noise", "W5": "within noise"})

    def test_what_stays_slower_is_slower(self) -> None:
        found = self.verdicts(lambda call: 900 * SCATTER[call % 5])
        self.assertEqual(found, {"W3-100": "SLOWER", "W5": "SLOWER"})

    def test_what_is_faster_is_faster(self) -> None:
        self.assertEqual(self.verdicts(lambda call: 1200 * SCATTER[call % 5]), {"W3-100": "faster", "W5": "faster"})
        self.assertEqual(len(self.bench.trees), 10)  # nothing is asked twice

    def test_what_was_slower_once_only_is_not_slower(self) -> None:
        found = self.changes(lambda call: (900 if call < 5 else 1000) * SCATTER[call % 5])
        self.assertEqual({each.difference for each in found.values()}, {0})
        self.assertEqual(found["W3-100"].median, 1.0)  # what is shown is the second measurement
        self.assertEqual(len(self.bench.trees), 20)

    def test_a_difference_smaller_than_that_of_two_equal_builds_is_none(self) -> None:
        self.assertEqual(self.verdicts(lambda call: 992), {"W3-100": "within noise", "W5": "within noise"})
        self.assertEqual(self.verdicts(lambda call: 985), {"W3-100": "SLOWER", "W5": "SLOWER"})

    def test_more_memory_is_larger(self) -> None:
        def one(contender: Contender, run: Run, tree: Path) -> dict[str, float]:
            return printed(1000, 1000 if tree == OTHER else 1200)

        steps = [(RUNS["w6"], [CONTENDERS["async_socket"]])]
        with contextlib.redirect_stdout(io.StringIO()):
            found, _, _ = judged(steps, 5, OTHER, one)
        self.assertEqual([each.verdict for each in found], ["LARGER"])
        self.assertIn("1.200", table(found, "abc"))

    def test_the_noise_grows_with_the_scatter(self) -> None:
        self.assertEqual(noise([1.0] * 5), 0)
        self.assertLess(noise([1.0, 1.01, 0.99, 1.0, 1.0]), noise([1.0, 1.2, 0.8, 1.0, 1.1]))

    def test_the_two_builds_take_turns(self) -> None:
        self.bench = Bench(lambda call: 1000)
        with contextlib.redirect_stdout(io.StringIO()):
            measure_rounds(W3, 2, OTHER, self.bench)
        self.assertEqual(self.bench.trees, [ROOT, OTHER, OTHER, ROOT])

    def test_each_build_is_called_in_its_own_tree(self) -> None:
        called = command(CONTENDERS["async_socket"], RUNS["w1"], FULL, OTHER)
        self.assertIn("/other/build/linux/bench/bench_async_socket", called)


class Options(unittest.TestCase):
    def refused(self, *arguments: str) -> str:
        said = io.StringIO()
        with contextlib.redirect_stderr(said), self.assertRaises(SystemExit) as ended:
            bench.parse(list(arguments))
        self.assertEqual(ended.exception.code, 2)
        return said.getvalue()

    def test_against_takes_a_commit_and_perhaps_runs(self) -> None:
        options = bench.parse(["--against", "abc", "--quick", "--linux", "--only", "w4,w1"])
        self.assertEqual((options.against, options.only, options.platforms), ("abc", ("w4", "w1"), ("linux",)))
        self.assertEqual(bench.parse(["--against", "abc"]).only, tuple(RUNS))
        self.assertEqual(bench.parse([]).against, None)

    def test_what_makes_no_sense_is_refused(self) -> None:
        self.assertIn("'w9' is none of w1", self.refused("--against", "abc", "--only", "w1,w9"))
        self.assertIn("--only needs --against", self.refused("--only", "w1"))
        self.assertIn("expected one argument", self.refused("--against"))
        self.assertIn("--instructions takes no other", self.refused("--instructions", "--quick"))
        self.assertIn("no number from 5", self.refused("--against", "abc", "--rounds", "4"))

    def test_a_commit_that_is_none_is_an_error(self) -> None:
        for name in ("no-such-commit", "--help", ""):
            said = io.StringIO()
            with contextlib.redirect_stderr(said):
                self.assertEqual(bench.main([f"--against={name}"]), 2)
            self.assertIn("is no commit", said.getvalue())

    def test_the_plan_has_ours_alone(self) -> None:
        for platform in ("linux", "windows"):
            steps = plan(platform, True, tuple(RUNS))
            self.assertEqual({each.program for _, ours in steps for each in ours}, {"async_socket"})
            self.assertEqual({each.platform for _, ours in steps for each in ours}, {platform})
        self.assertEqual([run.key for run, _ in plan("linux", True, ("w4", "w1"))], ["w1", "w4"])


if __name__ == "__main__":
    unittest.main()
