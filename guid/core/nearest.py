"""Words about a name that does not exist: which one may have been meant; must not know what is named."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

MOST_PROPOSED: Final = 3
LIKE: Final = 0.6
"""How like another name one must be, of 1. Source: difflib.get_close_matches, its own choice."""


def instead(name: str, known: Iterable[str]) -> str:
    """Return a question for the names that are like this one; if there are none, all that there are."""
    import difflib  # noqa: PLC0415 - only for mistakes

    names = list(known)
    like = difflib.get_close_matches(name.lower(), names, MOST_PROPOSED, LIKE)
    return f"did you mean {' or '.join(like)}?" if like else f"there are {', '.join(names)}"
