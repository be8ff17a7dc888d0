"""The byte channel over a virtio-serial port of a virtual machine; knows no message.

In the machine the port is a character device, outside a unix socket of the emulator. Neither end is told of every
disconnect of the other, and bytes of a session that has ended may arrive in the next one. So sessions are told apart by
marks in the stream (see marks.py): the client opens one with a fresh nonce, and listens to nothing before the echo.
"""

from __future__ import annotations

import contextlib
import os
import select
from collections.abc import Callable
from pathlib import Path
from typing import Final

from protocol.limits import MAX_OUTPUT_QUEUE_BYTES, READ_BYTES
from shm.errors import ChannelClosed, ChannelFull, TransportError
from shm.vchan.marks import NONCE_CHARACTERS, Decoder, Kind, Mark, encoded, escaped
from shm.vchan.unix import connect_socket

MAX_STALE_BYTES: Final = 16 << 20
"""What a client passes over before its session begins. An old session can leave a port's ring (128 buffers of at most
32 KiB), the emulator's buffer and a socket's: under 5 MiB. More comes only from a machine that never answers."""

PORTS: Final = Path("/sys/class/virtio-ports")


class _Port:
    """The carrier's descriptor, what waits to be written to it, and the session that it carries now, if any.

    heard: what to do with each mark that arrives; raises TransportError at one that must not come.
    """

    def __init__(self, fd: int, heard: Callable[[Mark], None]) -> None:
        os.set_blocking(fd, False)
        self.fd = fd
        self.queue = bytearray()
        self.session: VirtioSerialChannel | None = None
        self._heard = heard
        self._decoder = Decoder()

    def listen(self) -> bool:
        """Read once; data goes to the session, or is passed over. False if nothing had arrived."""
        try:
            arrived = os.read(self.fd, READ_BYTES)
        except BlockingIOError:
            return False
        except OSError:  # ECONNRESET; ENODEV: the port was unplugged
            arrived = b""
        try:
            if not arrived:
                raise TransportError("the other end is not connected")
            for piece in self._decoder.feed(arrived):
                if isinstance(piece, Mark):
                    self._heard(piece)
                elif self.session is not None:
                    self.session.take(piece)
        except TransportError as error:
            self._decoder = Decoder()
            if self.session is not None:
                self.session.end(str(error))
        return bool(arrived)

    def flush(self) -> bool:
        """Write as much of the queue as is taken now; False if the other end is not connected."""
        try:
            while self.queue:
                del self.queue[: os.write(self.fd, self.queue)]
        except BlockingIOError:
            return True
        except OSError:  # EPIPE, ECONNRESET, ENODEV
            return False
        return True

    def say(self, mark: Mark) -> None:
        """Put a mark behind what waits."""
        self.queue += encoded(mark)

    def say_instead(self, mark: Mark) -> None:
        """Give up what waits, and say `mark`: a cut in the middle of anything is understood."""
        self.queue[:] = encoded(mark)
        self.flush()


