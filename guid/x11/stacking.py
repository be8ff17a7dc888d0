"""Keeps the popups of a qube below screen lockers; must not know windows' histories or the protocol.

The root window tells of its children only while a popup is shown: at other times nothing that happens on the desktop
wakes this process. So the first popup is mapped after the X server has said which lockers there are.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Container, Iterable
from functools import partial

from Xlib import X, Xatom

from guid.core.stacking import ATTENTION, Lowering, lowering
from guid.x11.desktop import Desktop
from shm.x11.properties import TEXT_BITS, get_property, property_reply
from shm.x11.requests import configure_window, map_window
from shm.x11.xlib import MAX_REQUESTS_PER_SEND

GET_WINDOW_ATTRIBUTES, QUERY_TREE = 3, 15
MAX_CLASS_WORDS = 64
"""Of WM_CLASS, in units of 4 bytes."""
MAP_STATE_AT = 26
"""Where the reply to GetWindowAttributes has it. Source: X11 protocol, encoding."""


_Request = tuple[bytes, Callable[[bytes], None]]
"""And who gets its reply."""


class _Watch:
    """What is known of the desktop's windows, from the first popup on until no popup is shown.

    shown: outer → mapped; one that waits is mapped when all lockers are known. order: bottom to top. again: something
    has changed since it was asked which windows there are.
    """

    def __init__(self) -> None:
        self.shown: dict[int, bool] = {}
        self.looked_at: set[int] = set()
        self.lockers: set[int] = set()
        self.order: tuple[int, ...] = ()
        self.answers_due = 0
        self.again = False


class Stacking:
    """The popups of one qube among all windows of the desktop.

    lockers: instances of WM_CLASS, besides our own panel's. ours: X ids of this qube's windows.
    """

    def __init__(self, desktop: Desktop, lockers: Iterable[str], ours: Container[int]) -> None:
        self._desktop = desktop
        self._ours = ours
        info = desktop.x.display.display.info
        self._client, self._of_client = info.resource_id_base, ~info.resource_id_mask
        self._watch: _Watch | None = None
        self._topmost: int | None = None
        self._before: tuple[int, ...] = ()  # all windows of others that there were at the last look
        self.name_lockers(lockers)

    def name_lockers(self, lockers: Iterable[str]) -> None:
        """From the next first popup on, these are lockers."""
        self._names = frozenset(name.encode("ascii") for name in (ATTENTION, *lockers))

    def show(self, outer: int, *, topmost: bool = False) -> None:
        """Map a popup on top of everything but lockers; topmost: no popup that is shown later comes above it."""
        if topmost:
            self._topmost = outer
        if self._watch is None:
            self._watch = _Watch()
            self._desktop.watch_children(wanted=True)
            self._look(self._watch)
        self._watch.shown[outer] = False
        if not self._watch.answers_due:
            self._place(self._watch)

    def hide(self, outer: int) -> None:
        """A popup is unmapped or destroyed by whoever calls this."""
        if outer == self._topmost:
            self._topmost = None
        if self._watch is None:
            return
        self._watch.shown.pop(outer, None)
        if not self._watch.shown:
            self._watch = None
            self._desktop.watch_children(wanted=False)

    # What the root window tells

    def mapped(self, window: int) -> None:
        """A child of the root window is on the screen."""
        if self._watch is not None and window not in self._ours:
            self._watch.looked_at.discard(window)
            self._look(self._watch)

    def gone(self, window: int) -> None:
        """A child of the root window is not on the screen any more."""
        if self._watch is not None:
            self._watch.lockers.discard(window)

    def restacked(self, window: int) -> None:
        """A child of the root window was configured."""
        watch = self._watch
        if watch is not None and watch.lockers and (window in watch.lockers or window in watch.shown):
            self._look(watch)

    # Looking

    def _ask(self, watch: _Watch, request: bytes, told: Callable[[_Watch, bytes], None]) -> None:
        watch.answers_due += 1
        self._desktop.x.send_with_reply(request, 1, partial(self._answered, watch, told))

    def _answered(self, watch: _Watch, told: Callable[[_Watch, bytes], None], reply: bytes) -> None:
        """An empty reply is of a window that has gone meanwhile."""
        watch.answers_due -= 1
        if watch is not self._watch:
            return
        if reply:
            told(watch, reply)
        if watch.answers_due:
            return
        self._place(watch)
        if watch.again:
            watch.again = False
            self._look(watch)

    def _look(self, watch: _Watch) -> None:
        """Ask which windows there are, from the bottom to the top; once more afterwards, if that is going on already.

        A popup waits for the end of one look, not of all: programs and other qubes may map windows without end.
        """
        if watch.answers_due:
            watch.again = True
            return
        tree = struct.pack("<BBHI", QUERY_TREE, 0, 2, self._desktop.root_id)
        # Most windows of the last look are there still: their classes come with the answer, and not after it.
        asked = self._classes_of(self._before, watch)
        self._ask_all(watch, [(tree, partial(self._answered, watch, self._told_order)), *asked])

    def _told_order(self, watch: _Watch, reply: bytes) -> None:
        many = struct.unpack_from("<H", reply, 16)[0]
        watch.order = struct.unpack_from(f"<{many}I", reply, 32)
        client, of_client = self._client, self._of_client
        self._before = tuple(window for window in watch.order if window & of_client != client)
        self._ask_all(watch, self._classes_of(self._before, watch))

    def _ask_all(self, watch: _Watch, requests: list[_Request]) -> None:
        watch.answers_due += len(requests)
        for at in range(0, len(requests), MAX_REQUESTS_PER_SEND):
            self._desktop.x.send_with_replies(requests[at : at + MAX_REQUESTS_PER_SEND])

    def _classes_of(self, windows: Iterable[int], watch: _Watch) -> list[_Request]:
        """What asks for the classes of those that have not been asked yet; who is gone meanwhile answers nothing."""
        new = [window for window in windows if window not in watch.looked_at]
        watch.looked_at.update(new)
        return [self._class_of(window, watch) for window in new]

    def _class_of(self, window: int, watch: _Watch) -> _Request:
        request = get_property(window, Xatom.WM_CLASS, MAX_CLASS_WORDS, kind=Xatom.STRING)
        return request, partial(self._answered, watch, partial(self._told_class, window))

    def _told_class(self, window: int, watch: _Watch, reply: bytes) -> None:
        found = property_reply(reply)
        if found.bits == TEXT_BITS and found.data.split(b"\0")[0] in self._names:
            request = struct.pack("<BBHI", GET_WINDOW_ATTRIBUTES, 0, 2, window)
            self._ask(watch, request, partial(self._told_attributes, window))

    @staticmethod
    def _told_attributes(window: int, watch: _Watch, reply: bytes) -> None:
        if reply[MAP_STATE_AT] == X.IsViewable:
            watch.lockers.add(window)

    def _place(self, watch: _Watch) -> None:
        """Lower what lies above a locker, and map what waits."""
        waiting = [outer for outer, mapped in watch.shown.items() if not mapped]
        found = lowering(watch.order, [outer for outer, mapped in watch.shown.items() if mapped], watch.lockers)
        for outer in waiting:
            watch.shown[outer] = True
        if found is None:
            for outer in waiting:
                self._raise_and_map(outer)
        else:
            for outer in found.popups:
                self._desktop.x.send(_below(outer, found), 1)
            for outer in waiting:
                self._desktop.x.send(_below(outer, found) + map_window(outer), 2)
        if waiting or found is not None:
            self._raise_topmost(found)

    def _raise_topmost(self, lowered: Lowering | None) -> None:
        """Above all popups, below the locker of `lowered`."""
        top = self._topmost
        if top is not None:
            self._desktop.x.send(_below(top, lowered) if lowered else configure_window(top, stack_mode=X.Above), 1)

    def _raise_and_map(self, outer: int) -> None:
        self._desktop.x.send(configure_window(outer, stack_mode=X.Above) + map_window(outer), 2)


def _below(outer: int, lowered: Lowering) -> bytes:
    return configure_window(outer, sibling=lowered.locker, stack_mode=X.Below)
