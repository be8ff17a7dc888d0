"""The supervisor's socket as commands see it: one JSON line asked, one answered; must not know what is asked for.

The socket lies in a folder that only its owner may enter, and both ends check the other's uid.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from guid.core.versions import difference
from guid.paths import PathsError, config_dir, data_dir, runtime_dir
from guid.processes import only_descriptors
from guid.version import VERSION

SOCKET_NAME = "control.sock"
LOG_NAME = "supervisor.log"
MAX_LINE_BYTES = 4 << 20
"""An answer with 1,000 windows of 64 qubes at 60 bytes each is under this."""

START_LOCK_NAME = "start.lock"
SERVING_LOCK_NAME = "supervisor.lock"
"""Locked by the supervisor for as long as it lives."""

Supervise = Callable[[int], int]
"""Serves until nothing is left to do; takes a descriptor to close once commands can come; returns the exit code."""

PEER_CREDENTIALS = struct.Struct("=iII")


class CommandError(Exception):
    """A command cannot be done; the message says why, and what to do. code: the exit code."""

    def __init__(self, words: str, code: int = 1) -> None:
        super().__init__(words)
        self.code = code


def ask(
    request: dict[str, Any],
    *,
    supervise: Supervise | None = None,
    meanwhile: Callable[[socket.socket], None] = lambda _connection: None,
) -> dict[str, Any]:
    """Send `request` to the supervisor and return its answer.

    meanwhile: what is done until there is something to read. supervise: what a supervisor does, started in a process of
    its own when there is none; without it the answer is then empty.
    Raises CommandError with the supervisor's own words when it refuses.
    """
    connection = _asked(request, supervise)
    if connection is None:
        return {}
    with connection:
        meanwhile(connection)
        answer = _line(connection)
    _note_other_version(answer.pop("answered_by", None))
    if "error" in answer:
        raise CommandError(answer["error"])
    return answer


def begin(request: dict[str, Any], supervise: Supervise) -> socket.socket:
    """Send `request` and return the connection, for whoever is to hear the answers. Raises CommandError."""
    connection = _asked(request, supervise)
    if connection is None:
        raise CommandError("there is no supervisor")
    return connection


def follow(request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Send `request` and yield what the supervisor says from then on, until it ends. Raises CommandError."""
    path = runtime_dir() / SOCKET_NAME
    connection = _connected(path)
    if connection is None:
        raise CommandError("no qube is running; start one with: vitrail run -- xterm")
    with connection, connection.makefile("rb") as lines:
        connection.sendall(json.dumps(request).encode("ascii") + b"\n")
        for line in lines:
            said: dict[str, Any] = json.loads(line)
            if "error" in said:
                raise CommandError(said["error"])
            yield said


@contextmanager
def while_none_starts() -> Iterator[bool]:
    """Whether there is a supervisor; if not, no command starts one meanwhile. Raises CommandError."""
    try:
        path = runtime_dir() / SOCKET_NAME
    except PathsError as error:
        raise CommandError(str(error)) from error
    with _start_lock(path):
        connection = _connected(path)
        if connection is not None:
            connection.close()
        yield connection is not None


def wait_for_its_end() -> None:
    """Return when no supervisor lives: one that has said that it ends does so in a moment."""
    lock = os.open(runtime_dir() / SERVING_LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
    finally:
        os.close(lock)


def peer_uid(connection: socket.socket) -> int:
    """The uid of the process at the other end."""
    raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, PEER_CREDENTIALS.size)
    return int(PEER_CREDENTIALS.unpack(raw)[1])


def _asked(request: dict[str, Any], supervise: Supervise | None) -> socket.socket | None:
    """The connection by which `request` was sent; None without a supervisor, if none is to be started."""
    try:
        path = runtime_dir() / SOCKET_NAME
    except PathsError as error:
        raise CommandError(str(error)) from error
    connection = _connected(path)
    if connection is None and supervise is None:
        return None
    if connection is None and supervise is not None:
        connection = _start_and_connect(path, supervise)
    if connection is None:
        raise CommandError(f"the supervisor did not start; see {path.parent / LOG_NAME}")
    request = {**request, "folders": {"config": str(config_dir()), "data": str(data_dir())}}
    connection.sendall(json.dumps(request).encode("ascii") + b"\n")
    return connection


def _start_and_connect(path: Path, supervise: Supervise) -> socket.socket | None:
    """Start a supervisor, unless another command does so at this moment: then wait for that one."""
    with _start_lock(path) as lock:
        connection = _connected(path)
        if connection is None:
            _start_supervisor(path.parent, supervise, lock)
            connection = _connected(path)
    return connection


@contextmanager
def _start_lock(path: Path) -> Iterator[int]:
    lock = os.open(path.with_name(START_LOCK_NAME), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock
    finally:
        os.close(lock)


def _start_supervisor(folder: Path, supervise: Supervise, lock: int) -> None:
    """Fork a supervisor into the background and wait until it listens or has failed."""
    ready_read, ready_write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ready_read)
        os.close(lock)
        _become_supervisor(folder / LOG_NAME, ready_write, supervise)
    os.close(ready_write)
    os.waitpid(child, 0)
    with os.fdopen(ready_read, "rb") as ready:
        ready.read()  # one byte when it listens; end of file when it listens or died


def _become_supervisor(log_path: Path, ready_fd: int, supervise: Supervise) -> None:
    """In the child: leave terminal and parent, then supervise. Never returns."""
    os.setsid()
    if os.fork():
        os._exit(0)
    null = os.open(os.devnull, os.O_RDWR)
    log = os.open(log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    for target, source in ((0, null), (1, log), (2, log)):
        os.dup2(source, target)
    only_descriptors({0, 1, 2, ready_fd})  # the command's own, and what its parent left open
    os.chdir("/")
    os._exit(supervise(ready_fd))


def _connected(path: Path) -> socket.socket | None:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(str(path))
    except (FileNotFoundError, ConnectionRefusedError):
        connection.close()
        return None
    if peer_uid(connection) != os.geteuid():
        connection.close()
        raise CommandError(f"{path} belongs to somebody else's process")
    return connection


def _note_other_version(supervisor: dict[str, Any] | None) -> None:
    """Tell the person, once, that another version answers."""
    words = difference(VERSION, supervisor)
    if words and not _noted:
        _noted.append(words)
        print(f"vitrail: {words}", file=sys.stderr)


_noted: list[str] = []


def _line(connection: socket.socket) -> dict[str, Any]:
    received = bytearray()
    while not received.endswith(b"\n"):
        data = connection.recv(1 << 16)
        if not data or len(received) > MAX_LINE_BYTES:
            raise CommandError("the supervisor ended before it answered; start again with: vitrail run -- xterm")
        received += data
    answer: dict[str, Any] = json.loads(received)
    return answer