class VirtioSerialChannel:
    """One session, at either end.

    nonce: names it. left: called once, when the session is over. begun: the peer knows of it already.
    """

    def __init__(
        self,
        port: _Port,
        nonce: bytes,
        *,
        max_queue_bytes: int,
        left: Callable[[VirtioSerialChannel], None],
        begun: bool,
    ) -> None:
        self.nonce = nonce
        self.begun = begun
        self._port = port
        self._max_queue_bytes = max_queue_bytes
        self._left = left
        self._early = bytearray()  # sent before the session began
        self._stale_bytes = 0
        self._inbox = bytearray()
        self._ended = False
        self._shut = False
        self._over: str | None = None
        # What `fileno` promises cannot be had from the port alone: marks make it readable, or hide that it is over.
        self._kick = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._kicked = False
        self._epoll = select.epoll()
        self._epoll.register(self._kick, select.EPOLLIN)
        self._watching = select.EPOLLIN
        self._epoll.register(port.fd, select.EPOLLIN)

    # The seam

    @property
    def wants_write(self) -> bool:
        """Bytes are queued. They go when `receive` is called, for which `fileno` becomes readable."""
        return self._over is None and bool(self._early or self._port.queue)

    def fileno(self) -> int:
        """Return the descriptor to wait for, never writable; -1 once closed."""
        return -1 if self._epoll.closed else self._epoll.fileno()

    def receive(self, max_bytes: int = READ_BYTES) -> bytes:
        """Return what has arrived, b"" if nothing has; ChannelClosed after the last byte of a session that is over."""
        self._refuse_if_closed()
        self._flush()
        self._listen()
        data = bytes(self._inbox[:max_bytes])
        del self._inbox[:max_bytes]
        self.settle()
        if not data and (self._over is not None or self._ended):
            raise ChannelClosed(self._over or "the peer ended the channel")
        return data

    def send(self, data: bytes) -> None:
        """Send or queue all of `data`; ChannelFull and ChannelClosed as the seam says."""
        self.flush()
        if self._shut:
            raise ChannelClosed("this end has ended the channel")
        wire, queue = escaped(data), self._port.queue if self.begun else self._early
        if len(queue) + len(wire) > self._max_queue_bytes:
            raise ChannelFull(f"{len(queue)} bytes are queued, {len(wire)} more exceed {self._max_queue_bytes}")
        queue += wire
        self._flush()
        self.settle()

    def flush(self) -> None:
        """Send as much of the queue as the port takes; ChannelClosed if the session is over."""
        self._refuse_if_closed()
        self._flush()
        self._listen()
        self.settle()
        if self._over is not None:
            raise ChannelClosed(self._over)

    def shutdown_write(self) -> None:
        """Tell the peer that nothing more comes; receiving goes on."""
        queue = self._port.queue if self.begun else self._early
        queue += encoded(Mark(Kind.END))
        self._shut = True
        self._flush()
        self.settle()

    def close(self) -> None:
        """End the session; the queue is lost."""
        if self._epoll.closed:
            return
        if self._over is None:
            self._port.say_instead(Mark(Kind.CLOSE))
            self._leave("this end is closed")
        self._epoll.close()
        os.close(self._kick)

    # For whoever holds the port

    def begin(self) -> None:
        """The peer knows of the session: what was sent meanwhile may go."""
        self.begun = True
        self._port.queue += self._early
        self._early.clear()
        self.settle()

    def take(self, piece: bytes) -> None:
        """Data came. Raises TransportError if the session has not begun after very much of it."""
        if self.begun:
            self._inbox += piece
            self.settle()
            return
        self._stale_bytes += len(piece)
        if self._stale_bytes > MAX_STALE_BYTES:
            raise TransportError(f"{self._stale_bytes} bytes came, and no answer among them")

    def peer_ended(self) -> None:
        """Nothing more comes."""
        self._ended = True
        self.settle()

    def end(self, why: str) -> None:
        """The session is over, and the port is not watched any more; what has arrived can still be received."""
        if self._over is None:
            self._port.queue.clear()
            self._leave(why)

    def settle(self) -> None:
        """Bring what the descriptor shows to what is true."""
        kicked = bool(self._inbox or self._ended or self._over is not None)
        if kicked != self._kicked:
            self._kicked = kicked
            if kicked:
                os.eventfd_write(self._kick, 1)
            else:
                os.eventfd_read(self._kick)
        if self._over is None:
            wanted = select.EPOLLIN | (select.EPOLLOUT if self._port.queue else 0)
            if wanted != self._watching:
                self._watching = wanted
                self._epoll.modify(self._port.fd, wanted)

    # Inside

    def _leave(self, why: str) -> None:
        self._over = why
        self._epoll.unregister(self._port.fd)
        self.settle()
        self._left(self)

    def _listen(self) -> None:
        """Look for more only when all of what came has been fetched: the inbox stays within one reading."""
        if self._over is None and not self._inbox:
            self._port.listen()

    def _flush(self) -> None:
        if self._over is not None or self._port.flush():
            return
        # The other end is gone; what it said before is still there to be read.
        while self._over is None and len(self._inbox) < READ_BYTES and self._port.listen():
            pass
        if not self._inbox:
            self.end("the other end is not connected")

    def _refuse_if_closed(self) -> None:
        if self._epoll.closed:
            raise ChannelClosed("this end is closed")


