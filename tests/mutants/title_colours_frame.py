"""A qube's title may say which colour its frame has."""

import re

from guid.core import effects as fx
from guid.x11.outers import Outers
from tests.mutants.paint import paint
from tests.mutants.patch import replace


def mutate() -> None:
    def set_title(outers: Outers, effect: fx.SetTitle) -> None:
        right(outers, effect)
        found = re.search("0x([0-9A-Fa-f]{6})", effect.title)
        if found:
            requests = paint(outers.frames[effect.window], int(found[1], 16))
            outers._desktop.x.send(b"".join(requests), len(requests))

    right = replace(Outers, "set_title", set_title)
