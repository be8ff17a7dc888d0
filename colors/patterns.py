"""The patterns a frame can wear: marks along its sides, as numbers; must not know colours, labels or a display.

A pattern is a rhythm, as lighthouses have: it is the same along all four sides, and a side only two pixels thick has
room for it. What keeps it harmless is arithmetic, held by tests:

* It never moves, blinks, or depends on anything that a qube says. Source: WCAG 2.2, 2.3.1.
* Every mark and every gap is LEAST_PX long or longer, so that no pixel alternates with its neighbour: such a frame
  would shimmer when its window moves by a pixel, or is drawn smaller by a compositor.
* Marks begin and end square to the side. Diagonal stripes seem to crawl along a side that moves, and turn into steps.
* At most half of a side is marks: the label's colour prevails.
* Stripes that are seen as one pattern are a hazard from 0.006 sr on (Harding and others, "Photic- and Pattern-induced
  Seizures: Expert Consensus", Epilepsia 46, 2005). The sides of a window that fills a screen of 1920 x 1080 px stay
  below that at 600 mm: 6,000 px by 3 px of 0.265 mm are 0.0035 sr.
"""

from math import lcm
from typing import Final, NamedTuple


class Run(NamedTuple):
    """Where a mark begins in its period, and how long it is; px at scale 1."""

    start: int
    length: int


class Pattern(NamedTuple):
    """Marks that repeat along a side.

    name: a word for people. words: what it looks like. period: px at scale 1. marks: in order, inside the period.
    """

    name: str
    words: str
    period: int
    marks: tuple[Run, ...]

    def marked(self, at: int, scale: int = 1) -> bool:
        """Whether there is a mark at `at`, device pixels from where the side begins."""
        place = at // scale % self.period
        return any(start <= place < start + length for start, length in self.marks)


LEAST_PX: Final = 4
"""0.1 degrees of 96 dots an inch from 600 mm, and more than what moving by a pixel or halving takes away."""

LEAD_PX: Final = 8
"""Where the first mark begins or later: as thick a side may be, at scale 1, so that a corner is always plain."""

PLAIN: Final = Pattern("plain", "no marks", 16, ())

PATTERNS: Final[dict[str, Pattern]] = {
    pattern.name: pattern
    for pattern in (
        PLAIN,
        Pattern("dots", "a dot, again and again", 16, (Run(8, 4),)),
        Pattern("pairs", "two dots", 32, (Run(8, 4), Run(16, 4))),
        Pattern("triples", "three dots", 48, (Run(8, 4), Run(18, 4), Run(28, 4))),
        Pattern("dashes", "dashes as long as their gaps", 32, (Run(8, 16),)),
        Pattern("bars", "long bars", 64, (Run(16, 32),)),
        Pattern("dot-dash", "a dot, then a dash", 48, (Run(8, 4), Run(20, 20))),
        Pattern("steps", "a dot, a short dash, a longer one", 64, (Run(8, 4), Run(20, 12), Run(40, 16))),
    )
}

LEAST_DIFFERENCE: Final = 0.25
"""Two patterns differ by this share of a side or more, however they are shifted; `patterns_differ_by` measures it."""


def patterns_differ_by(one: Pattern, other: Pattern) -> float:
    """The share of a side that differs when `other` is shifted to where it resembles `one` most; 0 to 1."""
    length = lcm(one.period, other.period)
    first = sum(1 << at for at in range(length) if one.marked(at))
    second = sum(1 << at for at in range(length) if other.marked(at))
    everything = (1 << length) - 1
    shifted = (second >> by | second << (length - by) & everything for by in range(length))
    return min((first ^ each).bit_count() for each in shifted) / length


def band(thickness: int) -> tuple[int, int]:
    """Between which rows of a side marks lie, px from the outside in; the end is exclusive.

    A third of the side is plain on either side of them, and 1 px outside at the least. thickness: px; below 2 there are
    none.
    """
    plain = max(1, thickness // 3)
    return plain, max(thickness - plain, min(plain + 1, thickness))
