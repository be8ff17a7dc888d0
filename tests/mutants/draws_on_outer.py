"""Pictures are put on the outer instead of the content."""

from guid.core.values import RemoteId
from guid.x11.outers import Outers
from tests.mutants.patch import replace


def mutate() -> None:
    def outer_of(outers: Outers, remote: RemoteId) -> tuple[int, int, int] | None:
        found = right(outers, remote)
        return (outers.frames[remote].outer, *found[1:]) if found else None

    right = replace(Outers, "content_of", outer_of)
