"""How much memory a qube uses now, by its control group or its processes; must not know what a qube is.

Where there is no control group, memory that processes share with each other by a file is not counted, but for the pool:
who would have to be asked for it is each page. Source: Linux, cgroup-v2.rst, "memory.stat"; proc(5), /proc/PID/status.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

MAX_PROCESSES: Final = 256
"""Looked at for one qube at a time, at 30 us each: whoever starts more makes nobody wait for them."""
MAX_THREADS: Final = 1024
"""Asked for children, of all these processes together, at 15 us each."""
BLOCK_BYTES: Final = 512
"""Source: stat(2), st_blocks."""
OWN: Final = frozenset({"anon", "shmem"})
"""Of memory.stat. The rest is the kernel's, or a file's that it can drop."""


def of_group(statistics: Path) -> int | None:
    """By a control group's memory.stat; None if there is none."""
    try:
        lines = statistics.read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    return sum(int(number) for name, number in (line.split() for line in lines) if name in OWN)


def of_processes(root: int, pool_fd: int) -> int:
    """By what `root` and all that it has started have, MAX_PROCESSES of them at most, and the pool."""
    pool_bytes = os.fstat(pool_fd).st_blocks * BLOCK_BYTES
    return pool_bytes + sum(_anonymous_bytes(pid) for _, pid in zip(range(MAX_PROCESSES), _below(root), strict=False))


def _below(root: int) -> Iterator[int]:
    """`root`, and all that it has started; parents first."""
    found = [root]
    left = iter(range(MAX_THREADS))
    for pid in found:  # grows meanwhile
        yield pid
        for thread, _ in zip(_threads(pid), left, strict=False):
            found += [int(child) for child in _read(Path(f"/proc/{pid}/task/{thread}/children")).split()]


def _threads(pid: int) -> Iterator[str]:
    """Each has the processes that it has started. Source: proc(5), /proc/PID/task/TID/children."""
    with suppress(OSError), os.scandir(f"/proc/{pid}/task") as entries:
        for entry in entries:
            yield entry.name


def _anonymous_bytes(pid: int) -> int:
    for line in _read(Path(f"/proc/{pid}/status")).splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) << 10
    return 0


def _read(path: Path) -> str:
    """ "" of a process that has ended."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
