"""Which labels can be mistaken for each other, and by whom; must not know where labels are written.

Two labels are told apart by colour where they differ by LEAST_DIFFERENCE for that vision, else by their patterns.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from typing import Final, NamedTuple

from colors.difference import difference, lab_of
from colors.labels import Label
from colors.patterns import LEAST_DIFFERENCE as PATTERNS_APART
from colors.patterns import patterns_differ_by
from colors.vision import Vision, seen

COLOURS_APART: Final = 20.0
"""CIEDE2000. About 1 is just seen where two large fields touch; frames are thin, lie apart, and are remembered. The
nearest two standard labels, yellow and green, differ by 22.7 for normal vision."""


class Pair(NamedTuple):
    """Two labels as one vision has them. colours: CIEDE2000. patterns: share of a side, 0 to 1."""

    one: Label
    other: Label
    vision: Vision
    colours: float
    patterns: float

    @property
    def by_colour(self) -> bool:
        """Whether colour alone tells them apart."""
        return self.colours >= COLOURS_APART

    @property
    def by_pattern(self) -> bool:
        """Whether the pattern alone does."""
        return self.patterns >= PATTERNS_APART


def colours_differ_by(one: int, other: int, vision: Vision) -> float:
    """CIEDE2000 between two colours, 0xRRGGBB, as that vision has them."""
    return difference(lab_of(seen(one, vision)), lab_of(seen(other, vision)))


def pairs(labels: Iterable[Label]) -> list[Pair]:
    """Every two of them for every vision, the most alike first."""
    found = [
        Pair(one, other, vision, colours_differ_by(one.rgb, other.rgb, vision), apart)
        for one, other in combinations(labels, 2)
        for apart in (patterns_differ_by(one.pattern, other.pattern),)
        for vision in Vision
    ]
    return sorted(found, key=lambda pair: pair.colours)


def warnings(labels: Iterable[Label]) -> list[str]:
    """A line for every two that neither colour nor pattern tells apart, with the vision for which it is worst."""
    worst: dict[tuple[str, str], Pair] = {}
    for pair in pairs(labels):
        if not pair.by_colour and not pair.by_pattern:
            worst.setdefault((pair.one.name, pair.other.name), pair)
    return [
        f"{pair.other.name} looks like {pair.one.name} ({_eyes(pair.vision)}): their colours differ by"
        f" {pair.colours:.1f}, and less than {COLOURS_APART:.0f} is too little; give it another color or pattern"
        for pair in worst.values()
    ]


def _eyes(vision: Vision) -> str:
    return "normal vision" if vision is Vision.NORMAL else f"with {vision.value}"
