"""The beginning of a copied text, made safe to look at; must not know where it is shown."""

from __future__ import annotations

from guid.core.contents import ContentKind, Contents
from guid.core.text import escaped

MAX_LINES, MAX_CHARACTERS = 6, 70


def preview(contents: Contents, beginning: bytes) -> list[str]:
    """A few lines of printable ASCII; none for what is no text. beginning: as many bytes as there are to look at."""
    if contents.kind is not ContentKind.TEXT:
        return []
    lines = beginning.decode("utf-8", "replace").split("\n")
    shown = [escaped(line)[:MAX_CHARACTERS] for line in lines[:MAX_LINES]]
    if len(lines) > MAX_LINES or contents.size_bytes > len(beginning):
        shown.append("...")
    return shown
