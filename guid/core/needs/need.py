"""One thing that Vitrail needs; must not know which there are.

Words and commands name what was seen as `{seen.…}`, and one of several lacking things as `{item}`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from guid.core.needs.mending import Mending
from guid.core.needs.seen import Seen


class Group(Enum):
    """Under which a need is shown. The name is a word for the command line."""

    PROGRAMS = "programs"
    SANDBOX = "sandboxes"
    DESKTOP = "the desktop"
    FILES = "files"
    EXTRAS = "what only some qubes use"


class Weight(Enum):
    """What it means when it lacks."""

    NEEDED = "needed"
    """No qube can be used: `vitrail doctor` returns 1."""
    WANTED = "wanted"
    """Qubes can be used, and something is worse, or missing in some."""


NEEDED, WANTED = Weight.NEEDED, Weight.WANTED


@dataclass(frozen=True, slots=True)
class Need:
    """One thing.

    looks: what is looked at. without: what it means for the person when it lacks. lacking: what lacks, one item for
    each finding; none: it is there. words: of a finding. mends: how. after: needs without which nothing can be said of
    it. good: a remark on it when it is there, "" mostly.
    """

    name: str
    group: Group
    weight: Weight
    looks: str
    without: str
    lacking: Callable[[Seen], Sequence[Any]]
    words: str
    mends: Mending
    after: tuple[str, ...] = ()
    good: Callable[[Seen], str] = lambda _seen: ""


def unless(holds: Callable[[Seen], object]) -> Callable[[Seen], Sequence[Any]]:
    """One finding unless it holds."""
    return lambda seen: () if holds(seen) else ("",)


def without(*programs: str) -> Callable[[Seen], Sequence[Any]]:
    """One finding if a program is not there."""
    return unless(lambda seen: seen.programs.paths.keys() >= set(programs))
