"""Looks round one outer: what the window manager has put about it, and its pixels; must not judge them, never waits.

Three questions: up the tree to the window that lies on the root; where everything is and what may cover it; the pixels,
and whether all windows are still where they were. Then it tells, or begins again. Between the pixels and the last of it
nothing else is asked, so none of this qube's windows can be elsewhere in the one than in the other.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import partial
from typing import Final, NamedTuple

from Xlib import X

from guid.core.geometry import Rect, intersection
from guid.core.managerframe import TOO_MUCH_OVER_IT, Seen, Side, is_there, sides
from guid.core.region import Region, without
from guid.x11.desktop import Desktop

GET_WINDOW_ATTRIBUTES, GET_GEOMETRY, QUERY_TREE, TRANSLATE_COORDINATES, GET_IMAGE = 3, 14, 15, 40, 73
PLANES: Final = 0xFFFFFFFF
MAX_DEPTH: Final = 6
"""Windows between an outer and the root: window managers have one or two."""
MAX_ABOVE: Final = 512
"""Windows that may cover it and are asked for; with more its frame counts as not painted."""
MAX_OVER_A_SIDE: Final = 32
"""The same of those that lie over one side of it: what 512 leave free takes seconds to know, what 32 do 10 ms."""
MAX_LOOKS: Final = 3
"""A look that something moved under is begun again so often."""
DEPTHS: Final = frozenset({24, 32})
"""Of pixels that lie as the label's do in 32 bits."""

Told = Callable[[tuple[Seen, ...] | None], None]
"""Takes the four sides; None: they cannot be seen now."""


class _Place(NamedTuple):
    """A window as the X server has it. rect: with border, px, root coordinates for one on the root."""

    rect: Rect
    border_px: int


