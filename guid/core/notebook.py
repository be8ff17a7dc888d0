"""The notices of late, for whoever asks what has happened; must not know how they were shown.

Urgent ones have pages of their own: a qube that has many others written cannot turn those out.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from guid.core.notices import Urgency, plain

MAX_NOTES = 50
"""Of the urgent, and of the others. One is 700 characters at most: 70 KiB together."""


class Notebook:
    """Notices by number, the oldest first."""

    def __init__(self) -> None:
        self._urgent: deque[dict[str, Any]] = deque(maxlen=MAX_NOTES)
        self._others: deque[dict[str, Any]] = deque(maxlen=MAX_NOTES)
        self._count = 0

    def write(self, when: str, summary: str, body: str, urgency: Urgency) -> None:
        """Keep one. when: ISO 8601. summary, body: any text, made safe here; the body may have lines."""
        self._count += 1
        urgent = urgency is Urgency.CRITICAL
        shown = plain(summary, body)
        note = {"number": self._count, "when": when, "urgent": urgent, "summary": shown[0], "body": shown[1]}
        (self._urgent if urgent else self._others).append(note)

    def notes(self) -> list[dict[str, Any]]:
        """All that are kept."""
        return sorted((*self._urgent, *self._others), key=lambda note: int(note["number"]))
