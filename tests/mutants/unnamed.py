"""Windows are not marked as a qube's: a window manager that decorates by the marks shows them as the desktop's own."""

from typing import Any

from guid.x11.properties import Properties
from shm.x11.properties import delete_property
from tests.mutants.patch import replace

MARKS = ("_QUBES_LABEL", "_QUBES_LABEL_COLOR", "_QUBES_VMNAME", "_QUBES_VMWINDOWID")


def mutate() -> None:
    def introduce(properties: Properties, outer: int, *rest: Any) -> None:
        right(properties, outer, *rest)
        desktop = properties._desktop
        requests = [delete_property(outer, desktop.atoms[mark]) for mark in MARKS]
        desktop.x.send(b"".join(requests), len(requests))

    right = replace(Properties, "introduce", introduce)
