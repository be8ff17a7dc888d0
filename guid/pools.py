"""How large the pool of one more qube may be; must not know how one is made."""

from __future__ import annotations

import os

from protocol import limits
from shm.errors import ShmError


class OverBudget(ShmError):
    """The pools of all running qubes together would be too large."""


def memory_bytes() -> int:
    """This machine's memory."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def granted_pool_bytes(name: str, wanted_bytes: int, already_granted: list[int]) -> int:
    """The pool of one more qube: what is wanted, and of the default less on a small machine.

    All pools together stay under half of the memory, because whoever reads a pool's holes allocates them in the
    desktop's X server. Raises OverBudget.
    """
    most_bytes = memory_bytes()
    size_bytes = wanted_bytes
    if wanted_bytes == limits.DEFAULT_POOL_BYTES:
        size_bytes = min(wanted_bytes, 1 << (most_bytes // 8).bit_length() - 1)
    if sum(already_granted) + size_bytes > most_bytes // 2:
        raise OverBudget(
            f"the pools of {len(already_granted)} running qubes leave no room for another of {size_bytes >> 20} MiB"
            f" in half of this machine's memory; stop a qube first: vitrail stop NAME, or give this one less:"
            f" vitrail set {name} --pool {size_bytes >> 21}M"
        )
    return size_bytes
