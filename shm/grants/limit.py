"""How many pages this system lets us grant; must not grant any."""

from __future__ import annotations

from pathlib import Path
from typing import Final

GNTALLOC_LIMIT: Final = Path("/sys/module/xen_gntalloc/parameters/limit")
"""Pages that all processes of a domain together may grant through gntalloc. Source: Linux, drivers/xen/gntalloc.c."""


def advice(path: Path = GNTALLOC_LIMIT) -> str:
    """What the limit is, and how to raise it."""
    try:
        pages = int(path.read_text())
    except (OSError, ValueError):
        return f"{path} cannot be read: is the module xen-gntalloc loaded?"
    return f"{path} is {pages} pages: raise it there, or load xen-gntalloc with limit=N"
