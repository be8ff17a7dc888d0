"""Samples of two ways taken in turns, and what is said of them; knows nothing of what was measured."""

import statistics
from collections.abc import Callable, Sequence
from typing import NamedTuple


class Pair(NamedTuple):
    """What was measured and its floor, one list a round."""

    ours: list[list[float]]
    floor: list[list[float]]


def in_turns(rounds: int, ours: Callable[[], list[float]], floor: Callable[[], list[float]]) -> Pair:
    """Run both once a round, each first in every other one, so that what else the machine does hits both."""
    pair = Pair([], [])
    for number in range(rounds):
        for mine in (True, False) if number % 2 else (False, True):
            if mine:
                pair.ours.append(ours())
            else:
                pair.floor.append(floor())
    return pair


def percentile(samples: Sequence[float], percent: float) -> float:
    """The smallest sample that so many per cent do not exceed."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def ratio(pair: Pair) -> float:
    """Median over the rounds of (median of ours / median of the floor)."""
    rounds = zip(pair.ours, pair.floor, strict=True)
    return statistics.median(statistics.median(ours) / statistics.median(floor) for ours, floor in rounds)


def middle(rounds: Sequence[Sequence[float]]) -> float:
    """Median of all samples."""
    return statistics.median(flat(rounds))


def flat(rounds: Sequence[Sequence[float]]) -> list[float]:
    """All samples of all rounds."""
    return [sample for each in rounds for sample in each]
