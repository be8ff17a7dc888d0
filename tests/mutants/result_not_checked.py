"""What was granted to a popup is taken for what the display shows."""

from typing import Any

from guid.core.session import Session
from tests.mutants.patch import replace


def mutate() -> None:
    def leave(_session: Session, *_rest: Any) -> list[Any]:
        return []

    replace(Session, "_pull_back", leave)
