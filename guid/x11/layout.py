"""Watches which layout the desktop's keyboard has; must not know who is told.

Source: xkb rules names as setxkbmap and the X server keep them, XkbRF_SetNamesProp of libxkbfile.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from Xlib import Xatom

from guid.core.layout import desktop_layout
from guid.x11.desktop import Desktop
from protocol.keyboard import Layout
from shm.x11.properties import bytes_in, get_property

log = logging.getLogger(__name__)

MAX_NAMES_WORDS = 512
"""In units of 4 bytes; longer names are not believed."""


class LayoutWatch:
    """The layout of one desktop.

    told: is called with it at first, and whenever it may be another one. changing, changed: the keys are others before
    their names are asked for and known.
    """

    def __init__(
        self,
        desktop: Desktop,
        told: Callable[[Layout | None], None],
        *,
        changing: Callable[[], None],
        changed: Callable[[], None],
    ) -> None:
        self._desktop = desktop
        self._told = told
        self._changed = changed
        self._names = b""
        self._warned = False
        desktop.keyboard.group_changed = self._tell
        desktop.keyboard.named = changing
        self.ask()

    def ask(self) -> None:
        """The names may have changed: ask for them."""
        name = self._desktop.atoms["_XKB_RULES_NAMES"]
        request = get_property(self._desktop.root_id, name, MAX_NAMES_WORDS, kind=Xatom.STRING)
        self._desktop.x.send_with_reply(request, 1, self._answered)

    def _answered(self, reply: bytes) -> None:
        self._names = bytes_in(reply)
        if not self._warned and desktop_layout(self._names, 0) is None:
            self._warned = True
            log.warning("the desktop's keyboard layout has no names: qubes keep the one that they have")
        self._tell()
        self._changed()

    def _tell(self) -> None:
        self._told(desktop_layout(self._names, self._desktop.keyboard.locked_group))
