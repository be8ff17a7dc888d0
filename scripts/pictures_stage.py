"""A person's desktop to take pictures of: a screen, a notification service, a terminal, qubes; knows no picture."""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import numpy as np
from Xlib import XK, X
from Xlib.ext import xtest

from colors.picture import write_png
from scripts.demo_desktop import Desktop, Pixels
from scripts.demo_screen import PrivateScreen
from scripts.demo_session import wait_until

WIDTH_PX, HEIGHT_PX = 1280, 800
BACKGROUND_RGB: Final = 0x343A40
STILL_S, STILL_PX, STILL_PICTURES = 0.25, 300, 4
"""So many pictures in a row, so far apart, may differ by so many pixels: a text cursor blinks."""
STILL_TIMEOUT_S: Final = 20.0

TERMINAL: Final = (
    "xterm",
    "-fa",
    "DejaVu Sans Mono",
    "-fs",
    "10",
    "-bg",
    "#f4f5f6",
    "-fg",
    "#1b1e23",
    "-b",
    "8",
    "+sb",
)
RC: Final = "PS1='$ '\ncd {here}\n"

DUNST: Final = """\
[global]
origin = top-right
offset = 16x16
width = 330
font = DejaVu Sans 10
frame_width = 1
separator_color = frame
icon_position = off
[urgency_low]
background = "#ffffff"
foreground = "#1b1e23"
frame_color = "#23272b"
timeout = 0
[urgency_normal]
background = "#ffffff"
foreground = "#1b1e23"
frame_color = "#23272b"
timeout = 0
"""

Window = dict[str, Any]
Rect = tuple[int, int, int, int]


