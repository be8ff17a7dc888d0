"""Frames are painted in the colour of another qube, while every property says the truth."""

from colors.labels import STANDARD
from guid.x11.frame import FrameMaker
from tests.mutants.patch import replace


def mutate() -> None:
    def confused(maker: FrameMaker, desktop: object, *_label: object, **name: str) -> None:
        right(maker, desktop, STANDARD["red"], **name)

    right = replace(FrameMaker, "__init__", confused)
