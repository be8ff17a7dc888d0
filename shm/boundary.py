"""How the desktop side reaches one qube: its bytes and its pages, of whatever kind. Must not know what either mean.

Above this nothing can tell a sandbox from a virtual machine.
"""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Protocol

from protocol.limits import MAX_OUTPUT_QUEUE_BYTES
from shm.pages import PageSource, PoolPages
from shm.pool import Pool
from shm.vchan import carrier as carriers
from shm.vchan.carrier import Carrier
from shm.vchan.channel import Channel
from shm.vchan.unix import GUI_PORT


class Memory(NamedTuple):
    """source: what references name. fd: what an X server attaches to draw pictures where they lie, None if it cannot.

    punch: gives pages (first, how many) back for a qube that cannot, None for one that can. all_pages: that there are.
    counts_fd: the file of pages for writing, where a counter may be; None if there is no such file.
    """

    source: PageSource
    fd: int | None
    punch: Callable[[int, int], None] | None = None
    all_pages: int = 0
    counts_fd: int | None = None


class Boundary(Protocol):
    """One qube, from outside."""

    def memory(self) -> Memory:
        """Open its memory, once for all sessions. Raises ShmError, or TransportError if the system lacks something."""

    def connect(self) -> Channel:
        """Connect to its agent without waiting.

        Raises TransportError if the agent is not there (yet), ChannelClosed if it never will be.
        """


class PoolBoundary(NamedTuple):
    """A qube that shares a pool, and whose channel is a socket.

    vchan_path: the socket; carrier: what is behind it. pool_fd: the pool, sealed; opened anew for reading only.
    punches: pages are given back here, for an agent in a virtual machine, which cannot.
    """

    vchan_path: Path
    pool_fd: int
    carrier: Carrier = Carrier.UNIX
    punches: bool = False

    def memory(self) -> Memory:
        """Open the pool for reading. Raises ShmError if it is not sealed, or of a wrong size."""
        pool = Pool.from_fd(self.pool_fd)
        fd = pool.open_read_only()
        punch = pool.punch if self.punches else None
        return Memory(PoolPages(fd, pool.size_bytes), fd, punch, pool.pages, pool.fd)

    def connect(self) -> Channel:
        """Connect to the socket. Raises TransportError if nobody listens there."""
        return carriers.connect(self.carrier, self.vchan_path, max_queue_bytes=MAX_OUTPUT_QUEUE_BYTES)


class XenBoundary(NamedTuple):
    """A qube that is a Xen domain. Its libraries are loaded when it is first used."""

    domain: int
    port: int = GUI_PORT

    def memory(self) -> Memory:
        """Open the device that maps grants. Raises ShmError or TransportError."""
        from shm.grants.source import GrantPages  # noqa: PLC0415 - loads Xen's libraries

        return Memory(GrantPages(self.domain), None)

    def connect(self) -> Channel:
        """Connect to the agent in the domain. Raises ChannelClosed if there is no such domain."""
        from shm.vchan.xen import connect  # noqa: PLC0415 - loads Xen's libraries

        return connect(self.domain, self.port, max_queue_bytes=MAX_OUTPUT_QUEUE_BYTES)
