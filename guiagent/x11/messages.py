"""Messages of programs to their window manager, taken apart. It must not know what becomes of a wish."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from Xlib import X
from Xlib.protocol import event as xevent

from guiagent.core.effects import Effect
from guiagent.core.gravity import Request
from guiagent.core.values import WindowId
from guiagent.core.wishes import Wishes
from guiagent.x11.atoms import Atoms

NORMAL_STATE, ICONIC_STATE = 1, 3
"""Source: ICCCM 4.1.3.1 and 4.1.4."""
MOVERESIZE_BITS: Final = (("x", 8), ("y", 9), ("width", 10), ("height", 11))
"""Which fields of _NET_MOVERESIZE_WINDOW count; the lowest byte is a gravity. Source: EWMH."""
CONFIGURE_BITS: Final = (("x", X.CWX), ("y", X.CWY), ("width", X.CWWidth), ("height", X.CWHeight))

_Take = Callable[[WindowId, tuple[int, ...], float], list[Effect]]


class Messages:
    """One row a message; a message that is not here concerns no window manager, or nothing can be done about it."""

    def __init__(self, atoms: Atoms, wishes: Wishes) -> None:
        self._wishes = wishes
        self._rows: Mapping[int, _Take] = {
            atoms["_NET_WM_STATE"]: lambda window, words, now: wishes.change_states(window, words[0], words[1:3], now),
            atoms["WM_CHANGE_STATE"]: self._change_state,
            atoms["_NET_ACTIVE_WINDOW"]: lambda window, _words, _now: wishes.activate(window),
            atoms["_NET_CLOSE_WINDOW"]: lambda window, _words, _now: wishes.close(window),
            atoms["_NET_MOVERESIZE_WINDOW"]: self._move_resize,
            atoms["_NET_RESTACK_WINDOW"]: lambda window, words, _now: wishes.restack(window, words[1], words[2]),
            atoms["_NET_WM_MOVERESIZE"]: lambda window, words, _now: wishes.drag(
                window, words[2], (_signed(words[0]), _signed(words[1])), words[3]
            ),
            atoms["_NET_REQUEST_FRAME_EXTENTS"]: lambda window, _words, _now: wishes.dress(window),
        }

    def take(self, event: xevent.ClientMessage, now: float) -> list[Effect]:
        """What is to be done about a message."""
        bits, words = event.data
        row = self._rows.get(event.client_type)
        if bits != 32 or row is None:
            return []
        return row(WindowId(event.window.id), tuple(words), now)

    def configure(self, event: xevent.ConfigureRequest) -> list[Effect]:
        """A ConfigureRequest, as far as it is about a place."""
        mask = event.value_mask
        request = Request(**{name: getattr(event, name) for name, bit in CONFIGURE_BITS if mask & bit})
        border = event.border_width if mask & X.CWBorderWidth else None
        return self._wishes.configure(WindowId(event.window.id), request, border)

    def _change_state(self, window: WindowId, words: tuple[int, ...], _now: float) -> list[Effect]:
        if words[0] == ICONIC_STATE:
            return self._wishes.iconify(window)
        return self._wishes.restore(window) if words[0] == NORMAL_STATE else []

    def _move_resize(self, window: WindowId, words: tuple[int, ...], _now: float) -> list[Effect]:
        given: dict[str, Any] = {
            name: _signed(words[at]) for at, (name, bit) in enumerate(MOVERESIZE_BITS, start=1) if words[0] >> bit & 1
        }
        return self._wishes.configure(window, Request(**given), gravity=words[0] & 0xFF)


def _signed(word: int) -> int:
    return word - (1 << 32) if word & 0x80000000 else word
