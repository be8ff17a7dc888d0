"""Both sides of shared memory, used from outside one operation a call: drawn in a domain or machine, copied in dom0.

Knows no test; what the sides do is in tests/harness/memory.py.
"""

from __future__ import annotations

import base64
from itertools import count
from typing import Any, Final

from protocol.limits import PAGE_BYTES
from shm.allocator import PageAllocator
from shm.errors import ShmError
from shm.grants.source import GrantPages
from shm.grants.supply import GrantSupply
from shm.ivshmem import DEVICES, IvshmemPool
from shm.pool import Pool
from tests.harness.memory import AgentSide, DesktopPicture

AGENT: Final[dict[str, AgentSide]] = {}
SOURCES: Final[dict[str, GrantPages]] = {}
PICTURES: Final[dict[int, DesktopPicture]] = {}
NUMBERS: Final = count(1)


def draw_into_grants(pages: int) -> None:
    """In a domain: a pool whose runs are granted to dom0."""
    pool = Pool.create(pages * PAGE_BYTES)
    AGENT["side"] = AgentSide(pool, GrantSupply(pool, 0))


def draw_into_device(pages: int) -> None:
    """In a machine of QEMU: the memory of its ivshmem device, of which so many pages are used."""
    for device in DEVICES.iterdir():
        if (device / "device").read_text().strip() == "0x1110":
            (device / "enable").write_text("1")
    AGENT["side"] = AgentSide(IvshmemPool.open(), PageAllocator(pages))


def allocate(pages: int) -> list[Any] | str:
    """First page and references, or why there are none."""
    found = AGENT["side"].allocate(pages)
    return found if isinstance(found, str) else list(found)


def write(first_page: int, offset_bytes: int, data: str) -> None:
    """Draw base64 data."""
    AGENT["side"].write(first_page, offset_bytes, base64.b64decode(data))


def free(first_page: int) -> None:
    """Give a run back."""
    AGENT["side"].free(first_page)


def stop_drawing() -> None:
    """Let go of the agent's side."""
    AGENT.pop("side").close()


# In dom0


def read_from(domain: int) -> int:
    """Open a domain's grants; returns what references are smaller than."""
    SOURCES["domain"] = GrantPages(domain)
    return SOURCES["domain"].refs


def picture(refs: list[int]) -> dict[str, Any]:
    """Ask for the pages of a picture: a number and a size, or why not."""
    try:
        made = DesktopPicture(SOURCES["domain"], refs)
    except ShmError as error:
        return {"raised": str(error)}
    number = next(NUMBERS)
    PICTURES[number] = made
    return {"number": number, "size_bytes": made.size_bytes}


def copied(number: int, offset_bytes: int, length_bytes: int) -> dict[str, Any]:
    """Copy some of a picture: the file, base64, or why not."""
    try:
        return {"data": base64.b64encode(PICTURES[number].copied(offset_bytes, length_bytes)).decode("ascii")}
    except ShmError as error:
        return {"raised": str(error)}


def close_picture(number: int) -> None:
    """Let go of its pages."""
    PICTURES[number].close()
