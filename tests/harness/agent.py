"""An agent played by a test: it says what it is told to, good or bad; knows the protocol, nothing of the daemon."""

import os
import socket
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

import numpy as np

from protocol.codec import decode, encode, tail_of
from protocol.framing import Frame, FrameReader
from protocol.handshake import AgentHandshake, XConf
from protocol.limits import PAGE_BYTES
from protocol.messages import MessageType, Role
from shm.pool import Pool
from shm.vchan.unix import listen
from tests.harness.pixels import Pixels
from tests.harness.wait import TimedOut, time_scale

POOL_BYTES = 64 << 20


class Received(NamedTuple):
    """A message of the daemon, decoded."""

    type: MessageType
    window: int
    body: object
    tail: bytes = b""


class ScriptedAgent:
    """The agent's end of one channel and pool. A context manager.

    path: where it listens. received: every message of the daemon so far, oldest first.
    """

    def __init__(self, folder: Path, *, pool_bytes: int = POOL_BYTES, pool: Pool | None = None) -> None:
        self.path = folder / "vchan.sock"
        self.pool = pool or Pool.create(pool_bytes)
        self.received: list[Received] = []
        self.xconf: XConf | None = None
        self._listener = listen(self.path)
        self._connection: socket.socket | None = None
        self._reader = FrameReader(Role.AGENT)
        self._next_page = 0

    # The channel

    def accept(self, timeout_s: float = 10.0) -> None:
        """Wait for the daemon's connection."""
        self._listener.settimeout(timeout_s * time_scale())
        if self._connection is not None:
            self._connection.close()
        self._connection, _ = self._listener.accept()

    def shake_hands(self, *, minor: int = 8, behind: bytes = b"") -> None:
        """Wait for the daemon, and exchange versions. behind: sent with the greeting."""
        self.accept()
        handshake = AgentHandshake(minor=minor)
        self.send_raw(handshake.greeting() + behind)
        while not handshake.done:
            handshake.receive(self._receive(10.0))
        self.xconf = handshake.xconf
        self._reader = FrameReader(Role.AGENT, minor=handshake.minor)
        self._take(handshake.leftover)

    def send_raw(self, data: bytes) -> None:
        """Send any bytes."""
        assert self._connection is not None
        self._connection.settimeout(10.0 * time_scale())
        self._connection.sendall(data)

    def send(self, message: MessageType, window: int, *fields: int | bytes, tail: bytes = b"") -> None:
        """Send a well-formed message."""
        self.send_raw(encode(message, window, *fields, tail=tail))

    def expect(
        self, message: MessageType, window: int | None = None, timeout_s: float = 10.0, *, after: int = 0
    ) -> Received:
        """The first message of this kind from number `after` on; waits for it."""
        deadline = time.monotonic() + timeout_s * time_scale()
        checked = after
        while True:
            for found in self.received[checked:]:
                if found.type == message and window in (None, found.window):
                    return found
            checked = len(self.received)
            left = deadline - time.monotonic()
            if left <= 0:
                seen = [f"{each.type.name}({each.window:#x})" for each in self.received[after:]]
                raise TimedOut(f"no {message.name} for window {window} in {timeout_s:g} s; got {seen}")
            self.poll(left)

    def poll(self, timeout_s: float = 0.0) -> int:
        """Take what the daemon has sent, waiting at most `timeout_s` for something; returns how many bytes came."""
        try:
            data = self._receive(max(timeout_s, 0.0001))
        except (TimeoutError, BlockingIOError):
            return 0
        self._take(data)
        return len(data)

    def closed_by_daemon(self, timeout_s: float = 10.0) -> bool:
        """Whether the daemon ends the connection in time."""
        deadline = time.monotonic() + timeout_s * time_scale()
        while time.monotonic() < deadline:
            try:
                self._take(self._receive(0.1))
            except TimeoutError:
                continue
            except (EOFError, ConnectionError):
                return True
        return False

    def hang_up(self) -> None:
        """Close the connection and go on listening."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _receive(self, timeout_s: float) -> bytes:
        assert self._connection is not None
        self._connection.settimeout(timeout_s)
        data = self._connection.recv(1 << 16)
        if not data:
            raise EOFError("the daemon closed the channel")
        return data

    def _take(self, data: bytes) -> None:
        self._reader.receive(data)
        self.received.extend(map(_decoded, self._reader.frames()))

    # Windows

    def create(self, window: int, rect: tuple[int, int, int, int], *, popup: bool = False) -> None:
        """MSG_CREATE; rect: content, px, root coordinates."""
        self.send(MessageType.CREATE, window, *rect, 0, int(popup))

    def map(self, window: int, *, popup: bool = False, transient_for: int = 0) -> None:
        """MSG_MAP."""
        self.send(MessageType.MAP, window, transient_for, int(popup))

    def configure(self, window: int, rect: tuple[int, int, int, int]) -> None:
        """MSG_CONFIGURE."""
        self.send(MessageType.CONFIGURE, window, *rect, 0)

    def dump(self, window: int, picture: Pixels, refs: Sequence[int] | None = None) -> list[int]:
        """Write `picture` (0xRRGGBB) into the pool and announce its pages; returns the refs.

        refs: the pages to use, in order; without them a fresh contiguous run.
        """
        height, width = picture.shape
        data = picture.astype("<u4").tobytes()
        pages = -(-len(data) // PAGE_BYTES)
        chosen = list(refs) if refs is not None else list(range(self._next_page, self._next_page + pages))
        if refs is None:
            self._next_page += pages
        self.write(chosen, data)
        self.send(MessageType.WINDOW_DUMP, window, 0, width, height, 32, tail=np.array(chosen, "<u4").tobytes())
        return chosen

    def write(self, refs: Sequence[int], data: bytes) -> None:
        """Write bytes into pages, in order."""
        for number, page in enumerate(refs):
            part = data[number * PAGE_BYTES : (number + 1) * PAGE_BYTES]
            os.pwrite(self.pool.fd, part, page * PAGE_BYTES)

    def damage(self, window: int, rect: tuple[int, int, int, int]) -> None:
        """MSG_SHMIMAGE; px, content-relative."""
        self.send(MessageType.SHMIMAGE, window, *rect)

    def show(self, window: int, rect: tuple[int, int, int, int], picture: Pixels, *, popup: bool = False) -> list[int]:
        """CREATE, MAP, WINDOW_DUMP and SHMIMAGE of a whole window."""
        self.create(window, rect, popup=popup)
        self.map(window, popup=popup)
        refs = self.dump(window, picture)
        self.damage(window, (0, 0, picture.shape[1], picture.shape[0]))
        return refs

    def acknowledge_configures(self, after: int = 0) -> None:
        """Echo every CONFIGURE from number `after` on, as an agent must."""
        for message in self.received[after:]:
            if message.type == MessageType.CONFIGURE:
                self.send(MessageType.CONFIGURE, message.window, *message.body)  # type: ignore[misc]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.hang_up()
        self._listener.close()
        self.pool.close()


def _decoded(frame: Frame) -> Received:
    body, tail = decode(frame.type, frame.untrusted_body), tail_of(frame.type, frame.untrusted_body)
    return Received(MessageType(frame.type), frame.window, body, bytes(tail))
