"""Channels held for whoever calls: their ends are used from outside this machine, one operation a call. Knows no test.

An exception of the seam comes back as its name, for the caller to raise again (see tests/vm/far.py).
"""

from __future__ import annotations

import base64
import select
from collections.abc import Callable
from itertools import count
from typing import Any, Final

from shm.errors import ChannelClosed, ChannelFull, TransportError
from shm.vchan.channel import Acceptor, Channel
from shm.vchan.virtio_serial import PortListener, open_port
from shm.vchan.xen import XenListener, connect
from tests.harness.wait import wait_until

ACCEPT_TIMEOUT_S: Final = 60.0
CHANNELS: Final[dict[int, Channel]] = {}
LISTENERS: Final[dict[str, Acceptor]] = {}
NUMBERS: Final = count(1)


def _held(channel: Channel) -> int:
    number = next(NUMBERS)
    CHANNELS[number] = channel
    return number


def serve_xen(client_domain: int, port: int, limit: int) -> None:
    """Serve a port of this domain, once for all sessions."""
    LISTENERS["xen"] = XenListener(client_domain, port, max_queue_bytes=limit)


def serve_port(name: str, limit: int) -> None:
    """Serve a virtio-serial port, once for all sessions."""
    LISTENERS["port"] = PortListener(open_port(name), max_queue_bytes=limit)


def accept(kind: str, limit: int) -> int:
    """Wait for a client; returns the number of the channel. limit: its longest queue, instead of the listener's."""
    channel = wait_until(LISTENERS[kind].accept, ACCEPT_TIMEOUT_S, "a client") or _never()
    setattr(channel, "_max_queue_bytes", limit)  # noqa: B010 - no listener is told it for one client alone
    return _held(channel)


def _never() -> Channel:
    raise AssertionError("wait_until returns something")


def connect_xen(domain: int, port: int, limit: int) -> int:
    """Connect to a domain that serves; returns the number of the channel."""

    def look() -> Channel | None:
        try:
            return connect(domain, port, max_queue_bytes=limit)
        except ChannelClosed:
            raise
        except TransportError:
            return None

    return _held(wait_until(look, ACCEPT_TIMEOUT_S, "the other end") or _never())


def receive(number: int, max_bytes: int) -> dict[str, Any]:
    """What has arrived, base64."""
    return _told(lambda: base64.b64encode(CHANNELS[number].receive(max_bytes)).decode("ascii"))


def send(number: int, data: str) -> dict[str, Any]:
    """Send base64 data."""
    return _told(lambda: CHANNELS[number].send(base64.b64decode(data)))


def flush(number: int) -> dict[str, Any]:
    """Send what is queued."""
    return _told(CHANNELS[number].flush)


def shutdown_write(number: int) -> dict[str, Any]:
    """End this way, if the kind can."""
    return _told(CHANNELS[number].shutdown_write)  # type: ignore[attr-defined]


def close(number: int) -> dict[str, Any]:
    """Close it."""
    return _told(CHANNELS[number].close)


def wants_write(number: int) -> bool:
    """Whether bytes are queued."""
    return CHANNELS[number].wants_write


def fileno(number: int) -> int:
    """Its descriptor here."""
    return CHANNELS[number].fileno()


def readable(number: int, timeout_ms: int) -> bool:
    """Whether its descriptor is readable within that time."""
    poll = select.poll()
    poll.register(CHANNELS[number].fileno(), select.POLLIN)
    return bool(poll.poll(timeout_ms))


def _told(operation: Callable[[], Any]) -> dict[str, Any]:
    try:
        return {"result": operation()}
    except (ChannelClosed, ChannelFull) as error:
        return {"raised": type(error).__name__, "text": str(error)}
