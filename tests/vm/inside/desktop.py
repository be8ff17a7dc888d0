"""The person's desktop in dom0: X server, window manager, the real daemons, the person. Knows no domain's inside."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
from pathlib import Path
from typing import Any, Final

from Xlib import XK, X, display
from Xlib.ext import xtest
from Xlib.protocol import event as xevent

from tests.harness.wait import TimedOut, wait_until
from tests.harness.wm import supporting_window
from tests.vm.inside.pixels import checksum

PACKET_BYTES: Final = 1 << 20
PICTURES: Final = 4
STATE: Final[dict[str, Any]] = {}
DAEMONS: Final[dict[str, Daemon]] = {}


class Daemon:
    """One real daemon."""

    def __init__(self, name: str, label: str, domain: int) -> None:
        self.log = Path(f"/tmp/daemon-{name}.log")
        self.status, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                [
                    *("/usr/bin/python3", "-m", "guid", "daemon", "--name", name, "--label", label),
                    *("--xen-domain", str(domain), "--status-fd", str(theirs.fileno()), "-v"),
                    *("--no-tag", "--option", "title_name = false"),  # no cairo here
                ],
                env={**os.environ, "DISPLAY": STATE["name"]},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                pass_fds=(theirs.fileno(),),
            )
        theirs.close()
        self.status.settimeout(120.0)
        self.said: list[dict[str, Any]] = []

    def ask_windows(self) -> list[dict[str, Any]]:
        """Every window of the qube."""
        self.status.send(json.dumps({"query": "windows"}).encode())
        while True:
            packet = self.status.recv(PACKET_BYTES)
            if not packet:
                raise AssertionError(f"the daemon has ended: {self.process.wait(10)}\n{self.log.read_text()}")
            message: dict[str, Any] = json.loads(packet)
            if "windows" in message:
                found: list[dict[str, Any]] = message["windows"]
                return found
            self.said.append(message)


def begin(width: int = 1280, height: int = 800) -> str:
    """Start an X server and a window manager."""
    read_end, write_end = os.pipe()
    subprocess.Popen(
        ["Xvfb", "-screen", "0", f"{width}x{height}x24", "-noreset", "-nolisten", "tcp", "-displayfd", str(write_end)],
        pass_fds=(write_end,),
        stdin=subprocess.DEVNULL,
    )
    os.close(write_end)
    with os.fdopen(read_end) as number:  # to its end: the server writes in pieces
        STATE["name"] = f":{number.readline().strip()}"
    os.environ["DISPLAY"] = STATE["name"]
    server = STATE["server"] = display.Display(STATE["name"])
    with Path("/tmp/openbox.log").open("ab") as out:
        subprocess.Popen(["openbox", "--sm-disable"], stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    _wait(lambda: supporting_window(server), "openbox")
    return str(STATE["name"])


def _wait(look: Any, what: str, timeout_s: float = 60.0) -> Any:
    try:
        return wait_until(look, timeout_s, what)
    except TimedOut as error:
        logs = "\n".join(f"{name}: {each.log.read_text()[-3000:]}" for name, each in DAEMONS.items())
        raise AssertionError(f"{error}\n{logs}") from error


def serve(name: str, label: str, domain: int) -> None:
    """Start the daemon of a qube."""
    DAEMONS[name] = Daemon(name, label, domain)


def windows(name: str) -> list[dict[str, Any]]:
    """What a daemon says of its windows."""
    return DAEMONS[name].ask_windows()


def wait_window(name: str, title: str, timeout_s: float = 60.0) -> dict[str, Any]:
    """Wait until a window with this title is mapped."""
    found: dict[str, Any] = _wait(lambda: _window(name, title), f"window {title} of {name}", timeout_s)
    return found


def _window(name: str, title: str) -> dict[str, Any] | None:
    return next((each for each in windows(name) if each["title"] == title and each["mapped"]), None)


def wait_gone(name: str, title: str, timeout_s: float = 30.0) -> None:
    """Wait until no window with this title is mapped."""
    _wait(lambda: _window(name, title) is None, f"the end of window {title} of {name}", timeout_s)


def wait_picture(name: str, title: str, size: list[int], expected: int, timeout_s: float = 30.0) -> dict[str, Any]:
    """Wait until the screen shows exactly this picture where the window's content is; returns the window."""
    server = STATE["server"]
    root = server.screen().root
    seen: list[Any] = []

    def look() -> dict[str, Any] | None:
        window = _window(name, title)
        if window is None or window["content"][2:] != size:
            seen[:] = [window and window["content"]]
            return None
        _raise(window)
        found = checksum(root, *window["content"])
        seen[:] = [window["content"], found]
        return window if found == expected else None

    try:
        found: dict[str, Any] = _wait(look, f"picture of {title}", timeout_s)
    except AssertionError as error:
        raise AssertionError(f"wanted {size} {expected}, saw {seen}\n{error}") from error
    return found


