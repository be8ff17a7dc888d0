"""What a crashed daemon has left on the desktop: found, followed, and then taken away; must not decide who follows.

A supervised daemon's windows outlive it if it does not end by itself: nothing flickers, the focus goes nowhere, and the
X server itself keeps place, order, desktop and states for the next daemon. Source: X11 protocol, SetCloseDownMode.
"""

from __future__ import annotations

import os
import select
import struct
import time
from collections.abc import Iterable
from contextlib import suppress

from Xlib import X, Xatom
from Xlib import display as xdisplay
from Xlib import error as xerror
from Xlib.xobject.drawable import Window as XWindow

from guid.core.geometry import Extents, Rect
from guid.core.heritage import Heritage, Left, Remains
from guid.core.values import HintFlag, RemoteId, SizeHints
from guid.x11.desktop import Desktop
from shm.x11.properties import change_property
from shm.x11.requests import configure_window, send_event

DESTROY_WINDOW = 4
CREATE_WINDOW, SET_CLOSE_DOWN_MODE, KILL_CLIENT = 1, 112, 113
DESTROY_ALL, RETAIN_TEMPORARY = 0, 2

SETTLE_S = 10.0
"""An agent has this long to announce its windows again; then those that it did not are gone."""
LOOK_S = 0.05
"""How often it is looked whether all have followed."""

ICONIC_STATE = 3
INPUT_HINT, STATE_HINT = 1, 2
FROM_PAGER = 2
FILLING = ("FULLSCREEN", "MAXIMIZED_HORZ", "MAXIMIZED_VERT")


def leave_anchor(desktop: Desktop, qube: str) -> int:
    """Let what we have outlive us, until `let_go`; returns the X id of the window by which we can be found."""
    anchor = desktop.x.allocate_id()
    create = struct.pack("<BBHIIhhHHHHII", CREATE_WINDOW, 0, 8, anchor, desktop.root_id, 0, 0, 1, 1, 0, 2, 0, 0)
    name = change_property(anchor, Xatom.WM_NAME, Xatom.STRING, 8, _anchor_name(qube, os.getpid()))
    desktop.x.send(create + name + struct.pack("<BBH", SET_CLOSE_DOWN_MODE, RETAIN_TEMPORARY, 1), 3)
    return anchor


def let_go(desktop: Desktop, timeout_s: float) -> None:
    """What we have ends with us again; waits until the X server knows, because a connection that is closed with events
    unread takes what was last sent with it. Raises DisplayLost.
    """
    done: list[bytes] = []
    x = desktop.x
    x.send(struct.pack("<BBH", SET_CLOSE_DOWN_MODE, DESTROY_ALL, 1), 1)
    x.fence(done.append)
    deadline = time.monotonic() + timeout_s
    while not done and (left_s := deadline - time.monotonic()) > 0:
        x.flush()
        writers = [x] if x.wants_write else []
        readable, writable, _ = select.select([x], writers, [], left_s)
        if writable:
            x.writable()
        if readable:
            x.pump()
        x.drain()


def sweep(display: str | None, qube: str, remains: Iterable[Remains]) -> None:
    """Take away what these daemons have left, where nobody follows; nothing if the display is gone."""
    with suppress(xerror.DisplayConnectionError, xerror.ConnectionClosedError):
        connection = xdisplay.Display(display)
        for anchor, _pid in _found(connection, qube, remains):
            connection.create_resource_object("resource", anchor).kill_client()
        connection.sync()
        connection.close()


