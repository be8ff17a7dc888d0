"""Judges what was seen by the table of needs; must not look, nor print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from guid.core.needs.desktop import DESKTOP
from guid.core.needs.extras import EXTRAS
from guid.core.needs.files import FILES
from guid.core.needs.mending import install
from guid.core.needs.need import Need, Weight
from guid.core.needs.programs import PROGRAMS
from guid.core.needs.sandbox import SANDBOX
from guid.core.needs.seen import Seen
from guid.core.text import escaped

NEEDS: Final = (*PROGRAMS, *SANDBOX, *DESKTOP, *FILES, *EXTRAS)


class State(Enum):
    """How it is with a need."""

    GOOD = "good"
    LACKS = "lacks"
    UNKNOWN = "unknown"
    """It cannot be told, because something else lacks first."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that lacks. mend: the command, "" if no command on this machine does it."""

    words: str
    mend: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A need, and how it is with it. remark: on one that is there."""

    need: Need
    state: State
    findings: tuple[Finding, ...] = ()
    remark: str = ""


def examine(seen: Seen, needs: Sequence[Need] = NEEDS) -> tuple[Judged, ...]:
    """Every need in its order."""
    lacking: set[str] = set()
    judged: list[Judged] = []
    for need in needs:
        if lacking.intersection(need.after):
            lacking.add(need.name)
            judged.append(Judged(need, State.UNKNOWN))
            continue
        findings = tuple(_finding(need, seen, item) for item in need.lacking(seen))
        if findings:
            lacking.add(need.name)
        remark = "" if findings else escaped(need.good(seen))
        judged.append(Judged(need, State.LACKS if findings else State.GOOD, findings, remark))
    return tuple(judged)


def is_well(judged: Sequence[Judged]) -> bool:
    """Whether nothing lacks that is needed."""
    return not any(each.findings and each.need.weight is Weight.NEEDED for each in judged)


def all_packages(judged: Sequence[Judged], seen: Seen) -> str:
    """One command for all packages that lack; "" if there is one, or none."""
    wanted = {each.need.mends.packages(seen) for each in judged if each.findings} - {()}
    return install(seen, *sorted(name for packages in wanted for name in packages)) if len(wanted) > 1 else ""


def _finding(need: Need, seen: Seen, item: object) -> Finding:
    return Finding(escaped(need.words.format(seen=seen, item=item)), need.mends.command(seen, item))