class Stage:
    """The desktop and everything on it. A context manager; at its end nothing of it runs or lies about."""

    def __init__(self, *, manager: str = "openbox") -> None:
        """manager: the window manager, one that PrivateScreen knows."""
        self._manager = manager
        self.folder = Path(tempfile.mkdtemp(prefix="vitrail-pictures-", dir="/var/tmp"))
        self.folder.chmod(0o711)
        self.here = self.folder / "Documents"
        self.here.mkdir()
        self._stack = ExitStack()
        self._scene = ExitStack()

    def __enter__(self) -> Self:
        self._stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
        own = {"XDG_RUNTIME_DIR": "run", "XDG_DATA_HOME": "data", "XDG_CONFIG_HOME": "config", "HOME": "home"}
        for variable, name in own.items():
            (self.folder / name).mkdir(mode=0o700)
            os.environ[variable] = str(self.folder / name)
        (self.folder / "data").chmod(0o711)
        commands = self.folder / "bin"
        commands.mkdir()
        (commands / "vitrail").write_text(f'#!/bin/sh\nexec {sys.executable} -m guid "$@"\n')
        (commands / "vitrail").chmod(0o755)
        os.environ["PATH"] = f"{commands}:{os.environ['PATH']}"
        os.environ["DBUS_SESSION_BUS_ADDRESS"] = self._start_bus()
        self._stack.enter_context(PrivateScreen(self.folder, WIDTH_PX, HEIGHT_PX, manager=self._manager)).start()
        self.desktop = self._stack.enter_context(Desktop())
        self.desktop.paint_background(BACKGROUND_RGB)
        self._stack.callback(self._end_qubes)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end_scene()
        self._stack.close()

    # Programs

    def end_scene(self) -> None:
        """End the programs of the desktop that were started."""
        self._scene.close()

    def notifications(self) -> None:
        """Let notices be shown, in the upper right corner."""
        (self.folder / "dunstrc").write_text(DUNST)
        self.start("dunst", "-conf", str(self.folder / "dunstrc"))

    def vitrail(self, *arguments: str) -> str:
        """Run a command; what it prints."""
        argv = [sys.executable, "-m", "guid", *arguments]
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, cwd="/")
        if done.returncode:
            raise RuntimeError(f"{arguments}: {done.stderr}")
        return done.stdout

    def start(self, *argv: str) -> subprocess.Popen[bytes]:
        """Start a program of the desktop itself, which ends with the scene."""
        child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self.here)

        def end() -> None:
            child.terminate()
            child.wait()

        self._scene.callback(end)
        return child

    def terminal(self, rect: Rect) -> int:
        """A terminal of the person's own, which has the keys; its X id."""
        (self.folder / "rc").write_text(RC.format(here=self.here))
        shell = ("-e", "bash", "--rcfile", str(self.folder / "rc"))
        xid = self.client(lambda: self.start(*TERMINAL, "-T", "a terminal of the desktop", *shell))
        self.put(xid, rect)
        return xid

    def client(self, start: Callable[[], object]) -> int:
        """The window of the desktop's own program that `start` starts."""
        before = set(self._clients())
        start()
        return wait_until(lambda: next(iter(set(self._clients()) - before), 0), "a window of the desktop")

    def window(self, qube: str, title: str = "") -> Window:
        """The mapped window of a qube that has this in its title; waits for it."""
        return wait_until(lambda: next(iter(self.windows(qube, title)), None), f"{qube}'s {title}") or {}

    def windows(self, qube: str, title: str = "") -> list[Window]:
        """Those that there are now. qube: a name, or how it begins."""
        qubes = json.loads(self.vitrail("ls", "--json"))["qubes"]
        own = [each for found in qubes if found["name"].startswith(qube) for each in found["windows"]]
        return [each for each in own if each["mapped"] and title in each["title"]]

    # Hands

    def put(self, xid: int, rect: Rect) -> None:
        """Place a window, and give it the keys."""
        self.desktop.ask_place(xid, rect)
        self.focus(xid)

    def focus(self, xid: int) -> None:
        """Give a window the keys, and wait until it has them."""
        self.desktop.activate(xid)
        wait_until(lambda: self.desktop.focus() == xid, "the focus")
        self.still()

    def point(self, x: int, y: int) -> None:
        """Move the pointer."""
        xtest.fake_input(self.desktop.x, X.MotionNotify, x=x, y=y)
        self.desktop.x.sync()

    def hold(self, name: str) -> None:
        """Press a key."""
        xtest.fake_input(self.desktop.x, X.KeyPress, self.desktop.x.keysym_to_keycode(XK.string_to_keysym(name)))
        self.desktop.x.sync()

    def let_go(self, name: str) -> None:
        """Let it go."""
        xtest.fake_input(self.desktop.x, X.KeyRelease, self.desktop.x.keysym_to_keycode(XK.string_to_keysym(name)))
        self.desktop.x.sync()

    def chord(self, *names: str) -> None:
        """Press keys together, the last one last."""
        x = self.desktop.x
        codes = [x.keysym_to_keycode(XK.string_to_keysym(name)) for name in names]
        for code in codes:
            xtest.fake_input(x, X.KeyPress, code)
        for code in reversed(codes):
            xtest.fake_input(x, X.KeyRelease, code)
        x.sync()

    # Pictures

    def still(self) -> Pixels:
        """The screen as soon as nothing moves on it any more."""
        deadline = time.monotonic() + STILL_TIMEOUT_S
        picture, count = self.desktop.picture(), 0
        while count < STILL_PICTURES and time.monotonic() < deadline:
            time.sleep(STILL_S)
            last, picture = picture, self.desktop.picture()
            count = count + 1 if np.count_nonzero(last != picture) <= STILL_PX else 0
        return picture

    def photograph(self, path: Path, rect: Rect) -> None:
        """Write what a part of the screen shows."""
        x, y, width, height = rect
        part = self.still()[y : y + height, x : x + width]
        write_png(path, np.ascontiguousarray(part).tobytes(), width, height)

    # Ends

    def _clients(self) -> Sequence[int]:
        values = self.desktop._values(self.desktop.root, "_NET_CLIENT_LIST")
        return [int(each) for each in values] if not isinstance(values, bytes) else []

    def _start_bus(self) -> str:
        reading, writing = os.pipe()
        argv = ["dbus-daemon", "--session", "--nofork", f"--print-address={writing}"]
        child = subprocess.Popen(argv, pass_fds=(writing,), stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(writing)

        def end() -> None:
            child.terminate()
            child.wait()

        self._stack.callback(end)
        with os.fdopen(reading) as told:
            select.select([told], [], [], STILL_TIMEOUT_S)
            return told.readline().strip()

    def _end_qubes(self) -> None:
        self.vitrail("stop", "--all")
        socket = self.folder / "run" / "vitrail" / "control.sock"
        wait_until(lambda: not socket.exists(), "the supervisor's end")


Scene = Callable[[Stage, Path], None]
