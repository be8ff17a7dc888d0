"""Which qube the focused window belongs to: told by the X server, and by nothing that a window says of itself.

Each client of an X server has a range of ids of its own, which nobody else can make a window in. The supervisor knows
one id of each of its daemons; so a window's id alone tells whose it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from Xlib import X
from Xlib.error import XError

from guid.core.attention import NO_FOCUS, Focus, Row, Whose
from guid.core.text import safe_title
from shm.x11.connection import XConnection

MAX_DEPTH = 16
"""Windows one in the other that are looked at: a window manager puts two or three around a program's."""
TITLE_LONGS = 256


def focus_owner(x: XConnection, rows: Iterable[Row]) -> Focus:
    """Who has the keyboard, whatever is grabbed. rows: all qubes, with their daemons' anchors."""
    return _Looker(x, rows).look()


class _Looker:
    """One look."""

    def __init__(self, x: XConnection, rows: Iterable[Row]) -> None:
        self._display = x.display
        self._root = x.display.screen().root
        self._mask = ~x.display.display.info.resource_id_mask
        self._qubes = {anchor & self._mask: row.name for row in rows for anchor in row.anchors}

    def look(self) -> Focus:
        """Windows may go while they are looked at: then nobody has the focus."""
        try:
            focus = self._display.get_input_focus().focus
            if focus == X.NONE:
                return NO_FOCUS
            under_pointer = isinstance(focus, int) or focus == self._root
            chain = list(self._under_pointer() if under_pointer else self._upwards(focus))
            return self._of(chain)
        except XError:
            return NO_FOCUS

    def _of(self, chain: list[Any]) -> Focus:
        """chain: windows one in the other, the innermost first."""
        for window in chain:
            qube = self._qubes.get(window.id & self._mask)
            if qube is not None:
                outers = [each for each in chain if self._qubes.get(each.id & self._mask) == qube]
                return Focus(Whose.QUBE, qube, self._title(outers))
        if not chain or chain[0].id & self._mask == self._manager():
            return NO_FOCUS
        return Focus(Whose.DESKTOP, "", self._title(chain))

    def _upwards(self, window: Any) -> Iterator[Any]:
        for _ in range(MAX_DEPTH):
            if isinstance(window, int) or window == self._root:
                return
            yield window
            window = window.query_tree().parent

    def _under_pointer(self) -> Iterator[Any]:
        """Keys go to what the pointer is over, where nothing has the focus of its own."""
        found: list[Any] = []
        window = self._root
        for _ in range(MAX_DEPTH):
            window = window.query_pointer().child
            if window == X.NONE:
                break
            found.append(window)
        yield from reversed(found)

    def _manager(self) -> int | None:
        """The window manager's own range: it gives the focus to a window of its own when nobody is to have it."""
        check = self._root.get_full_property(self._display.intern_atom("_NET_SUPPORTING_WM_CHECK"), X.AnyPropertyType)
        return int(check.value[0]) & self._mask if check is not None and len(check.value) == 1 else None

    def _title(self, windows: Iterable[Any]) -> str:
        """The first that there is; a program of the desktop may say anything, a daemon only what is safe."""
        atoms = [self._display.intern_atom(name) for name in ("_NET_WM_NAME", "WM_NAME")]
        for window in windows:
            for atom in atoms:
                found = window.get_property(atom, X.AnyPropertyType, 0, TITLE_LONGS)
                if found is not None and found.format == 8 and found.value:
                    return safe_title(bytes(found.value))
        return ""
