"""The byte channel over Xen's libxenvchan, as the GUI agent (server) and daemon (client) of Qubes do; knows no message.

libxenvchan's descriptor is an edge ("something has changed"), it never notices that a domain was destroyed, and a ring
that the peer has scribbled over looks empty to it. This channel is level-triggered all the same, asks xenstore for the
peer's life, and ends where a ring makes no sense.
"""

from __future__ import annotations

import logging
import os
import select
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, Protocol

from protocol.limits import MAX_OUTPUT_QUEUE_BYTES, READ_BYTES
from shm.errors import ChannelClosed, ChannelFull, TransportError
from shm.vchan.unix import GUI_PORT
from shm.xen import libraries
from shm.xen.ring import State, XenRing
from shm.xen.store import Store

log = logging.getLogger(__name__)

TO_AGENT_BYTES: Final = 4_096
"""The ring that carries input: 128 motions of 32 bytes, one granted page, as in the C agent."""
TO_DAEMON_BYTES: Final = 65_536
"""The ring that carries damage: as much as one read takes. 16 granted pages; the C agent's has 1."""

MAX_DOMAIN_DIGITS: Final = 5
"""Of a domain's id: the highest is 0x7FEF. Source: xen.h, DOMID_FIRST_RESERVED."""


class XenChannel:
    """A connected ring with a bounded queue in front of it. What fits goes out at once, the rest when the peer reads.

    peer: a domain whose end this side is told of, as (store, domain); None where that cannot be known.
    on_close: called once, when this end has been closed.
    """

    def __init__(
        self,
        ring: XenRing,
        *,
        peer: tuple[Store, int] | None = None,
        max_queue_bytes: int = MAX_OUTPUT_QUEUE_BYTES,
        on_close: Callable[[], None] = lambda: None,
    ) -> None:
        self._ring = ring
        self._peer = peer
        self._max_queue_bytes = max_queue_bytes
        self._on_close = on_close
        self._queue = bytearray()
        self._gone = False
        self._closed = False
        # Readable while there is something left that no event of the ring will tell of again.
        self._left = os.eventfd(1, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._poll = select.epoll()
        self._poll.register(self._left, select.EPOLLIN)
        self._poll.register(ring.fileno(), select.EPOLLIN)
        if peer is not None:
            self._poll.register(peer[0].fileno(), select.EPOLLIN)

    @property
    def wants_write(self) -> bool:
        """Bytes are queued. They go out when the peer has read: `fileno` is readable then, and `receive` sends them."""
        return bool(self._queue)

    def fileno(self) -> int:
        """Return the descriptor to wait for; it is only ever readable."""
        return -1 if self._closed else self._poll.fileno()

    def receive(self, max_bytes: int = READ_BYTES) -> bytes:
        """Return what has arrived, b"" if nothing has; ChannelClosed after the last byte of a peer that is gone.

        Raises TransportError if the ring makes no sense: the peer has written over it.
        """
        self._take_news()
        data = self._ring.read(max_bytes)
        more = self._ring.has_data()
        if not data and not more and self._has_ended():
            raise ChannelClosed("the peer closed the channel")
        if self._queue and not self._has_ended():
            self._push()
        # An end is told by an event once, but must be told as long as anybody asks.
        self._keep_readable(more=more or self._has_ended())
        return data

    def send(self, data: bytes) -> None:
        """Send or queue all of `data`; ChannelFull and ChannelClosed as the seam says."""
        if self._closed or self._has_ended():
            raise ChannelClosed("the peer closed the channel")
        if len(self._queue) + len(data) > self._max_queue_bytes:
            self._push()
            if len(self._queue) + len(data) > self._max_queue_bytes:
                raise ChannelFull(
                    f"{len(self._queue)} bytes are queued, {len(data)} more exceed {self._max_queue_bytes}"
                )
        waiting = bool(self._queue)
        self._queue += data
        if not waiting:
            self._push()

    def flush(self) -> None:
        """Send as much of the queue as the ring takes; ChannelClosed if the peer is gone."""
        if self._closed or self._has_ended():
            raise ChannelClosed("the peer closed the channel")
        self._push()

    def close(self) -> None:
        """Give the ring back; the queue is lost."""
        if self._closed:
            return
        self._closed = True
        self._queue.clear()
        self._poll.close()
        os.close(self._left)
        self._ring.close()
        if self._peer is not None:
            self._peer[0].close()
        self._on_close()

    def _take_news(self) -> None:
        """Take notifications, so that the descriptor is readable again only for what comes after them."""
        if self._closed:
            raise ChannelClosed("this end is closed")
        for fd, _events in self._poll.poll(0):
            if fd == self._left:
                continue
            if self._peer is not None and fd == self._peer[0].fileno():
                self._hear_of_releases(*self._peer)
            else:
                self._ring.acknowledge()

    def _hear_of_releases(self, store: Store, domain: int) -> None:
        store.drain()
        self._gone = self._gone or store.lives(domain) is False

    def _has_ended(self) -> bool:
        return self._gone or self._ring.state() is not State.OPEN

    def _push(self) -> None:
        while self._queue:
            written = self._ring.write(self._queue)
            if not written:
                return
            del self._queue[:written]

    def _keep_readable(self, *, more: bool) -> None:
        if more:
            os.eventfd_write(self._left, 1)
            return
        with suppress(BlockingIOError):
            os.eventfd_read(self._left)


class Keys(Protocol):
    """Who knows what xenstore has."""

    def read(self, path: str) -> bytes | None:
        """The value of a key."""


def key_of(server: int | None, client: int, port: int) -> str:
    """Where xenstore has a server's ring; server: None for the domain we are in. Source: Qubes libvchan-xen, init.c."""
    own = f"data/vchan/{client}/{port}"
    return own if server is None else f"/local/domain/{server}/{own}"


def domain_we_are_in(store: Keys) -> int:
    """Its id; 0 where xenstore does not say. Source: xenstore-paths, "domid" of a domain's own folder."""
    said = store.read("domid")
    if said is None or not said.isdigit() or len(said) > MAX_DOMAIN_DIGITS:
        return 0
    return int(said)


def connect(
    domain: int, port: int = GUI_PORT, *, own_domain: int | None = None, max_queue_bytes: int = MAX_OUTPUT_QUEUE_BYTES
) -> XenChannel:
    """Connect to the server in a domain, as a client. Waits for nobody.

    own_domain: the id of the domain that this runs in, as the server knows it; None: as xenstore says.
    Raises ChannelClosed if there is no such domain (any more), TransportError if it does not serve (yet).
    """
    store = Store()
    try:
        watched, lives = store.watch_releases(), store.lives(domain)
        if lives is False:
            raise ChannelClosed(f"there is no domain {domain}")
        if own_domain is None:
            own_domain = domain_we_are_in(store)
        key = key_of(domain, own_domain, port)
        if store.read(f"{key}/event-channel") is None or store.read(f"{key}/ring-ref") is None:
            raise TransportError(f"domain {domain} serves no channel {port} for domain {own_domain} yet")
        # SAFETY: the path outlives the call; the result is NULL or ours until libxenvchan_close.
        control = libraries.vchan().libxenvchan_client_init(libraries.ffi().NULL, domain, key.encode())
        if control == libraries.ffi().NULL:
            raise TransportError(f"domain {domain} serves a channel {port} that cannot be mapped")
    except TransportError:
        store.close()
        raise
    if lives is None or not watched:
        log.warning("xenstore does not tell this domain when others end: only the agent's own end will be noticed")
    return XenChannel(_checked(control), peer=(store, domain), max_queue_bytes=max_queue_bytes)


def _checked(control: Any) -> XenRing:
    try:
        return XenRing(control)
    except TransportError:
        libraries.vchan().libxenvchan_close(control)
        raise


class XenListener:
    """Serves one client after another: each gets a ring of its own, and nobody finds a ring that has its client.

    Raises TransportError if no ring can be made (no Xen, no rights, no grants left).
    """

    def __init__(
        self, client_domain: int, port: int = GUI_PORT, *, max_queue_bytes: int = MAX_OUTPUT_QUEUE_BYTES
    ) -> None:
        self._client_domain = client_domain
        self._port = port
        self._max_queue_bytes = max_queue_bytes
        self._store = Store()
        self._poll = select.epoll()
        self._ring: XenRing | None = None
        self._open()

    def fileno(self) -> int:
        """Return the descriptor to wait for: readable when `accept` may have something."""
        return self._poll.fileno()

    def accept(self) -> XenChannel | None:
        """Return a channel to a client that has come, or None."""
        ring = self._ring
        if ring is None or not self._poll.poll(0):
            return None
        ring.acknowledge()
        state = ring.state()
        if state is State.WAITING:
            return None
        self._poll.unregister(ring.fileno())
        self._ring = None
        if state is State.CLOSED:  # it came and went
            ring.close()
            self._open()
            return None
        self._store.remove(key_of(None, self._client_domain, self._port))
        return XenChannel(ring, max_queue_bytes=self._max_queue_bytes, on_close=self._open)

    def close(self) -> None:
        """Serve no more."""
        if self._poll.closed:
            return
        if self._ring is not None:
            self._ring.close()
            self._ring = None
            self._store.remove(key_of(None, self._client_domain, self._port))
        self._poll.close()
        self._store.close()

    def _open(self) -> None:
        """Make a ring and tell xenstore of it."""
        if self._poll.closed:
            return
        key = key_of(None, self._client_domain, self._port)
        # SAFETY: the path outlives the call; the result is NULL or ours until libxenvchan_close.
        control = libraries.vchan().libxenvchan_server_init(
            libraries.ffi().NULL, self._client_domain, key.encode(), TO_AGENT_BYTES, TO_DAEMON_BYTES
        )
        if control == libraries.ffi().NULL:
            raise TransportError(f"no ring for domain {self._client_domain}: {_reason()}")
        self._ring = _checked(control)
        self._poll.register(self._ring.fileno(), select.EPOLLIN)


def _reason() -> str:
    return os.strerror(libraries.ffi().errno)
