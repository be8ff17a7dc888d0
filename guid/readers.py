"""What the supervisor reads from, and who is told when it can; must not know what is read."""

from __future__ import annotations

import selectors
from collections.abc import Callable
from typing import Any

Ready = list[tuple[selectors.SelectorKey, int]]


class Readers:
    """Descriptors that are watched, each with its handler."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()

    def watch(self, fileobj: Any, handler: Callable[[], None]) -> None:
        """Call `handler` in every turn in which `fileobj` can be read."""
        self._selector.register(fileobj, selectors.EVENT_READ, handler)

    def unwatch(self, fileobj: Any) -> None:
        """Do so no longer; nothing, if it is not watched."""
        if fileobj in self._selector.get_map():
            self._selector.unregister(fileobj)

    def turn(self, timeout_s: float) -> None:
        """Wait at most so long, and handle what is ready, but for what an earlier handler of this turn has ended."""
        for key, _events in self._selector.select(timeout_s):
            if self._selector.get_map().get(key.fd) is key:
                key.data()