class LookRound:
    """One look; `tell` is called once, later, unless the outer is destroyed meanwhile: then perhaps never."""

    def __init__(self, desktop: Desktop, outer: int, tell: Told) -> None:
        self._desktop = desktop
        self._outer = outer
        self._tell = tell
        self._looks = 0
        self._begin()

    def _begin(self) -> None:
        self._looks += 1
        if self._looks > MAX_LOOKS:
            self._tell(None)
            return
        self._ask(QUERY_TREE, self._outer, partial(self._climb, self._outer, 0))

    # Up the tree

    def _climb(self, window: int, steps: int, reply: bytes) -> None:
        parent = struct.unpack_from("<I", reply, 12)[0] if reply else 0
        if parent == self._desktop.root_id:
            self._top = window
            self._ask(QUERY_TREE, self._desktop.root_id, self._stacked)
        elif parent and steps < MAX_DEPTH:
            self._ask(QUERY_TREE, parent, partial(self._climb, parent, steps + 1))
        else:
            self._tell(None)

    def _stacked(self, reply: bytes) -> None:
        """Which windows lie above, and where all of them are."""
        order = _children(reply)
        if self._top not in order:
            self._begin()
            return
        above = order[order.index(self._top) + 1 :]
        self._order = order
        if len(above) > MAX_ABOVE:
            self._tell((TOO_MUCH_OVER_IT,) * 4)
            return
        self._over = [window for window in above if not self._is_servers(window)]
        self._above: dict[int, Rect | None] = {}
        self._ask_above(self._above)
        self._ask(GET_WINDOW_ATTRIBUTES, self._top, self._top_attributes)
        self._ask(GET_GEOMETRY, self._top, self._top_geometry)
        self._translate(self._outer_place)
        self._ask(GET_GEOMETRY, self._outer, self._outer_size)

    def _is_servers(self, window: int) -> bool:
        """A compositor's overlay: everything is seen on it, and nothing hidden by it."""
        return bool(window <= self._desktop.x.display.display.info.resource_id_mask)

    def _ask_above(self, found: dict[int, Rect | None]) -> None:
        """Which windows cover something, and where."""
        questions = []
        for window in self._over:
            for code, told in (
                (GET_WINDOW_ATTRIBUTES, partial(_above_attributes, found, window)),
                (GET_GEOMETRY, partial(_above_geometry, found, window)),
            ):
                questions.append((struct.pack("<BBHI", code, 0, 2, window), told))
        if questions:
            self._desktop.x.send_with_replies(questions)

    def _top_attributes(self, reply: bytes) -> None:
        self._viewable = bool(reply) and reply[26] == X.IsViewable

    def _top_geometry(self, reply: bytes) -> None:
        self._whole = _place(reply) if reply else None

    def _outer_place(self, reply: bytes) -> None:
        x, y = struct.unpack_from("<hh", reply, 12) if reply else (0, 0)
        self._at = (x, y) if reply else None

    def _outer_size(self, reply: bytes) -> None:
        if not reply or self._whole is None or self._at is None or not self._viewable:
            self._tell(None)
            return
        width, height = struct.unpack_from("<HH", reply, 16)
        self._rect = Rect(*self._at, width, height)
        self._look(self._whole)

    # The pixels

    def _look(self, whole: _Place) -> None:
        self._seen: list[Seen] = []
        for side in sides(self._rect, whole.rect):
            self._look_at(side, whole)
        self._ask(QUERY_TREE, self._desktop.root_id, self._order_after)
        self._above_after: dict[int, Rect | None] = {}
        self._ask_above(self._above_after)
        self._ask(GET_GEOMETRY, self._top, self._place_after)

    def _look_at(self, side: Side, whole: _Place) -> None:
        where = intersection(side.where, self._desktop.geometry.root) if is_there(side) else None
        if where is None:
            self._seen.append(Seen(side, None, b"", []))
            return
        over = [each for each in self._above.values() if each is not None and intersection(each, where) is not None]
        if len(over) > MAX_OVER_A_SIDE:
            self._seen.append(TOO_MUCH_OVER_IT)
            return
        free: Region = [where]
        for each in over:
            free = without(free, each)
        if not free:
            self._seen.append(Seen(side, None, b"", []))
            return
        x = where.x - whole.rect.x - whole.border_px
        y = where.y - whole.rect.y - whole.border_px
        request = struct.pack("<BBHIhhHHI", GET_IMAGE, X.ZPixmap, 5, self._top, x, y, where.width, where.height, PLANES)
        self._desktop.x.send_with_reply(request, 1, partial(self._looked_at, side, where, free))

    def _looked_at(self, side: Side, where: Rect, free: Region, reply: bytes) -> None:
        size = 4 * where.width * where.height
        if reply and reply[1] in DEPTHS and len(reply) >= 32 + size:
            self._seen.append(Seen(side, where, reply[32 : 32 + size], free))
        else:
            self._seen.append(Seen(side, None, b"", []))

    def _order_after(self, reply: bytes) -> None:
        self._moved = _children(reply) != self._order

    def _place_after(self, reply: bytes) -> None:
        moved = self._moved or self._above_after != self._above
        if moved or not reply or _place(reply) != self._whole:
            self._begin()
        else:
            self._tell(tuple(self._seen))

    # Questions

    def _ask(self, code: int, window: int, answered: Callable[[bytes], None]) -> None:
        self._desktop.x.send_with_reply(struct.pack("<BBHI", code, 0, 2, window), 1, answered)

    def _translate(self, answered: Callable[[bytes], None]) -> None:
        request = struct.pack("<BBHIIhh", TRANSLATE_COORDINATES, 0, 4, self._outer, self._desktop.root_id, 0, 0)
        self._desktop.x.send_with_reply(request, 1, answered)


def _above_attributes(found: dict[int, Rect | None], window: int, reply: bytes) -> None:
    if reply and reply[26] == X.IsViewable and struct.unpack_from("<H", reply, 12)[0] == X.InputOutput:
        found[window] = None


def _above_geometry(found: dict[int, Rect | None], window: int, reply: bytes) -> None:
    if reply and window in found:
        found[window] = _place(reply).rect


def _children(reply: bytes) -> list[int]:
    many = struct.unpack_from("<H", reply, 16)[0] if reply else 0
    return list(struct.unpack_from(f"<{many}I", reply, 32))


def _place(reply: bytes) -> _Place:
    x, y, width, height, border = struct.unpack_from("<hhHHH", reply, 12)
    return _Place(Rect(x, y, width + 2 * border, height + 2 * border), border)
