"""A popup's content is shown on the root window itself."""

import struct

from Xlib import X

from guid.core import effects as fx
from guid.core.values import Kind
from guid.x11.frame import CHANGE_WINDOW_ATTRIBUTES
from guid.x11.shell import PERFORM, Shell
from shm.x11.requests import map_window

REPARENT_WINDOW = 7


def mutate() -> None:
    def bare(shell: Shell, effect: fx.MapWindow) -> None:
        if effect.kind is not Kind.POPUP:
            right(shell, effect)
            return
        content, place = shell._frames[effect.window].content, shell.session.windows[effect.window].content
        requests = (
            struct.pack("<BBHIII", CHANGE_WINDOW_ATTRIBUTES, 0, 4, content, X.CWOverrideRedirect, 1),
            struct.pack("<BBHIIhh", REPARENT_WINDOW, 0, 4, content, shell._desktop.root_id, place.x, place.y),
            map_window(content),
        )
        shell._desktop.x.send(b"".join(requests), len(requests))

    right = PERFORM[fx.MapWindow]
    PERFORM[fx.MapWindow] = bare
