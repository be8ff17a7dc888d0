"""Looks at an X server as a desktop for qubes, and returns facts; must not judge them, and changes nothing on it."""

from __future__ import annotations

import os
import re
import socket
import struct
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from Xlib import X
from Xlib.display import Display
from Xlib.error import DisplayNameError, XError
from Xlib.support import connect

from guid.core.needs import seen
from guid.x11.visual import true_color_visual
from shm.errors import DisplayLost, ShmError
from shm.x11.connection import XConnection
from shm.x11.mitshm import MitShm

SOCKETS: Final = Path("/tmp/.X11-unix")  # noqa: S108 - where X servers have them
ANSWER_S: Final = 5.0
"""How long a server may take to say anything to somebody new: it does so at once, unless it is stopped."""
MAX_OTHERS: Final = 16
"""Displays of this machine that are tried."""
XORG_FILES: Final = ("/etc/X11/xorg.conf", "/etc/X11/xorg.conf.d", "/usr/share/X11/xorg.conf.d")
OTHER_DEPTH: Final = re.compile(r"^[ \t]*DefaultDepth[ \t]+(?!24\b)\d+", re.MULTILINE | re.IGNORECASE)
EXTENSIONS: Final = ("XKEYBOARD", "RANDR", "X-Resource", "SHAPE")
PAGE_BYTES: Final = 4096
_HELLO: Final = struct.pack("<BxHHHHxx", ord("l"), 11, 0, 0, 0)
"""A client's first bytes, without cookie. Source: X Window System Protocol, section 8."""
_CREDENTIALS: Final = struct.Struct("=iII")


def look_at_display(name: str, wayland: str) -> seen.Display:
    """The desktop that `name` ($DISPLAY) is. wayland: $WAYLAND_DISPLAY. If it will not do, others are tried too."""
    found = replace(_look(name), wayland=wayland)
    numbers = _numbers()
    found = replace(found, numbers=frozenset(numbers) | _locked())
    if _is_fit(found) and _has_all(found):
        return found
    others = [_look(f":{number}", trusted=True) for number in numbers[:MAX_OTHERS] if number != _number(name)]
    fit = [other for other in others if _is_fit(other) and (_has_all(other) or not _is_fit(found))]
    best_first = sorted(fit, key=lambda other: not _has_all(other))
    return replace(found, others=tuple(other.name for other in best_first))


def _locked() -> frozenset[int]:
    """Numbers that a server has taken, or has left behind."""
    names = (lock.name.removeprefix(".X").removesuffix("-lock") for lock in SOCKETS.parent.glob(".X*-lock"))
    return frozenset(int(name) for name in names if name.isdigit())


def _number(name: str) -> int | None:
    """The number of a display of this machine; None for another's, and for what is no name."""
    try:
        _, protocol, host, number, _ = connect.get_display(name)
    except DisplayNameError:
        return None
    remote = protocol == "tcp" or (protocol != "unix" and host not in {"", "unix"})
    return None if remote else int(number)


def _is_fit(display: seen.Display) -> bool:
    return display.suits and display.descriptors


def _has_all(display: seen.Display) -> bool:
    return display.extensions.issuperset(EXTENSIONS)


def _numbers() -> list[int]:
    try:
        names = [entry.name[1:] for entry in SOCKETS.iterdir() if entry.name.startswith("X")]
    except OSError:
        return []
    return sorted(int(name) for name in names if name.isdigit())


def _look(name: str, *, trusted: bool = False) -> seen.Display:
    """trusted: only at a server of our own or of root's; who runs it sees every window and every key."""
    found = seen.Display(name)
    number = _number(name)
    if number is None:
        return replace(found, remote=":" in name)
    pid, uid = _server(number) or (None, None)
    if pid is None or (trusted and uid not in {0, os.geteuid()}):
        return found
    try:
        connection = XConnection(name, extensions=())
    except DisplayLost as error:
        return replace(found, answers=True, said=str(error), authority=_authority(pid))
    try:
        return replace(_capabilities(connection, found), configured=_configured(pid))
    except DisplayLost:
        return found
    finally:
        with suppress(DisplayLost):
            connection.close()


def _server(number: int) -> tuple[int, int] | None:
    """Process and user that serve a display, None if none says anything. Not by Xlib: it would try the network then."""
    for address in (str(SOCKETS / f"X{number}"), f"\0{SOCKETS}/X{number}"):
        with socket.socket(socket.AF_UNIX) as stream:
            stream.settimeout(ANSWER_S)
            if stream.connect_ex(address):
                continue
            raw = stream.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
            try:
                stream.sendall(_HELLO)
                pid, uid, _gid = _CREDENTIALS.unpack(raw)
                return (pid, uid) if stream.recv(1) else None
            except OSError:
                return None
    return None


def _capabilities(connection: XConnection, found: seen.Display) -> seen.Display:
    display = connection.display
    screen = display.screen()
    masks = screen.root.get_attributes().all_event_masks
    try:
        shm: MitShm | None = MitShm(connection)
    except ShmError:
        shm = None
    return replace(
        found,
        answers=True,
        admitted=True,
        depth=screen.root_depth,
        suits=true_color_visual(display, screen) is not None,
        shared_memory=(1, 2) if shm is not None else (),
        descriptors=shm is not None and _takes_descriptor(shm),
        extensions=frozenset(name for name in EXTENSIONS if _has(display, name)),
        manager=bool(masks & X.SubstructureRedirectMask),
    )


def _has(display: Display, name: str) -> bool:
    found = display.query_extension(name)
    return found is not None and bool(found.present)


def _takes_descriptor(shm: MitShm) -> bool:
    descriptor = os.memfd_create("vitrail-doctor", os.MFD_CLOEXEC)
    try:
        os.ftruncate(descriptor, PAGE_BYTES)
        shm.attach_fd(descriptor, read_only=True)
    except (ShmError, XError, OSError):
        return False
    finally:
        os.close(descriptor)
    return True


def _arguments(pid: int) -> list[str]:
    try:
        return os.fsdecode(Path(f"/proc/{pid}/cmdline").read_bytes()).split("\0")
    except OSError:
        return []


def _authority(pid: int) -> str:
    """The file of cookies of a server, if it may be read and is not the one in use."""
    arguments = _arguments(pid)
    if "-auth" not in arguments[:-1]:
        return ""
    file = arguments[arguments.index("-auth") + 1]
    used = os.environ.get("XAUTHORITY", "")
    return file if file.startswith("/") and file != used and os.access(file, os.R_OK) else ""


def _configured(pid: int) -> str:
    """The file that gives an Xorg another depth than 24, "" for none."""
    arguments = _arguments(pid)
    if not arguments or Path(arguments[0]).name not in {"Xorg", "X"}:
        return ""
    given = [arguments[index + 1] for index, word in enumerate(arguments[:-1]) if word in {"-config", "-configdir"}]
    for each in (*given, *XORG_FILES):
        path = Path(each)
        for file in sorted(path.glob("*.conf")) if path.is_dir() else [path]:
            with suppress(OSError):
                if OTHER_DEPTH.search(file.read_text(errors="replace")):
                    return str(file)
    return ""
