"""The name tag has another qube's name, in the right colour, with the right marks."""

from typing import Any

from colors import tag
from tests.mutants.patch import replace


def mutate() -> None:
    right = replace(tag, "draw", lambda _name, *label, **size: confused(*label, **size))

    def confused(*label: Any, **size: int) -> Any:
        return right("other", *label, **size)
