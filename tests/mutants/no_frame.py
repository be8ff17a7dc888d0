"""Frames have the colour of an empty content: as if there were none."""

from colors.labels import Label
from guid.x11.frame import CONTENT_BACKGROUND_RGB, FrameMaker
from tests.mutants.patch import replace


def mutate() -> None:
    def colourless(maker: FrameMaker, desktop: object, *_label: object, **name: str) -> None:
        right(maker, desktop, Label("none", 0, CONTENT_BACKGROUND_RGB), **name)

    right = replace(FrameMaker, "__init__", colourless)
