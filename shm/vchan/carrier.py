"""What can carry a daemon's channel to its agent, by name; must not know who starts either of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from pathlib import Path
from typing import Final

from protocol.limits import MAX_OUTPUT_QUEUE_BYTES
from shm.vchan import unix
from shm.vchan.channel import Channel


class Carrier(Enum):
    """The names, as a command line has them."""

    UNIX = "unix"
    """a unix stream socket; the bytes on it are the channel's"""
    VIRTIO_SERIAL = "virtio-serial"
    """the socket of a virtual machine's port; sessions are told apart by marks"""


def connect(carrier: Carrier, path: Path, *, max_queue_bytes: int = MAX_OUTPUT_QUEUE_BYTES) -> Channel:
    """Connect to the socket at `path` without waiting. Raises TransportError if nobody listens there."""
    return _CONNECT[carrier](path, max_queue_bytes)


def _connect_virtio_serial(path: Path, max_queue_bytes: int) -> Channel:
    from shm.vchan import virtio_serial  # noqa: PLC0415 - only where qubes are machines

    return virtio_serial.connect(path, max_queue_bytes=max_queue_bytes)


_CONNECT: Final[Mapping[Carrier, Callable[[Path, int], Channel]]] = {
    Carrier.UNIX: lambda path, most: unix.connect(path, max_queue_bytes=most),
    Carrier.VIRTIO_SERIAL: _connect_virtio_serial,
}
