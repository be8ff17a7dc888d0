"""The command line of the desktop with an X server that shares memory, but no pixmaps, as one with a graphics card."""

import sys

from guid.cli import main
from shm.x11.connection import XConnection
from shm.x11.mitshm import MitShm

_made = MitShm.__init__


def made(self: MitShm, connection: XConnection) -> None:
    """Say so."""
    _made(self, connection)
    self.shared_pixmaps = False


MitShm.__init__ = made  # type: ignore[method-assign]

if __name__ == "__main__":
    sys.exit(main())
