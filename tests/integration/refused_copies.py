"""`python -m tests.integration.refused_copies ARGUMENT…`: `vitrail` on a desktop that maps no copies of pictures."""

import sys

from guid.cli import main
from shm.errors import ShmError
from shm.x11.mitshm import MitShm


def refuse() -> None:
    """Only a daemon's own page and the pool are attached. The others are waited for as if they were, so that much is
    read meanwhile."""
    attached: list[int] = []

    def attach_fd(self: MitShm, fd: int, *, read_only: bool) -> int:
        segment = right(self, fd, read_only=read_only)
        attached.append(segment)
        if len(attached) > 2:
            raise ShmError("refused")
        return segment

    right = MitShm.attach_fd
    MitShm.attach_fd = attach_fd  # type: ignore[method-assign]


if __name__ == "__main__":
    refuse()
    sys.exit(main(sys.argv[1:]))
