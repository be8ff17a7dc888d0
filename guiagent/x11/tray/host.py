"""The XEmbed side of the tray: programs' icon windows, each taken into a window of ours. It must not know a bus.

Source: System Tray protocol specification 0.4, XEmbed protocol specification 0.5.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Final

from Xlib import X, Xatom
from Xlib.error import XError
from Xlib.protocol import event as xevent
from Xlib.protocol import rq

from guiagent.core.trayicons import MAX_TRAY_ICONS, Opcode
from guiagent.x11.tray.embedded import Embedded
from guiagent.x11.tray.ground import Ground
from guiagent.x11.tray.seethrough import SeeThrough

LOG = logging.getLogger(__name__)

HORIZONTAL: Final = 0


class Host:
    """Owner of the tray's selection. `lost`: another program is the tray now, and every icon has been given back."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._atoms = ground.atoms
        self._icons: dict[int, Embedded] = {}
        self._see_through = SeeThrough(ground)
        self._said: set[str] = set()
        self.lost = False
        # InputOnly: the agent announces no such window.
        self._window: Any = ground.root.create_window(
            -1, -1, 1, 1, 0, 0, X.InputOnly, X.CopyFromParent, event_mask=X.PropertyChangeMask
        )
        ground.listen(self._window, self._heard)
        self._handlers: Mapping[int, Any] = {
            X.ClientMessage: self._message,
            X.SelectionClear: self._replaced,
            X.PropertyNotify: self._owned_since,
        }

    def open(self) -> bool:
        """Become the tray; False if there is one already."""
        selection = self._atoms["_NET_SYSTEM_TRAY_S0"]
        if int(getattr(self._ground.display.get_selection_owner(selection), "id", X.NONE)) != X.NONE:
            return False
        window = self._window
        window.change_property(self._atoms["_NET_SYSTEM_TRAY_ORIENTATION"], Xatom.CARDINAL, 32, [HORIZONTAL])
        # Without alpha: toolkits then draw what is transparent by what lies behind, which is ours.
        visual = int(self._ground.screen.root_visual)
        window.change_property(self._atoms["_NET_SYSTEM_TRAY_VISUAL"], Xatom.VISUALID, 32, [visual])
        return True

    def deadline(self) -> float | None:
        """When `settle` must be called at the latest."""
        return self._see_through.deadline()

    def settle(self, now: float) -> None:
        """Draw what has changed."""
        self._see_through.settle(now)

    def _owned_since(self, event: xevent.PropertyNotify) -> None:
        """The server's time of our last property is when we own the selection. Source: ICCCM 2.1."""
        if event.atom != self._atoms["_NET_SYSTEM_TRAY_VISUAL"]:
            return
        selection = self._atoms["_NET_SYSTEM_TRAY_S0"]
        self._window.set_selection_owner(selection, event.time)
        message = xevent.ClientMessage(
            window=self._ground.root,
            client_type=self._atoms["MANAGER"],
            data=(32, [event.time, selection, int(self._window.id), 0, 0]),
        )
        self._ground.root.send_event(message, event_mask=X.StructureNotifyMask)

    def _heard(self, event: rq.Event) -> None:
        handler = self._handlers.get(event.type & 0x7F)
        if handler is not None:
            handler(event)

    def _replaced(self, _event: xevent.SelectionClear) -> None:
        self.lost = True
        for icon in list(self._icons.values()):
            icon.give_back()
        self._icons.clear()

    def _message(self, event: xevent.ClientMessage) -> None:
        bits, words = event.data
        if event.client_type != self._atoms["_NET_SYSTEM_TRAY_OPCODE"] or bits != 32:
            return
        if words[1] == Opcode.REQUEST_DOCK:
            self._dock(int(words[2]))
        elif words[1] == Opcode.BEGIN_MESSAGE:
            self._say("a program wants to show a message beside its icon: there are notifications for that")

    def _dock(self, number: int) -> None:
        if number in self._icons or self._ground.owns(number):
            return
        if len(self._icons) >= MAX_TRAY_ICONS:
            self._say(f"more than {MAX_TRAY_ICONS} icons in the tray: the rest is not shown")
            return
        try:
            icon = Embedded(self._ground, number, self._see_through, ended=self._icons.pop)
        except XError as error:
            LOG.debug("icon %#x vanished: %s", number, error)
            return
        self._icons[number] = icon

    def _say(self, line: str) -> None:
        """Once."""
        if line not in self._said:
            self._said.add(line)
            LOG.warning("%s", line)
