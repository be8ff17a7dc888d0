"""What a qube may be called, by the rules of Qubes OS; must not know what it is."""

from __future__ import annotations

import re

MAX_NAME_CHARACTERS = 31
NAME = re.compile(rf"[A-Za-z][A-Za-z0-9_.-]{{0,{MAX_NAME_CHARACTERS - 1}}}", re.ASCII)
RESERVED = frozenset({"none", "default", "Domain-0"})
STUB_DOMAIN_END = "-dm"


def qube_name(name: str) -> str:
    """Return `name` if a qube may be called so. Raises ValueError. Source: the C daemon's option -N."""
    if NAME.fullmatch(name) is None or name in RESERVED or name.endswith(STUB_DOMAIN_END):
        raise ValueError(f"{name!r} is no qube's name")
    return name
