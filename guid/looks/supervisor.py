"""The process that keeps the qubes, if there is one; must not know what commands ask it for."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from guid.control import MAX_LINE_BYTES, PEER_CREDENTIALS, SERVING_LOCK_NAME, SOCKET_NAME
from guid.core.needs.seen import Supervisor
from guid.core.options import FrameMode
from guid.core.versions import UNTOLD
from guid.paths import runtime_place
from guid.version import VERSION

ANSWER_S: Final = 10.0
"""Its answer takes some ms, and up to a second while it waits for a daemon; what is told then is to kill it."""
_ASKED: Final = b'{"op": "ls"}\n'


def look_at_supervisor() -> Supervisor:
    """Ask it for its qubes."""
    path = runtime_place() / SOCKET_NAME
    if not os.path.lexists(path):
        return Supervisor(str(path))
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(ANSWER_S)
        try:
            connection.connect(str(path))
        except (ConnectionRefusedError, FileNotFoundError):
            return Supervisor(str(path), there=os.path.lexists(path))
        except PermissionError:  # in a folder of ours: root's, as after sudo that kept the environment
            pid = _serving()
            return Supervisor(str(path), there=True, pid=pid, stranger=pid != 0)
        except OSError:  # more ask than it has taken in
            return Supervisor(str(path), there=True, pid=_serving(), ours=VERSION)
        raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, PEER_CREDENTIALS.size)
        pid, uid, _gid = PEER_CREDENTIALS.unpack(raw)
        if uid != os.geteuid():
            return Supervisor(str(path), there=True, pid=pid, stranger=True)
        answer = _answer(connection)
    seen = Supervisor(str(path), there=True, pid=pid, answers=answer is not None, ours=VERSION)
    if answer is None:
        return seen
    told = answer.get("supervisor") or {}
    version = str(told.get("version", UNTOLD))
    return replace(
        seen,
        version=version if version != VERSION else "",
        service=bool(told.get("service")),
        unpainted=tuple(_unpainted(answer.get("qubes", []))),
    )


def _unpainted(qubes: list[dict[str, Any]]) -> Iterator[str]:
    """Those that show windows, all of them in our frames. One alone may be fullscreen, or have come a moment ago."""
    for qube in qubes:
        if qube.get("frame") == FrameMode.WM.value and not qube["disposable"]:
            managed = [each for each in qube["windows"] if each["mapped"] and not each["override_redirect"]]
            if managed and all(each["frame_px"] for each in managed):
                yield str(qube["name"])


def _serving() -> int:
    """Who holds the lock that a supervisor holds as long as it lives, 0 for nobody. Source: proc(5), /proc/locks."""
    try:
        inode = (runtime_place() / SERVING_LOCK_NAME).stat().st_ino
        locks = Path("/proc/locks").read_text(encoding="ascii")
    except OSError:
        return 0
    held = (line.split() for line in locks.splitlines() if "->" not in line and " FLOCK " in line)
    return next((int(words[4]) for words in held if words[5].rpartition(":")[2] == str(inode)), 0)


def _answer(connection: socket.socket) -> dict[str, Any] | None:
    """What it says to one question, None if it says nothing in time."""
    received = bytearray()
    try:
        connection.sendall(_ASKED)
        while not received.endswith(b"\n") and len(received) <= MAX_LINE_BYTES:
            data = connection.recv(1 << 16)
            if not data:
                return None
            received += data
        answer = json.loads(received)
    except (OSError, ValueError):
        return None
    return answer if isinstance(answer, dict) else None
