"""Commands that watch: each is told every row once, and again when it has changed; must not know what a row says.

A watcher is told what it has room for, and the rest later: of a row that has changed twice meanwhile it hears once.
So one that does not read costs a row of memory, and no time; and nobody has to know where it had stopped.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from math import inf
from typing import Any, Final

from guid.requests import GONE

LOOK_S: Final = 0.25
"""Least time between two looks."""
COMPLETE: Final = b'{"kind": "complete"}\n'
"""Said once, when a watcher has heard of everything there was."""

Rows = Callable[[float], Mapping[str, Mapping[str, Any]]]
Send = Callable[[bytes], int]


class Watching:
    """rows: what there is to see at a time, key → row, in order."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._watchers: list[_Watcher] = []
        self._looked_at = -inf

    def join(self, send: Send) -> None:
        """Tell one more. send: sends what has room, and returns how many bytes that were, or GONE."""
        self._watchers.append(_Watcher(send))
        self._looked_at = -inf

    def tick(self, now: float) -> None:
        """Time has passed. now: seconds of a clock that never goes back."""
        if self._watchers and now >= self._looked_at + LOOK_S:
            self._looked_at = now
            lines = {key: json.dumps(row) for key, row in self._rows(now).items()}
            self._watchers = [watcher for watcher in self._watchers if watcher.tell(lines)]


class _Watcher:
    """One, and what it has been told."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._told: dict[str, str] = {}
        self._rest = b""
        self._complete = False

    def tell(self, lines: Mapping[str, str]) -> bool:
        """Tell it what it does not know yet, as much as has room; whether it is still there."""
        for said in self._unsaid(lines):
            sent = self._send(said)
            if sent == GONE:
                return False
            self._rest = said[sent:]
            if self._rest:
                break
        return True

    def _unsaid(self, lines: Mapping[str, str]) -> Iterator[bytes]:
        yield self._rest  # also if there is none: that tells whether it is still there
        for key in [key for key in self._told if key not in lines]:
            del self._told[key]
            yield json.dumps({"kind": "gone", "key": key}).encode("ascii") + b"\n"
        for key, line in lines.items():
            if self._told.get(key) != line:
                self._told[key] = line
                yield line.encode("ascii") + b"\n"
        if not self._complete:
            self._complete = True
            yield COMPLETE
