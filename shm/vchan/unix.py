"""The byte channel over a unix stream socket, in libvchan-socket's way; knows no message.

There is no framing and no greeting: the socket's bytes are the channel's (source: libvchan-socket; agent = server).
"""

import errno
import socket
import stat
from pathlib import Path

from protocol.limits import MAX_OUTPUT_QUEUE_BYTES, READ_BYTES
from shm.errors import ChannelClosed, ChannelFull, TransportError

GUI_PORT = 6000

# One connection serves, one waits: what a daemon that comes back needs.
_BACKLOG = 1

_NO_SIGNAL = int(socket.MSG_NOSIGNAL)  # a plain number: the enum costs more than a short send


class UnixChannel:
    """A connected socket, made non-blocking, with a bounded queue in front of it."""

    def __init__(self, sock: socket.socket, *, max_queue_bytes: int = MAX_OUTPUT_QUEUE_BYTES) -> None:
        sock.settimeout(0)
        self._socket = sock
        self._queue = bytearray()
        self._max_queue_bytes = max_queue_bytes

    @property
    def wants_write(self) -> bool:
        """Bytes are queued: call `flush` when the descriptor is writable."""
        return bool(self._queue)

    def fileno(self) -> int:
        """Return the socket's descriptor."""
        return self._socket.fileno()

    def receive(self, max_bytes: int = READ_BYTES) -> bytes:
        """Return what has arrived, b"" if nothing has; ChannelClosed after the last byte of a peer that is gone."""
        try:
            # recv, not recvmsg: descriptors that a peer attaches are closed by the kernel, unseen.
            data = self._socket.recv(max_bytes)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise ChannelClosed(error.strerror) from error
        if not data:
            raise ChannelClosed("the peer closed the channel")
        return data

    def send(self, data: bytes) -> None:
        """Send or queue all of `data`; ChannelFull and ChannelClosed as the seam says."""
        if self._queue:
            if len(self._queue) + len(data) > self._max_queue_bytes:
                self.flush()
                self._refuse_beyond_limit(len(data))
            self._queue += data
            return
        if len(data) > self._max_queue_bytes:
            self._refuse_beyond_limit(len(data))
        sent = self._write(data)
        if sent < len(data):
            self._queue += memoryview(data)[sent:]

    def flush(self) -> None:
        """Send as much of the queue as the socket takes; ChannelClosed if the peer is gone."""
        while self._queue:
            sent = self._write(self._queue)
            if not sent:
                return
            del self._queue[:sent]

    def shutdown_write(self) -> None:
        """Tell the peer that nothing more comes; receiving goes on."""
        self._socket.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Close the socket; the queue is lost."""
        self._queue.clear()
        self._socket.close()

    def _refuse_beyond_limit(self, more_bytes: int) -> None:
        if len(self._queue) + more_bytes > self._max_queue_bytes:
            raise ChannelFull(f"{len(self._queue)} bytes are queued, {more_bytes} more exceed {self._max_queue_bytes}")

    def _write(self, data: bytes | bytearray) -> int:
        try:
            return self._socket.send(data, _NO_SIGNAL)
        except BlockingIOError:
            return 0
        except OSError as error:  # EPIPE, ECONNRESET; EBADF after close
            raise ChannelClosed(error.strerror) from error


class Listener:
    """A listening socket, made non-blocking. Which of several connections counts is the caller's rule."""

    def __init__(self, sock: socket.socket, *, max_queue_bytes: int = MAX_OUTPUT_QUEUE_BYTES) -> None:
        sock.settimeout(0)
        self._socket = sock
        self._max_queue_bytes = max_queue_bytes

    def fileno(self) -> int:
        """Return the listening socket's descriptor: readable when `accept` has something."""
        return self._socket.fileno()

    def accept(self) -> UnixChannel | None:
        """Return the next waiting connection, or None. Raises TransportError if the socket does not listen any more."""
        try:
            connection, _ = self._socket.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return None
        except OSError as error:
            raise TransportError(f"cannot accept a channel: {error.strerror}") from error
        return UnixChannel(connection, max_queue_bytes=self._max_queue_bytes)

    def close(self) -> None:
        """Stop listening. The path is left to whoever made it."""
        self._socket.close()


def socket_path(folder: Path, server_domain: int, client_domain: int, port: int = GUI_PORT) -> Path:
    """Return where a server domain waits for a client domain. Source: libvchan-socket."""
    return folder / f"vchan.{server_domain}.{client_domain}.{port}.sock"


def listen(path: Path) -> socket.socket:
    """Listen at `path`, for this user only (0600), in the place of a dead socket that may lie there.

    The folder must belong to the trusted side: nobody else may be able to put something in the path's place.
    Raises TransportError if the path is taken by anything else than a dead socket, or is no path for a socket.
    """
    _remove_dead_socket(path)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    try:
        # Linux gives the path the mode that the socket has before it is bound: no moment in which others could connect.
        Path(f"/proc/self/fd/{sock.fileno()}").chmod(0o600)
        sock.bind(str(path))
        sock.listen(_BACKLOG)
    except OSError as error:
        sock.close()
        raise TransportError(f"cannot listen at {path}: {error.strerror or error}") from error
    return sock


def _remove_dead_socket(path: Path) -> None:
    try:
        if not stat.S_ISSOCK(path.lstat().st_mode):
            raise TransportError(f"{path} exists and is not a socket")
    except FileNotFoundError:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC) as probe:
        probe.settimeout(0)
        # Only this answer means that nobody listens; a full backlog, for one, does not.
        if probe.connect_ex(str(path)) != errno.ECONNREFUSED:
            raise TransportError(f"someone listens at {path} already")
    path.unlink(missing_ok=True)


def connect(path: Path, *, max_queue_bytes: int = MAX_OUTPUT_QUEUE_BYTES) -> UnixChannel:
    """Connect without waiting. Raises TransportError if nobody listens there, or too many connections wait already."""
    return UnixChannel(connect_socket(path), max_queue_bytes=max_queue_bytes)


def connect_socket(path: Path) -> socket.socket:
    """Return a connected socket, non-blocking; raises as `connect` does."""
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    sock.settimeout(0)
    try:
        sock.connect(str(path))
    except OSError as error:
        sock.close()
        raise TransportError(f"no channel at {path}: {error.strerror or error}") from error
    return sock