def _raise(window: dict[str, Any]) -> None:
    server = STATE["server"]
    if not window["override_redirect"]:
        _ask_root(window["local_xid"], "_NET_ACTIVE_WINDOW", [2, X.CurrentTime, 0, 0, 0])
    server.sync()


def _ask_root(window: int, message: str, data: list[int]) -> None:
    server = STATE["server"]
    root = server.screen().root
    event = xevent.ClientMessage(
        window=server.create_resource_object("window", window),
        client_type=server.intern_atom(message),
        data=(32, data),
    )
    root.send_event(event, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)
    server.sync()


def point(x: int, y: int, button: int = 0) -> None:
    """Move the pointer there, and click."""
    server = STATE["server"]
    xtest.fake_input(server, X.MotionNotify, 0, X.CurrentTime, X.NONE, x, y)
    for kind in (X.ButtonPress, X.ButtonRelease) if button else ():
        xtest.fake_input(server, kind, button)
    server.sync()


def focus(name: str, title: str) -> None:
    """Give a window the keyboard through the window manager, and wait until it has it."""
    window = wait_window(name, title)
    server = STATE["server"]

    def look() -> bool:
        _raise(window)
        return bool(server.get_input_focus().focus.id == window["local_xid"])

    _wait(look, f"focus on {title}")


def press(text: str) -> list[int]:
    """Press and release keys; returns their keycodes."""
    server = STATE["server"]
    codes = [server.keysym_to_keycode(XK.string_to_keysym(name)) for name in text]
    for code in codes:
        xtest.fake_input(server, X.KeyPress, code)
        xtest.fake_input(server, X.KeyRelease, code)
    server.sync()
    return codes


def resize(name: str, title: str, width: int, height: int) -> None:
    """Ask for another size of the outer, as a person's drag does."""
    window = wait_window(name, title)
    _ask_root(window["local_xid"], "_NET_MOVERESIZE_WINDOW", [0x2C00, 0, 0, width, height])


def ask_close(name: str, title: str) -> None:
    """The person closes a window."""
    window = wait_window(name, title)
    _ask_root(window["local_xid"], "_NET_CLOSE_WINDOW", [X.CurrentTime, 2, 0, 0, 0])


def frame_colours(name: str, title: str) -> list[int]:
    """The colours of the outermost row and column of a window, as the screen shows them."""
    window = wait_window(name, title)
    root = STATE["server"].screen().root
    x, y, width, height = window["outer"]
    found = set()
    for rect in ((x, y, width, 1), (x, y + height - 1, width, 1), (x, y, 1, height), (x + width - 1, y, 1, height)):
        data = root.get_image(*rect, X.ZPixmap, 0xFFFFFFFF).data
        found |= {int.from_bytes(data[at : at + 3], "little") for at in range(0, len(data), 4)}
    return sorted(found)


def stop(name: str, number: int = signal.SIGTERM, timeout_s: float = 20.0) -> int:
    """End a daemon; returns its exit code."""
    daemon = DAEMONS[name]
    if daemon.process.poll() is None:
        daemon.process.send_signal(number)
    return daemon.process.wait(timeout_s)


def wait_exit(name: str, timeout_s: float = 30.0) -> int:
    """Wait until a daemon has ended by itself; returns its exit code."""
    code: list[int] = _wait(lambda: _code(name), f"the end of the daemon of {name}", timeout_s)
    return code[0]


def _code(name: str) -> list[int]:
    code = DAEMONS[name].process.poll()
    return [] if code is None else [code]


def log(name: str) -> str:
    """What a daemon wrote."""
    return DAEMONS[name].log.read_text()


def wait_painting(name: str, title: str, timeout_s: float = 60.0) -> bool:
    """Wait until a window has changed what it shows a few times; the window manager may have covered some of it."""
    seen: set[int] = set()

    def look() -> bool:
        window = _window(name, title)
        if window is not None:
            _raise(window)
            seen.add(checksum(STATE["server"].screen().root, *window["content"]))
        return len(seen) > PICTURES

    return bool(_wait(look, f"a changing picture in {title}", timeout_s))


def code(name: str) -> int | None:
    """A daemon's exit code, None while it runs."""
    return DAEMONS[name].process.poll()


def wait_log(name: str, text: str, timeout_s: float = 30.0) -> None:
    """Wait until a daemon has written this."""
    _wait(lambda: text in log(name), f"{text!r} in the log of {name}", timeout_s)


def wait_colour(name: str, title: str, colour: int, timeout_s: float = 30.0) -> bool:
    """Wait until a window's content is of one colour."""

    def look() -> bool:
        window = wait_window(name, title)
        _raise(window)
        data = STATE["server"].screen().root.get_image(*window["content"], X.ZPixmap, 0xFFFFFFFF).data
        wanted = colour.to_bytes(3, "little")
        return all(data[plane::4] == wanted[plane : plane + 1] * (len(data) // 4) for plane in range(3))

    return bool(_wait(look, f"colour {colour:06x} in {title}", timeout_s))
