"""A popup that comes after the banner lies above it."""

from guid.x11.stacking import Stacking
from tests.mutants.patch import replace


def mutate() -> None:
    def leave_it(_stacking: Stacking, _lowered: object) -> None:
        pass

    replace(Stacking, "_raise_topmost", leave_it)
