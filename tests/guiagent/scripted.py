"""A daemon played by a test, and the agent process it talks to; knows the protocol, nothing of the agent's inside."""

import json
import os
import select
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

import numpy as np

from protocol.codec import decode, encode, tail_of
from protocol.formats import VERSION
from protocol.framing import FrameReader
from protocol.handshake import DaemonHandshake, version_word, xconf_for
from protocol.limits import PAGE_BYTES
from protocol.messages import MessageType, Role
from shm.errors import ChannelClosed
from shm.pool import Pool
from shm.vchan.unix import UnixChannel, connect, listen
from tests.harness.pixels import Pixels
from tests.harness.processes import Child, clean_environment
from tests.harness.wait import TimedOut, time_scale, wait_until

POOL_BYTES = 64 << 20
T = MessageType
TAILED = (T.CLIPBOARD_DATA, T.CLIPBOARD_TYPED, T.CURSOR_IMAGE, T.ICON)


class Said(NamedTuple):
    """One message of the agent, decoded. refs: of a WINDOW_DUMP; tail: of a clipboard or a cursor."""

    type: MessageType
    window: int
    body: Any
    refs: tuple[int, ...] = ()
    tail: bytes = b""


class AgentProcess:
    """A real agent with its pool, its listening socket and its control socket. A context manager."""

    def __init__(
        self,
        folder: Path,
        *options: str,
        pool_bytes: int = POOL_BYTES,
        python: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.path = folder / "vchan.sock"
        self.pool = Pool.create(pool_bytes)
        self.log = folder / "agent.log"
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        listener = listen(self.path)
        fds = (listener.fileno(), self.pool.fd, theirs.fileno())
        argv = [*(python or (sys.executable, "-m", "guiagent"))]
        argv += ["--vchan-fd", str(fds[0]), "--pool-fd", str(fds[1]), "--control-fd", str(fds[2]), "-v", *options]
        self.child = Child(argv, env=clean_environment(**(environment or {})), pass_fds=fds, log=self.log)
        listener.close()
        theirs.close()

    @property
    def display(self) -> str:
        """The agent's own X server, once it has said that it is ready."""
        return self.log.read_text().split("the screen ")[1].split(" ")[0]

    def tell(self, **packet: object) -> None:
        self.control.send(json.dumps(packet).encode())

    def news(self, timeout_s: float = 10.0) -> dict[str, Any]:
        """The next packet on the control socket."""
        self.control.settimeout(timeout_s * time_scale())
        return dict(json.loads(self.control.recv(65536)))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.child.stop()
        self.control.close()
        self.pool.close()
        if kind is not None:
            sys.stderr.write(self.log.read_text(errors="replace"))


class ScriptedDaemon:
    """The daemon's end of the channel; it acknowledges dumps and frames and echoes DESTROY, unless told not to.

    said: every message so far, oldest first. buffers: the last dump of each window.
    """

    def __init__(
        self,
        agent: AgentProcess,
        *,
        width: int = 1280,
        height: int = 800,
        acknowledge: bool = True,
        extensions: bool = True,
        minor: int | None = None,
    ) -> None:
        self.pool = agent.pool
        self.agent = agent
        self.acknowledge = acknowledge
        self.said: list[Said] = []
        self.buffers: dict[int, Said] = {}
        self.alive: set[int] = set()
        self.frames: Counter[int] = Counter()
        self._channel: UnixChannel = connect(agent.path)
        self._handshake = DaemonHandshake(xconf_for(width, height, 24), extensions=extensions)
        self._minor = minor
        self._reader: FrameReader | None = None
        self._poll = select.poll()
        self._poll.register(self._channel.fileno(), select.POLLIN)

    def close(self) -> None:
        self._channel.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def send(self, message: MessageType, window: int, *fields: int | bytes) -> None:
        self._channel.send(encode(message, window, *fields))

    def send_raw(self, data: bytes) -> None:
        self._channel.send(data)
        wait_until(self._sent, what="the agent taking what it is sent")

    def send_with_tail(self, message: MessageType, window: int, *fields: int, tail: bytes) -> None:
        """Send a long message: what the agent does not take now, it takes while this waits."""
        self.send_raw(encode(message, window, *fields, tail=tail))

    def _sent(self) -> bool:
        self._channel.flush()
        return not self._channel.wants_write

    def read(self, timeout_s: float = 0.0) -> bool:
        """Read what has arrived, waiting at most `timeout_s` for the first byte. Returns whether anything came."""
        if self._channel.wants_write:
            self._channel.flush()
        if not self._poll.poll(max(0.0, timeout_s) * 1000):
            return False
        try:
            self._receive(self._channel.receive())
        except ChannelClosed:
            raise AssertionError(f"the agent has gone: {self.agent.log.read_text(errors='replace')}") from None
        return True

    def _receive(self, data: bytes) -> None:
        if self._reader is None:
            if self._minor is not None:  # as if the agent were no newer than this daemon
                data = VERSION.pack(version_word(1, self._minor)) + data[VERSION.size :]
            self._channel.send(self._handshake.receive(data))
            if not self._handshake.done:
                return
            self._reader, data = FrameReader(Role.DAEMON, minor=self._handshake.minor), self._handshake.leftover
        self._reader.receive(data)
        before = self.frames.copy()
        for frame in self._reader.frames():
            self._take(MessageType(frame.type), frame.window, frame.untrusted_body)
        for window in self.frames - before if self.acknowledge else ():
            self.send(T.FRAME_ACK, window, self.frames[window])

    def _take(self, message: MessageType, window: int, body: bytes) -> None:
        refs = tuple(tail_of(message, body).cast("I")) if message is T.WINDOW_DUMP else ()
        tail = bytes(tail_of(message, body)) if message in TAILED else b""
        said = Said(message, window, decode(message, body), refs, tail)
        self.said.append(said)
        if message is T.CREATE:
            assert window not in self.alive, "CREATE of a window that exists"
            self.alive.add(window)
        elif message not in (T.EXT_HELLO, T.CLIPBOARD_DATA, T.CLIPBOARD_TYPED, T.FRAME_COUNT):
            assert window in self.alive, f"{message.name} for an unknown window"
        if message in (T.SHMIMAGE, T.UNMAP):
            self.frames[window] += 1
        if message is T.WINDOW_DUMP:
            self.buffers[window] = said
            if self.acknowledge:
                self.send(T.WINDOW_DUMP_ACK, window)
        elif message is T.UNMAP:
            self.buffers.pop(window, None)
        elif message is T.DESTROY:
            self.alive.discard(window)
            del self.frames[window]
            if self.acknowledge:
                self.send(T.DESTROY, window)

    def until(self, condition: Callable[[], Any], what: str, timeout_s: float = 25.0) -> Any:
        """Read until `condition` gives a true value, and return it. Raises TimedOut with what was said."""
        deadline = time.monotonic() + timeout_s * time_scale()
        while True:
            value = condition()
            if value:
                return value
            left = deadline - time.monotonic()
            if left < 0:
                lines = "\n".join(map(str, self.said[-40:]))
                raise TimedOut(f"{what} did not happen in {timeout_s:g} s; the agent said\n{lines}")
            self.read(min(left, 0.1))

    def drain(self, quiet_s: float = 0.15) -> None:
        """Read until the agent has said nothing for a while."""
        while self.read(quiet_s):
            pass

    def all_of(self, message: MessageType, window: int | None = None) -> list[Said]:
        return [said for said in self.said if said.type is message and window in (None, said.window)]

    def wait_for(self, message: MessageType, window: int | None = None, *, after: int = 0) -> Said:
        """The first such message at or behind place `after` of `said`."""

        def found() -> Said | None:
            return next(
                (said for said in self.said[after:] if said.type is message and window in (None, said.window)), None
            )

        self.until(found, message.name if window is None else f"{message.name} of {window:#x}")
        first = found()
        assert first is not None
        return first

    def types(self, window: int) -> list[MessageType]:
        return [said.type for said in self.said if said.window == window]

    def picture(self, window: int) -> Pixels:
        """What the daemon would show of the window: (h, w) uint32 0xRRGGBB, read from the pool by the last dump."""
        dump = self.buffers[window]
        width, height = dump.body.width, dump.body.height
        data = b"".join(os.pread(self.pool.fd, PAGE_BYTES, ref * PAGE_BYTES) for ref in dump.refs)
        pixels = np.frombuffer(data, dtype="<u4", count=width * height).reshape(height, width)
        return pixels & np.uint32(0xFFFFFF)

    def wait_for_picture(self, window: int, expected: Pixels) -> None:
        """Read until the window's picture is exactly this one."""

        def equal() -> bool:
            return window in self.buffers and np.array_equal(self.picture(window), expected)

        self.until(equal, f"the picture of {window:#x} ({expected.shape[1]}x{expected.shape[0]})")


def hello(agent: AgentProcess, **options: Any) -> ScriptedDaemon:
    """A daemon whose agent has shaken hands and has its screen up."""
    daemon = ScriptedDaemon(agent, **options)
    daemon.wait_for(MessageType.EXT_HELLO)
    return daemon
