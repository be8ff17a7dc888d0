"""Gives the qube's X server a keyboard layout, by setxkbmap; must not know where it comes from.

setxkbmap knows the rules that turn names into a keymap. It runs beside the loop, one at a time; of several layouts that
come meanwhile only the last one counts.
"""

from __future__ import annotations

import logging
import subprocess
from collections.abc import Iterator
from typing import Final

from Xlib import X

from protocol.keyboard import Layout
from shm.x11.connection import XConnection

LOG = logging.getLogger(__name__)

SETXKBMAP: Final = "setxkbmap"


class Layouts:
    """The layout of one X server."""

    def __init__(self, connection: XConnection, display_name: str) -> None:
        self._connection = connection
        self._display_name = display_name
        self._running: subprocess.Popen[bytes] | None = None
        self._next: Layout | None = None
        self._laid = False

    def use(self, layout: Layout) -> None:
        """From a moment from now on, this is the layout."""
        self._next = layout

    @property
    def busy(self) -> bool:
        """A layout is being set, or is to be: `settle` has something to look at."""
        return self._running is not None or self._next is not None or self._laid

    def settle(self) -> bool:
        """Begin with the next one if none is under way; the loop calls this each turn.

        Returns whether the keyboard has, since the last call, come to have the last layout that was asked for, or was
        found unable to. What X has said of that is dispatched by then.
        """
        if self._running is not None and self._running.poll() is not None:
            if self._running.returncode != 0:
                LOG.warning("%s ended with %d: the keyboard keeps its layout", SETXKBMAP, self._running.returncode)
            self._running = None
            self._connection.fence(self._dispatched)
        if self._running is None and self._next is not None:
            layout, self._next = self._next, None
            if layout[1:] == self._words() or not self._begin(layout):
                self._laid = True
        laid, self._laid = self._laid, False
        return laid

    def close(self) -> None:
        """Wait for nothing more."""
        if self._running is not None:
            self._running.kill()
            self._running.wait()

    def _dispatched(self, _reply: bytes) -> None:
        """Another layout may be under way by now: then that one counts."""
        self._laid = self._running is None and self._next is None

    def _begin(self, layout: Layout) -> bool:
        argv = [SETXKBMAP, "-display", self._display_name, *_arguments(layout)]
        try:
            self._running = subprocess.Popen(argv, stdin=subprocess.DEVNULL)
        except OSError as error:
            LOG.warning("the keyboard keeps its layout: cannot run %s: %s", SETXKBMAP, error.strerror)
        return self._running is not None

    def _words(self) -> tuple[str, ...]:
        """What the X server says of its own layout."""
        display = self._connection.display
        names = display.intern_atom("_XKB_RULES_NAMES")
        found = display.screen().root.get_full_property(names, X.AnyPropertyType)
        value = found.value if found is not None else b""
        raw = value if isinstance(value, bytes) else str(value).encode("latin-1")
        return tuple(word.decode("ascii", "replace") for word in raw.split(b"\0")[:5])


def _arguments(layout: Layout) -> Iterator[str]:
    """Every word is given, an empty one too: none of the old layout is left. An empty option clears the old ones."""
    names = ("rules", "model", "layout", "variant")
    for name, word in zip(names, layout[1:5], strict=True):
        if word or name == "variant":
            yield from (f"-{name}", word)
    yield from ("-option", "")
    for option in filter(None, layout.options.split(",")):
        yield from ("-option", option)