class Predecessor:
    """What the daemons before this one have left, the latest last. now: seconds of any clock, at the beginning."""

    def __init__(self, desktop: Desktop, qube: str, remains: Iterable[Remains], now: float) -> None:
        self._desktop = desktop
        self._display = desktop.x.display
        self._anchors = [anchor for anchor, _pid in _found(self._display, qube, remains)]
        self._atom = self._display.intern_atom
        self._root: XWindow = self._display.screen().root
        self._until = now + SETTLE_S
        self._look_at = now
        left: dict[RemoteId, Left] = {}
        stacking = self._stacking()
        for anchor in reversed(self._anchors):  # one that itself had not settled yet knows the places less well
            left.update(self._left_by(anchor, stacking))
        self.heritage = Heritage(left)
        if self._anchors:
            self._take_icons(stacking)
        desktop.x.drain()

    def take_over(
        self, remote: RemoteId, outer: int, hints: SizeHints, content: Rect, extents: Extents
    ) -> tuple[Rect, SizeHints] | None:
        """A managed window is about to be mapped: give it what its predecessor had.

        content: where the agent has it. extents: of its frame. Returns the outer and the hints that it is to have; None
        if it follows nobody.
        """
        left = self.heritage.claim(remote, outer)
        if left is None:
            return None
        states = struct.pack(f"<{len(left.states)}I", *left.states)
        requests = [change_property(outer, self._atom("_NET_WM_STATE"), Xatom.ATOM, 32, states)]
        if left.desktop is not None:
            number = struct.pack("<I", left.desktop)
            requests.append(change_property(outer, self._atom("_NET_WM_DESKTOP"), Xatom.CARDINAL, 32, number))
        if left.iconic:
            requests.append(_begin(outer, iconic=True))
        rect = x, y, width, height = left.place(content, extents)
        requests.append(configure_window(outer, x=x, y=y, width=width, height=height))
        self._desktop.x.send(b"".join(requests), len(requests))
        return Rect(*rect), hints._replace(flags=hints.flags | HintFlag.US_POSITION)

    def settled(self, now: float) -> bool:
        """Whether all has been followed, or never will be: then what was left is gone."""
        if now < self._look_at and now < self._until:
            return False
        self._look_at = now + LOOK_S
        stacking = self._stacking()
        self._desktop.x.drain()
        if now < self._until and not self.heritage.complete(stacking):
            return False
        active = self.heritage.to_activate(self._number(self._root, "_NET_ACTIVE_WINDOW") or 0)
        self._desktop.x.drain()
        if active is not None:  # first, because a window manager may raise it with that
            self._ask(active, "_NET_ACTIVE_WINDOW", (FROM_PAGER, X.CurrentTime, 0, 0, 0))
        for window in self.heritage.to_raise(stacking):
            self._raise(window)
        for each in self.heritage.to_normalize():
            self._desktop.x.send(_begin(each, iconic=False), 1)
        self.take_away()
        return True

    def _take_icons(self, stacking: list[int]) -> None:
        """At once: an icon's heir is another icon in the tray, and the person would see both."""
        from guid.x11.lefticons import icons_left  # noqa: PLC0415 - only after a crash

        x = self._desktop.x
        for icon in icons_left(x, self._desktop.root_id, self._anchors, frozenset(stacking)):
            x.send(struct.pack("<BBHI", DESTROY_WINDOW, 0, 2, icon), 1)

    def take_away(self) -> None:
        """End what was left."""
        for anchor in self._anchors:
            self._desktop.x.send(struct.pack("<BBHI", KILL_CLIENT, 0, 2, anchor), 1)
        self._anchors.clear()

    def _left_by(self, anchor: int, stacking: list[int]) -> dict[RemoteId, Left]:
        mask = ~self._display.display.info.resource_id_mask
        found: dict[RemoteId, Left] = {}
        for outer in stacking:
            if outer & mask == anchor & mask:
                window = self._display.create_resource_object("window", outer)
                remote = self._number(window, "_QUBES_VMWINDOWID")
                if remote is not None:
                    found[RemoteId(remote)] = self._look(window)
        return found

    def _look(self, window: XWindow) -> Left:
        size, place = window.get_geometry(), self._root.translate_coords(window.id, 0, 0)
        hidden, focused = self._atom("_NET_WM_STATE_HIDDEN"), self._atom("_NET_WM_STATE_FOCUSED")
        numbers = self._numbers(window, "_NET_WM_STATE")
        states = tuple(each for each in numbers if each not in (hidden, focused))
        # On another desktop a window may be in the iconic state too, without being hidden on its own.
        iconic = hidden in numbers and self._number(window, "WM_STATE") == ICONIC_STATE
        rect = Rect(place.x, place.y, size.width, size.height)
        fills = any(self._atom(f"_NET_WM_STATE_{each}") in numbers for each in FILLING)
        return Left(window.id, rect, states, self._number(window, "_NET_WM_DESKTOP"), iconic, fills)

    def _stacking(self) -> list[int]:
        return self._numbers(self._root, "_NET_CLIENT_LIST_STACKING")

    def _numbers(self, window: XWindow, name: str) -> list[int]:
        found = window.get_full_property(self._atom(name), X.AnyPropertyType)
        return [int(each) for each in found.value] if found is not None and found.format == 32 else []

    def _number(self, window: XWindow, name: str) -> int | None:
        return next(iter(self._numbers(window, name)), None)

    def _raise(self, window: int) -> None:
        """Ask as any program asks for a window that is not its own. Source: ICCCM 4.1.5; Xlib, XReconfigureWMWindow."""
        root = self._desktop.root_id
        event = struct.pack("<BBHIIIhhHHHH4x", X.ConfigureRequest, X.Above, 0, root, window, 0, 0, 0, 1, 1, 0, 1 << 6)
        self._to_manager(event)

    def _ask(self, window: int, message: str, data: tuple[int, ...]) -> None:
        self._to_manager(struct.pack("<BBHII5I", X.ClientMessage, 32, 0, window, self._atom(message), *data))

    def _to_manager(self, event: bytes) -> None:
        mask = X.SubstructureNotifyMask | X.SubstructureRedirectMask
        self._desktop.x.send(send_event(self._desktop.root_id, event, event_mask=mask), 1)


def _begin(outer: int, *, iconic: bool) -> bytes:
    """WM_HINTS of an outer: how it begins when it is mapped."""
    flags = INPUT_HINT | (STATE_HINT if iconic else 0)
    value = struct.pack("<9I", flags, 1, ICONIC_STATE if iconic else 0, *[0] * 6)
    return change_property(outer, Xatom.WM_HINTS, Xatom.WM_HINTS, 32, value)


def _anchor_name(qube: str, pid: int) -> bytes:
    return f"vitrail {qube} {pid}".encode("ascii")


def _found(connection: xdisplay.Display, qube: str, remains: Iterable[Remains]) -> list[Remains]:
    """Those that this X server still has: it may be another one by now, whose ids mean something else."""
    there: list[Remains] = []
    for anchor, pid in remains:
        window = connection.create_resource_object("window", anchor)
        try:
            name = window.get_full_property(Xatom.WM_NAME, Xatom.STRING)
        except xerror.BadWindow:
            continue
        if name is not None and bytes(name.value) == _anchor_name(qube, pid):
            there.append(Remains(anchor, pid))
    return there
