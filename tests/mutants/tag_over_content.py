"""The name tag's room lies a little too low, over the upper rows of the content."""

from guid.core.geometry import Extents
from guid.x11.tags import Tags
from tests.mutants.patch import replace


def mutate() -> None:
    def lower(tags: Tags, outer: int, extents: Extents) -> list[bytes]:
        requests: list[bytes] = right(tags, outer, extents._replace(top=extents.top + 2))
        return requests

    right = replace(Tags, "room", lower)
