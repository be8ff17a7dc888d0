"""Granted pages from both sides, below any window: shared in a domain, mapped in dom0. Knows no protocol."""

from __future__ import annotations

import os
import struct
import tempfile
from typing import Any, Final

from protocol.limits import PAGE_BYTES
from shm.errors import ShmError
from shm.grants.mapped import Mapper
from shm.grants.shared import SharedPages, Sharer

HELD: Final[dict[str, Any]] = {}


def pattern(page: int, seed: int) -> bytes:
    """What a page holds: different for every page and seed."""
    return struct.pack("<II", page, seed) * (PAGE_BYTES // 8)


def echo(text: str) -> str:
    """For the channel under the calls."""
    return text


# In the domain


def share(pages: int, seed: int) -> list[int]:
    """Grant pages with the pattern to dom0; returns their references."""
    shared: SharedPages = Sharer(0).share(pages)
    HELD["shared"] = shared
    fill(seed)
    return list(struct.unpack(f"<{pages}I", shared.refs))


def fill(seed: int) -> None:
    """Write the pattern anew."""
    view = HELD["shared"].view
    for page in range(len(view) // PAGE_BYTES):
        view[page * PAGE_BYTES : (page + 1) * PAGE_BYTES] = pattern(page, seed)


def release() -> None:
    """End the grants."""
    HELD["shared"].close()


def refusal(pages: int) -> str:
    """Why so many pages cannot be granted."""
    try:
        Sharer(0).share(pages).close()
    except ShmError as error:
        return str(error)
    return ""


# In dom0


def attach(domain: int, refs: list[int]) -> None:
    """Map a domain's pages."""
    HELD["mapped"] = Mapper(domain).map(refs)


def wrong_pages(seed: int) -> list[int]:
    """The mapped pages that do not hold the pattern, as a numpy array over the mapping sees them."""
    import numpy as np

    view = HELD["mapped"].view
    seen = np.frombuffer(view, dtype="<u4").reshape(-1, PAGE_BYTES // 8, 2)
    wanted = np.empty_like(seen)
    wanted[:, :, 0] = np.arange(len(seen), dtype=np.uint32)[:, None]
    wanted[:, :, 1] = seed
    bad = [int(page) for page in np.flatnonzero((seen != wanted).any(axis=(1, 2)))]
    assert not seen.flags.writeable
    del seen
    return bad


def copied_is_equal() -> bool:
    """Whether a copy by pwrite, as the daemon makes it, is what the mapping holds."""
    mapped = HELD["mapped"]
    with tempfile.TemporaryFile() as file:
        mapped.copy_to(file.fileno(), 0, mapped.size_bytes)
        return os.pread(file.fileno(), mapped.size_bytes, 0) == bytes(mapped.view)


def detach() -> None:
    """Unmap."""
    HELD.pop("mapped").close()


def map_refusal(domain: int, refs: list[int]) -> str:
    """Why pages cannot be mapped."""
    try:
        Mapper(domain).map(refs).close()
    except ShmError as error:
        return str(error)
    return ""
