"""Whether a row of samples grows; pure arithmetic, must not know what was measured."""

from collections.abc import Sequence
from itertools import combinations
from statistics import median
from typing import NamedTuple

WARM_UP = 0.3
"""The part of the time that does not count: caches fill, allocators find their level."""

MAX_POINTS = 200
"""More samples are thinned out: every pair of them is looked at."""


class Sample(NamedTuple):
    """at_s: since the beginning."""

    at_s: float
    value: float


class Trend(NamedTuple):
    """A line through the samples after the warm-up.

    grown: what the line gains from there to the end. first, last: medians of the first and the last third.
    """

    grown: float
    first: float
    last: float

    def grows(self, allowed: float) -> bool:
        """Whether both the line and the ends say that it became more, by more than `allowed`."""
        return self.grown > allowed and self.last - self.first > allowed / 2


def trend(samples: Sequence[Sample]) -> Trend | None:
    """The median of the slopes between all pairs, which no single peak moves; None of fewer than 9 samples that count.

    Source: Theil, A rank-invariant method of linear and polynomial regression analysis (1950).
    """
    if not samples:
        return None
    begin, end = samples[0].at_s, samples[-1].at_s
    kept = [each for each in samples if each.at_s >= begin + WARM_UP * (end - begin)]
    kept = kept[:: max(1, len(kept) // MAX_POINTS)]
    if len(kept) < 9:
        return None
    slopes = [(b.value - a.value) / (b.at_s - a.at_s) for a, b in combinations(kept, 2) if b.at_s > a.at_s]
    third = len(kept) // 3
    first, last = (median(each.value for each in part) for part in (kept[:third], kept[-third:]))
    return Trend(median(slopes) * (kept[-1].at_s - kept[0].at_s), first, last)
