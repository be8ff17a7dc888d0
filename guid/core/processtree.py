"""Which processes belong to one that was started; must not know how they were looked at.

Source: proc(5), /proc/PID/stat.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

STANDING: Final = frozenset("TtZXx")
"""States in which nothing runs: stopped, stopped by a tracer, ended."""


class Process(NamedTuple):
    """state: a letter. began: when it was started, in clock ticks: with the pid it names one process for ever.

    threads: how many there are; its state is that of the first, which may have ended before the others.
    """

    pid: int
    parent: int
    state: str
    began: int
    threads: int = 1


def process_in(stat: str) -> Process:
    """What /proc/PID/stat says. A program may be called ") R 1": its name ends at the last bracket."""
    before, _, after = stat.rpartition(")")
    fields = after.split()
    return Process(int(before.split(" ", 1)[0]), int(fields[1]), fields[0], int(fields[19]), int(fields[17]))


def below(root: int, processes: Iterable[Process]) -> list[Process]:
    """All that `root` has started, and what these have; parents before children."""
    children: dict[int, list[Process]] = {}
    for process in processes:
        children.setdefault(process.parent, []).append(process)
    found = list(children.get(root, ()))
    for process in found:  # grows meanwhile
        found += children.get(process.pid, ())
    return found
