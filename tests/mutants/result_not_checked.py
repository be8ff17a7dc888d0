"""What was granted to a popup is taken for what the display shows."""

from typing import Any

from guid.core.windows import Windows
from tests.mutants.patch import replace


def mutate() -> None:
    def leave(_windows: Windows, *_rest: Any) -> list[Any]:
        return []

    replace(Windows, "_pull_back", leave)
