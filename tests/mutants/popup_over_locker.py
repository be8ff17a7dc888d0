"""A popup is mapped on top of everything, whatever lies there."""

from guid.x11.stacking import Stacking
from tests.mutants.patch import replace


def mutate() -> None:
    def show(stacking: Stacking, outer: int, *, topmost: bool = False) -> None:
        del topmost
        stacking._raise_and_map(outer)

    replace(Stacking, "show", show)
