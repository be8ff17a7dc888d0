"""The private screen of the demo: Xvfb and a window manager with a plain theme; must not know what is shown there."""

from __future__ import annotations

import os
import secrets
import select
import socket
import struct
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from scripts.demo_session import DemoError

START_TIMEOUT_S: Final = 20.0
END_TIMEOUT_S: Final = 5.0

FAMILY_LOCAL: Final = 256
COOKIE_NAME: Final = b"MIT-MAGIC-COOKIE-1"

THEME: Final = """\
window.active.title.bg: flat solid
window.active.title.bg.color: #dfe3e7
window.inactive.title.bg: flat solid
window.inactive.title.bg.color: #aab1b8
window.active.label.bg: parentrelative
window.inactive.label.bg: parentrelative
window.active.label.text.color: #1b1e23
window.inactive.label.text.color: #343a40
window.active.button.unpressed.bg: parentrelative
window.inactive.button.unpressed.bg: parentrelative
window.active.button.unpressed.image.color: #1b1e23
window.inactive.button.unpressed.image.color: #565d64
window.label.text.justify: left
border.color: #23272b
border.width: 1
padding.width: 6
padding.height: 3
window.client.padding.width: 0
window.client.padding.height: 0
window.handle.width: 0
"""

OPENBOX: Final = """\
<?xml version="1.0" encoding="UTF-8"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <theme>
    <name>vitrail-demo</name>
    <titleLayout>LC</titleLayout>
    <keepBorder>yes</keepBorder>
    <animateIconify>no</animateIconify>
    <font place="ActiveWindow"><name>DejaVu Sans</name><size>9</size><weight>bold</weight></font>
    <font place="InactiveWindow"><name>DejaVu Sans</name><size>9</size></font>
  </theme>
  <desktops><number>1</number><popupTime>0</popupTime></desktops>
  <focus><focusNew>no</focusNew><followMouse>no</followMouse></focus>
</openbox_config>
"""


AWESOME_LINES: Final = Path(__file__).resolve().parent.parent / "tests" / "harness" / "awesome"
AWESOME_RC: Final = """\
local awful = require("awful")
require("awful.autofocus")
awful.screen.connect_for_each_screen(function(screen) awful.tag({ "1" }, screen, awful.layout.suit.floating) end)
awful.rules.rules = { { rule = {}, properties = { focus = awful.client.focus.filter, size_hints_honor = false } } }
client.connect_signal("request::activate", awful.ewmh.activate)
client.connect_signal("request::geometry", awful.ewmh.geometry)
require("qubes")
"""


class PrivateScreen:
    """An Xvfb that only this user may open, under a window manager. A context manager, which ends what it has started.

    width, height: px. manager: openbox, or awesome as the tests have it. Sets DISPLAY and XAUTHORITY of this process.
    """

    def __init__(self, folder: Path, width: int, height: int, *, manager: str = "openbox") -> None:
        self._manager = manager
        self._folder = folder / "screen"
        self._folder.mkdir(mode=0o700)
        self._size = width, height
        self._children: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Start both. Raises DemoError."""
        os.environ["XAUTHORITY"] = str(self._write_cookie())
        os.environ["DISPLAY"] = self._start_server(*self._size)
        {"openbox": self._start_openbox, "awesome": self._start_awesome}[self._manager]()

    def _write_cookie(self) -> Path:
        """An Xauthority file for every display number of this host. Source: Xau(3)."""
        path = self._folder / "authority"
        fields = (socket.gethostname().encode(), b"", COOKIE_NAME, secrets.token_bytes(16))
        packed = b"".join(struct.pack(">H", len(field)) + field for field in fields)
        path.touch(mode=0o600)
        path.write_bytes(struct.pack(">H", FAMILY_LOCAL) + packed)
        return path

    def _start_server(self, width: int, height: int) -> str:
        ready, ready_write = os.pipe()
        argv = ["Xvfb", "-displayfd", str(ready_write), "-screen", "0", f"{width}x{height}x24"]
        argv += ["-nolisten", "tcp", "-noreset", "-auth", os.environ["XAUTHORITY"]]
        try:
            self._start(argv, {}, pass_fds=(ready_write,))
        finally:
            os.close(ready_write)
        with os.fdopen(ready, "rb") as answer:
            readable, _, _ = select.select([answer], [], [], START_TIMEOUT_S)
            number = answer.readline().strip() if readable else b""
        if not number:
            raise DemoError(f"Xvfb did not start: {(self._folder / 'Xvfb.log').read_text().strip()}")
        return f":{int(number)}"

    def _start_awesome(self) -> None:
        home = self._folder / "awesome"
        home.mkdir()
        (home / "rc.lua").write_text(AWESOME_RC)
        folders = {name: str(home) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME")}
        self._start(["awesome", "-c", str(home / "rc.lua"), "--search", str(AWESOME_LINES)], folders)

    def _start_openbox(self) -> None:
        home = self._folder / "openbox"
        theme = home / ".themes" / "vitrail-demo" / "openbox-3"
        theme.mkdir(parents=True)
        (theme / "themerc").write_text(THEME)
        (home / "rc.xml").write_text(OPENBOX)
        folders = {name: str(home) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME")}
        self._start(["openbox", "--sm-disable", "--config-file", str(home / "rc.xml")], folders)

    def _start(self, argv: list[str], environment: Mapping[str, str], pass_fds: tuple[int, ...] = ()) -> None:
        """Start a child in a session of its own, so that Ctrl-C reaches only the demo."""
        with (self._folder / f"{argv[0]}.log").open("wb") as log:
            try:
                child = subprocess.Popen(
                    argv,
                    env={**os.environ, **environment},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    pass_fds=pass_fds,
                    start_new_session=True,
                )
            except FileNotFoundError as error:
                raise DemoError(f"{argv[0]} is missing: run make setup") from error
        self._children.append(child)

    def close(self) -> None:
        """End both processes."""
        for child in reversed(self._children):
            child.terminate()
            try:
                child.wait(END_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        self._children.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
