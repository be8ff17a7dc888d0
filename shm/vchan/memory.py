"""The byte channel inside one process, for tests of both ends back to back; knows no message."""

import contextlib
import os

from protocol.limits import MAX_OUTPUT_QUEUE_BYTES, READ_BYTES
from shm.errors import ChannelClosed, ChannelFull


class MemoryChannel:
    """One end of a pair. What it sends lies in the peer's inbox at once, and counts as queued until it is received."""

    def __init__(self, *, max_queue_bytes: int) -> None:
        self._max_queue_bytes = max_queue_bytes
        self._inbox = bytearray()
        self._ended = False  # nothing more will come
        self._closed = False
        self._peer: MemoryChannel = self
        # An event descriptor is readable while its counter is not zero: the level that `fileno` promises.
        self._event_fd = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)

    def join(self, peer: "MemoryChannel") -> None:
        """Make `peer` the other end of this one."""
        self._peer, peer._peer = peer, self

    @property
    def wants_write(self) -> bool:
        """Never: nothing waits on our side."""
        return False

    def fileno(self) -> int:
        """Return the event descriptor; -1 once closed, as a socket does."""
        return self._event_fd

    def receive(self, max_bytes: int = READ_BYTES) -> bytes:
        """Return what has arrived, b"" if nothing has; ChannelClosed after the last byte of a peer that is gone."""
        if self._closed:
            raise ChannelClosed("this end is closed")
        if not self._inbox and self._ended:
            raise ChannelClosed("the peer closed the channel")
        data = bytes(self._inbox[:max_bytes])
        del self._inbox[:max_bytes]
        if not self._inbox and not self._ended:
            self._lower()
        return data

    def send(self, data: bytes) -> None:
        """Put all of `data` in the peer's inbox; ChannelFull and ChannelClosed as the seam says."""
        peer = self._peer
        if self._closed or peer._closed or peer._ended:
            raise ChannelClosed("the peer closed the channel")
        if len(peer._inbox) + len(data) > self._max_queue_bytes:
            raise ChannelFull(f"{len(peer._inbox)} bytes are queued, {len(data)} more exceed {self._max_queue_bytes}")
        if data:
            peer._inbox += data
            peer._raise()

    def flush(self) -> None:
        """Do nothing but notice a peer that is gone."""
        if self._closed or self._peer._closed:
            raise ChannelClosed("the peer closed the channel")

    def shutdown_write(self) -> None:
        """Tell the peer that nothing more comes; receiving goes on."""
        self._peer._end()

    def close(self) -> None:
        """Close this end. What the peer has not received yet, it still receives."""
        if self._closed:
            return
        self._closed = True
        self._inbox.clear()
        os.close(self._event_fd)
        self._event_fd = -1
        self._peer._end()

    def _end(self) -> None:
        self._ended = True
        self._raise()

    def _raise(self) -> None:
        if not self._closed:
            os.eventfd_write(self._event_fd, 1)

    def _lower(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.eventfd_read(self._event_fd)


def memory_pair(*, max_queue_bytes: int = MAX_OUTPUT_QUEUE_BYTES) -> tuple[MemoryChannel, MemoryChannel]:
    """Return two ends joined to each other; close both."""
    one, other = MemoryChannel(max_queue_bytes=max_queue_bytes), MemoryChannel(max_queue_bytes=max_queue_bytes)
    one.join(other)
    return one, other
