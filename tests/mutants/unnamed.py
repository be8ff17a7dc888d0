"""Windows are not marked as a qube's: a window manager that decorates by the marks shows them as the desktop's own."""

import struct
from typing import Any

from guid.x11.properties import DELETE_PROPERTY, Properties
from tests.mutants.patch import replace

MARKS = ("_QUBES_LABEL", "_QUBES_LABEL_COLOR", "_QUBES_VMNAME", "_QUBES_VMWINDOWID")


def mutate() -> None:
    def introduce(properties: Properties, outer: int, *rest: Any) -> None:
        right(properties, outer, *rest)
        desktop = properties._desktop
        requests = [struct.pack("<BBHII", DELETE_PROPERTY, 0, 3, outer, desktop.atoms[mark]) for mark in MARKS]
        desktop.x.send(b"".join(requests), len(requests))

    right = replace(Properties, "introduce", introduce)
