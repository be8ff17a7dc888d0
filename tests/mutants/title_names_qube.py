"""A qube's title may say which qube it is."""

from Xlib import Xatom

from guid.x11.properties import Properties
from shm.x11.properties import change_property
from tests.mutants.patch import replace


def mutate() -> None:
    def set_title(properties: Properties, outer: int, title: str) -> None:
        right(properties, outer, title)
        atom = properties._desktop.atoms["_QUBES_VMNAME"]
        properties._desktop.x.send(change_property(outer, atom, Xatom.STRING, 8, title.encode()), 1)

    right = replace(Properties, "set_title", set_title)
