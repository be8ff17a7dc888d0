"""A popup lies where its qube wants it."""

from typing import Any

from guid.core import window
from guid.core.geometry import Rect, outer_of
from guid.core.policy import extents_of
from guid.core.values import Kind
from tests.mutants.patch import replace


def mutate() -> None:
    def granted_outer(content: Rect, kind: Kind, *_rest: Any) -> Rect:
        return outer_of(content, extents_of(kind))

    replace(window, "granted_outer", granted_outer)
