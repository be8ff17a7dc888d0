"""Text of programs, made fit for one line of a menu. It must not know what the text is for."""

from __future__ import annotations

import re
from typing import Final

MAX_LINE: Final = 120
"""Characters of a line that is drawn; more are cut off."""
_TAGS: Final = re.compile(r"<[^<>]*>")
"""Tooltips may have the markup of Qt; what is not a tag after all is a loss that nobody minds."""


def plain(text: object) -> str:
    """One line without markup and control characters, at most MAX_LINE of them."""
    if not isinstance(text, str):
        return ""
    without = _TAGS.sub("", text[: 4 * MAX_LINE])
    return cut(without)


def cut(text: str) -> str:
    """One line without control characters, at most MAX_LINE of them."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * MAX_LINE]).split())
    return line if len(line) <= MAX_LINE else f"{line[: MAX_LINE - 1]}…"
