"""Medians, spreads and ratios of what was measured."""

from __future__ import annotations

import random
import statistics
from dataclasses import dataclass

from bench_plan import COMPARISONS, CONTENDERS, FIGURES, Comparison, Figure

RESAMPLES = 2000
CONFIDENCE = 0.95
QUIET_SHARE = 0.95


@dataclass(frozen=True)
class Sample:
    """What one program printed in one round."""

    round: int
    run: str
    contender: str
    numbers: dict[str, float]


@dataclass(frozen=True)
class Ratio:
    comparison: Comparison
    figure: Figure
    median: float
    noise: float  # half of the interval in which the median lies, as far as these rounds can tell
    bound: float | None

    @property
    def margin(self) -> float:
        """How much better than the bound; negative: worse."""
        assert self.bound is not None
        return self.median - self.bound if self.figure.more_is_better else self.bound - self.median

    @property
    def is_missed(self) -> bool:
        return self.bound is not None and self.margin < -self.noise


def own_time(sample: Sample) -> float:
    """How much of the measured time the processors were the program's or idle.

    With other programs at work, rates would say how the system deals out its time: a program of several threads
    gets more of it. What is less than a quiet machine's crumbs is not corrected, since it is known in steps of 10 ms.
    """
    share = 1 - sample.numbers["others_seconds"] / sample.numbers["seconds"]
    return share if share < QUIET_SHARE else 1.0


def values(samples: list[Sample], contender: str, figure: Figure) -> dict[int, float]:
    """By round."""
    return {
        sample.round: sample.numbers[figure.member] * figure.scale / (own_time(sample) if figure.is_rate else 1)
        for sample in samples
        if sample.contender == contender and sample.run == figure.run
    }


def noise(ratios: list[float]) -> float:
    """Half the width of the bootstrap interval of their median; the same for the same ratios."""
    chance = random.Random(len(ratios))
    medians = sorted(statistics.median(chance.choices(ratios, k=len(ratios))) for _ in range(RESAMPLES))
    left_out = int(RESAMPLES * (1 - CONFIDENCE) / 2)
    return (medians[-1 - left_out] - medians[left_out]) / 2


def paired(ours: dict[int, float], peers: dict[int, float]) -> list[float]:
    """Ours divided by the peer's, round by round."""
    return [ours[each] / peers[each] for each in sorted(ours.keys() & peers.keys()) if peers[each] > 0]


def ratios(samples: list[Sample], platform: str) -> list[Ratio]:
    """Ours against each peer, pairwise within each round, then the median of the rounds."""
    found = []
    for comparison in COMPARISONS:
        if comparison.platform != platform:
            continue
        for figure in FIGURES.values():
            by_round = paired(values(samples, comparison.ours, figure), values(samples, comparison.peer, figure))
            if by_round:
                bound = comparison.bounds.get(figure.key)
                found.append(Ratio(comparison, figure, statistics.median(by_round), noise(by_round), bound))
    return found


def contenders_of(samples: list[Sample]) -> list[str]:
    seen = {sample.contender for sample in samples}
    return [key for key in CONTENDERS if key in seen]


def processor_share(samples: list[Sample]) -> float:
    """Of the processors, what others did not have, in the median."""
    return statistics.median(1 - sample.numbers["others_seconds"] / sample.numbers["seconds"] for sample in samples)
