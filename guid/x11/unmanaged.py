"""Does for a window that is clicked what a window manager does, where there is none; must not know qubes.

Without one nothing has the focus, keys go to whatever lies under the pointer, and no qube is told of the focus.
"""

from __future__ import annotations

import struct
from functools import partial

from Xlib import X

from guid.x11.desktop import Desktop
from shm.x11.requests import configure_window, set_input_focus

GET_WINDOW_ATTRIBUTES = 3
ALL_EVENT_MASKS_AT = 32
"""Where the reply to GetWindowAttributes has what all clients select. Source: X11 protocol, encoding."""


class ClickFocus:
    """Focuses and raises managed outers of one desktop, if nobody else does."""

    def __init__(self, desktop: Desktop) -> None:
        self._desktop = desktop

    def clicked(self, outer: int, time_ms: int) -> None:
        """The person pressed a button in a managed window, at this time of the X server."""
        request = struct.pack("<BBHI", GET_WINDOW_ATTRIBUTES, 0, 2, self._desktop.root_id)
        self._desktop.x.send_with_reply(request, 1, partial(self._told, outer, time_ms))

    def _told(self, outer: int, time_ms: int, reply: bytes) -> None:
        """A window manager is whoever has the requests of others redirected to it: there is at most one."""
        if not reply or struct.unpack_from("<I", reply, ALL_EVENT_MASKS_AT)[0] & X.SubstructureRedirectMask:
            return
        focus = set_input_focus(outer, revert_to=X.RevertToPointerRoot, time=time_ms)
        self._desktop.x.send(configure_window(outer, stack_mode=X.Above) + focus, 2)