class _Client:
    """The desktop side's end: one connection, one session."""

    def __init__(self, fd: int, max_queue_bytes: int) -> None:
        port = _Port(fd, self._heard)
        nonce = os.urandom(NONCE_CHARACTERS // 2).hex().encode("ascii")
        self._port = port
        self.channel = port.session = VirtioSerialChannel(
            port, nonce, max_queue_bytes=max_queue_bytes, left=self._left, begun=False
        )
        port.say(Mark(Kind.OPEN, nonce))
        port.flush()
        self.channel.settle()

    def _heard(self, mark: Mark) -> None:
        channel = self.channel
        if not channel.begun:
            if mark.kind is Kind.ACCEPT and mark.nonce == channel.nonce:
                channel.begin()
            elif mark.kind is Kind.RESET:  # the server began after our opening, which it may not have seen
                self._port.say(Mark(Kind.OPEN, channel.nonce))
                self._port.flush()
        elif mark.kind is Kind.END:
            channel.peer_ended()
        elif mark.kind in (Kind.CLOSE, Kind.RESET):
            channel.end("the peer closed the channel")
        elif mark.kind is Kind.OPEN:
            raise TransportError("a mark that only a client may send")

    def _left(self, _channel: VirtioSerialChannel) -> None:
        self._port.session = None
        os.close(self._port.fd)


def connect(path: Path, *, max_queue_bytes: int = MAX_OUTPUT_QUEUE_BYTES) -> VirtioSerialChannel:
    """Connect to the emulator's socket without waiting, and open a session; it begins when the machine answers.

    Raises TransportError if nobody listens there.
    """
    return open_session(connect_socket(path).detach(), max_queue_bytes=max_queue_bytes)


def open_session(fd: int, *, max_queue_bytes: int = MAX_OUTPUT_QUEUE_BYTES) -> VirtioSerialChannel:
    """Open a session as the client over a connected descriptor, which is ours from now on."""
    return _Client(fd, max_queue_bytes).channel


class PortListener:
    """The machine's end: the port, on which the desktop side opens one session after another. An Acceptor."""

    def __init__(self, fd: int, *, max_queue_bytes: int = MAX_OUTPUT_QUEUE_BYTES) -> None:
        """fd: the port, ours from now on. Whatever session an earlier holder of the port had is told to be over."""
        self._port = _Port(fd, self._heard)
        self._max_queue_bytes = max_queue_bytes
        self._new: VirtioSerialChannel | None = None
        self._kick = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._epoll = select.epoll()
        self._epoll.register(self._kick, select.EPOLLIN)
        self._await_opening()

    def fileno(self) -> int:
        """Return the descriptor to wait for; -1 once closed."""
        return -1 if self._epoll.closed else self._epoll.fileno()

    def accept(self) -> VirtioSerialChannel | None:
        """Return the newest session, or None."""
        self._epoll.poll(0)  # an edge is seen once
        with contextlib.suppress(BlockingIOError):
            os.eventfd_read(self._kick)
        while self._port.session is None and self._port.flush() and self._port.listen():
            pass
        new, self._new = self._new, None
        return new

    def close(self) -> None:
        """Give up the port."""
        if self._epoll.closed:
            return
        if self._port.session is not None:
            self._port.session.close()
        self._epoll.close()
        os.close(self._kick)
        os.close(self._port.fd)

    def _heard(self, mark: Mark) -> None:
        session = self._port.session
        if mark.kind is Kind.OPEN:
            self._opened(mark.nonce)
        elif session is None:
            return
        elif mark.kind is Kind.END:
            session.peer_ended()
        elif mark.kind is Kind.CLOSE:
            session.end("the peer closed the channel")

    def _opened(self, nonce: bytes) -> None:
        session = self._port.session
        if session is not None and session.nonce == nonce:
            self._port.say(Mark(Kind.ACCEPT, nonce))  # the client heard of our beginning, and asked again
            self._port.flush()
            session.settle()
            return
        if session is not None:
            session.end("another one was opened")
        if self._new is not None:
            self._new.close()  # nobody has fetched it
        self._epoll.unregister(self._port.fd)
        self._port.say_instead(Mark(Kind.ACCEPT, nonce))
        self._new = self._port.session = VirtioSerialChannel(
            self._port, nonce, max_queue_bytes=self._max_queue_bytes, left=self._left, begun=True
        )
        self._new.settle()
        os.eventfd_write(self._kick, 1)

    def _left(self, _channel: VirtioSerialChannel) -> None:
        self._port.session = None
        self._await_opening()

    def _await_opening(self) -> None:
        """There is no session: say so, and watch for edges, as a port without its other end is readable all the time.

        The port's word of a connection may come later than its first bytes (virtio has a queue for each), and so may
        the word that the one before has ended. A session that was opened meanwhile is over then, and its client, who
        is connected, is told of nothing: by RESET it learns that it must open again.
        """
        self._port.say(Mark(Kind.RESET))
        self._port.flush()
        self._epoll.register(self._port.fd, select.EPOLLIN | select.EPOLLOUT | select.EPOLLET)


def open_port(name: str) -> int:
    """Open the port `name` of this machine. Raises TransportError if there is none, or it is not ours to open."""
    for folder in PORTS.glob("*"):
        if (folder / "name").read_text(errors="replace").strip() == name:
            try:
                return os.open(f"/dev/{folder.name}", os.O_RDWR | os.O_CLOEXEC | os.O_NONBLOCK)
            except OSError as error:
                raise TransportError(f"cannot open the port {name} (/dev/{folder.name}): {error.strerror}") from error
    raise TransportError(f"this machine has no virtio-serial port called {name}")
