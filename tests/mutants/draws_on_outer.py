"""Pictures are put on the outer instead of the content."""

from guid.core.values import RemoteId
from guid.x11.shell import Shell
from tests.mutants.patch import replace


def mutate() -> None:
    def outer_of(shell: Shell, remote: RemoteId) -> tuple[int, int, int] | None:
        found = right(shell, remote)
        return (shell._frames[remote].outer, *found[1:]) if found else None

    right = replace(Shell, "_content_of", outer_of)
