"""A popup's content is shown on the root window itself."""

import struct

from Xlib import X

from guid.core import effects as fx
from guid.core.values import Kind
from guid.x11.frame import CHANGE_WINDOW_ATTRIBUTES
from guid.x11.outers import Outers
from shm.x11.requests import map_window
from tests.mutants.patch import replace

REPARENT_WINDOW = 7


def mutate() -> None:
    def bare(outers: Outers, effect: fx.MapWindow) -> None:
        if effect.kind is not Kind.POPUP:
            right(outers, effect)
            return
        content, place = outers.frames[effect.window].content, outers._session.windows[effect.window].content
        requests = (
            struct.pack("<BBHIII", CHANGE_WINDOW_ATTRIBUTES, 0, 4, content, X.CWOverrideRedirect, 1),
            struct.pack("<BBHIIhh", REPARENT_WINDOW, 0, 4, content, outers._desktop.root_id, place.x, place.y),
            map_window(content),
        )
        outers._desktop.x.send(b"".join(requests), len(requests))

    right = replace(Outers, "map", bare)
