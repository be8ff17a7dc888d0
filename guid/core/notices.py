"""Notices to the person: which text is safe, and how many at once; must not know how they are shown.

A newer notice replaces an older one of the same key. What comes too fast waits, the newest of its key only.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from enum import IntEnum

from guid.core.text import safe_title

KEY_INTERVAL_S = 3.0
"""Notices of one key are shown this far apart: what is replaced sooner was not read."""
BURST = 8
INTERVAL_S = 1.0
"""Of all keys together so many are shown at once, then one in this time: more are not read, and hide each other."""
MAX_WAITING = 64
"""Keys with a notice that waits; the one that waits longest gives way."""
MAX_SUMMARY_CHARACTERS = 100
MAX_BODY_CHARACTERS = 600
MAX_BODY_LINES = 8
ELLIPSIS = "..."

MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
"""Source: Desktop Notifications Specification 1.2, markup: a body is read as a small subset of XML."""


class Urgency(IntEnum):
    """Source: Desktop Notifications Specification 1.2, urgency levels."""

    LOW = 0
    NORMAL = 1
    CRITICAL = 2
    """stays until the person has seen it"""


@dataclass(frozen=True, slots=True)
class Notice:
    """What is told. key: the newer replaces the older. summary: plain text. body: with markup characters escaped.

    rgb: 0xRRGGBB, the colour of the qube that it is about, shown beside the text; None: it is about no one qube.
    """

    key: str
    summary: str
    body: str
    urgency: Urgency
    rgb: int | None = None


def notice(key: str, summary: str, body: str, urgency: Urgency, rgb: int | None = None) -> Notice:
    """A notice with texts made safe: no controls, no bidi, no markup, not long."""
    shown = plain(summary, body)
    return Notice(key, shown[0], shown[1].translate(MARKUP), urgency, rgb)


def plain(summary: str, body: str) -> tuple[str, str]:
    """Both without controls and bidi, and not long: for where "<" is a character as any other."""
    lines = "\n".join(_safe(line) for line in body.splitlines()[:MAX_BODY_LINES])
    return _cut(_safe(summary), MAX_SUMMARY_CHARACTERS), _cut(lines, MAX_BODY_CHARACTERS)


class Waiting:
    """Notices that are still to be shown. now: seconds of a clock that never goes back."""

    def __init__(self) -> None:
        self._notices: dict[str, Notice] = {}
        self._shown_at: dict[str, float] = {}
        self._credit = float(BURST)
        self._refilled_at: float | None = None

    def __len__(self) -> int:
        return len(self._notices)

    def add(self, notice: Notice) -> None:
        """Show this one, instead of one of the same key that still waits."""
        self._notices[notice.key] = notice
        if len(self._notices) > MAX_WAITING:
            del self._notices[next(iter(self._notices))]

    def take(self, now: float, busy: Container[str] = ()) -> list[Notice]:
        """What is to be shown now, the longest waiting first; not of a key in `busy`."""
        if self._refilled_at is not None:
            self._credit = min(float(BURST), self._credit + max(0.0, now - self._refilled_at) / INTERVAL_S)
        self._refilled_at = now
        self._shown_at = {key: at for key, at in self._shown_at.items() if now - at < KEY_INTERVAL_S}
        ready = [each for each in self._notices.values() if each.key not in busy and each.key not in self._shown_at]
        taken = ready[: int(self._credit)]
        for each in taken:
            del self._notices[each.key]
            self._shown_at[each.key] = now
        self._credit -= len(taken)
        return taken


def _safe(line: str) -> str:
    return safe_title(line.replace("\0", " ").encode("utf-8", "replace"))


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - len(ELLIPSIS)] + ELLIPSIS
