"""A qube's title may say which colour its frame has."""

import re

from guid.core import effects as fx
from guid.x11.shell import PERFORM, Shell
from tests.mutants.paint import paint


def mutate() -> None:
    def set_title(shell: Shell, effect: fx.SetTitle) -> None:
        right(shell, effect)
        found = re.search("0x([0-9A-Fa-f]{6})", effect.title)
        if found:
            requests = paint(shell._frames[effect.window], int(found[1], 16))
            shell._desktop.x.send(b"".join(requests), len(requests))

    right = PERFORM[fx.SetTitle]
    PERFORM[fx.SetTitle] = set_title
