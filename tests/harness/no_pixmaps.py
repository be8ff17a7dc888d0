"""An X server that shares memory, but no pixmaps, as one that draws by a graphics card says."""

from shm.x11.connection import XConnection
from shm.x11.mitshm import MitShm

_made = MitShm.__init__


def _made_without(self: MitShm, connection: XConnection) -> None:
    _made(self, connection)
    self.shared_pixmaps = False


def deny() -> None:
    """From now on every server of this process says so."""
    MitShm.__init__ = _made_without  # type: ignore[method-assign]
