"""Frames have their qube's colour and the marks of another label, which is all that some eyes go by."""

from typing import Any

from colors.labels import STANDARD, Label
from guid.x11.tiles import Tiles
from tests.mutants.patch import replace


def mutate() -> None:
    def confused(tiles: Tiles, desktop: Any, label: Label, *unit: int) -> None:
        right(tiles, desktop, label._replace(pattern=STANDARD["purple"].pattern), *unit)

    right = replace(Tiles, "__init__", confused)
