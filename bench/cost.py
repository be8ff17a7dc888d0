"""Processor time of a steady load, process by process; knows pids, nothing of what they do."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from time import sleep

SETTLE_S = 0.05
"""The last update travels this long at most before its cost is read."""


def cpu_ns(pid: int) -> int:
    """Processor time of all threads of a process. Source: Linux, scheduler/sched-stats."""
    return sum(int((task / "schedstat").read_text().split()[0]) for task in Path(f"/proc/{pid}/task").iterdir())


def spent_s(pids: Mapping[str, int], load: Callable[[], None]) -> dict[str, float]:
    """Seconds of processor time that each process takes for `load`; ourselves under the name "client"."""
    watched = {**pids, "client": os.getpid()}
    before = {name: cpu_ns(pid) for name, pid in watched.items()}
    load()
    sleep(SETTLE_S)
    return {name: (cpu_ns(pid) - before[name]) / 1e9 for name, pid in watched.items()}
