"""A window manager, and optionally a compositor, on a test's X server; knows nothing of Vitrail."""

import signal
import tempfile
from contextlib import ExitStack, closing
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from Xlib import X, Xatom, error
from Xlib import display as xdisplay
from Xlib.protocol import event

from tests.harness.bus import SessionBus
from tests.harness.processes import Child, clean_environment
from tests.harness.wait import wait_until

AWESOME: Final = Path(__file__).parent / "awesome"
"""Has qubes.lua, by which awesome paints frames in the colours of labels; users copy it (docs/frames.md)."""

ARGV: Final = {
    "openbox": ["openbox", "--sm-disable"],
    "xfwm4": ["xfwm4", "--sm-client-disable"],
    "xfwm4-bare": ["xfwm4", "--sm-client-disable", "--compositor=off"],
    "i3": ["i3", "-c", "{home}/i3.conf"],
    "awesome": ["awesome", "-c", "{home}/rc.lua", "--search", str(AWESOME)],
    "awesome-tiling": ["awesome", "-c", "{home}/rc.lua", "--search", str(AWESOME)],
    "awesome-plain": ["awesome", "-c", "{home}/rc.lua"],
}
"""Name → command; {home} is a folder of its own. xfwm4 composites by itself, unless it is told not to."""

NEEDS_BUS: Final = frozenset({"xfwm4", "xfwm4-bare"})
"""Their settings come from a service on the session bus."""

I3_CONFIG: Final = """
# i3 config file (v4)
font pango:monospace 8
ipc-socket {home}/ipc
"""
"""As little as it starts with and asks nothing: tiling, its own borders and titles, focus follows the pointer."""

AWESOME_CONFIG: Final = """
local awful = require("awful")
require("awful.autofocus")
local gears = require("gears")
awful.screen.connect_for_each_screen(function(screen) awful.tag({{ "1" }}, screen, awful.layout.suit.{layout}) end)
awful.rules.rules = {{ {{ rule = {{}}, properties = {{
    border_width = 2, border_color = "#777777", focus = awful.client.focus.filter, raise = true,
    screen = awful.screen.preferred, size_hints_honor = false,
    buttons = gears.table.join(awful.button({{}}, 1, function(c) c:emit_signal("request::activate", "click") end)),
}} }} }}
client.connect_signal("request::activate", awful.ewmh.activate)
{qubes}
"""
"""What its own default has, without its panel, menus and key bindings; qubes: one line more, as a user adds it."""

AWESOME_LINES: Final = {
    "awesome": ("floating", 'require("qubes")'),
    "awesome-tiling": ("tile", 'require("qubes")'),
    "awesome-plain": ("floating", ""),
}
"""Name → layout, and whether it follows the labels."""

COMPOSITORS: Final = {
    "xcompmgr": ["xcompmgr"],
    "picom": ["picom", "--backend", "xrender", "--config", "/dev/null"],
}


def supporting_window(connection: xdisplay.Display) -> int:
    """The EWMH check window of the running window manager that points at itself, or 0."""
    atom = connection.intern_atom("_NET_SUPPORTING_WM_CHECK")
    root = connection.screen().root
    found = root.get_full_property(atom, X.AnyPropertyType)
    if found is None or not found.value:
        return 0
    window = connection.create_resource_object("window", int(found.value[0]))
    try:
        itself = window.get_full_property(atom, X.AnyPropertyType)
    except error.BadWindow:  # it was killed, and the property names a window that went with it
        return 0
    return int(found.value[0]) if itself is not None and list(itself.value) == list(found.value) else 0


def clients(connection: xdisplay.Display) -> list[int]:
    """The windows that the window manager says it manages. Source: EWMH, _NET_CLIENT_LIST."""
    root = connection.screen().root
    found = root.get_full_property(connection.intern_atom("_NET_CLIENT_LIST"), Xatom.WINDOW)
    return [int(window) for window in found.value] if found is not None else []


def nudge(connection: xdisplay.Display) -> None:
    """Send the window manager an event that means nothing: it may have read others before it began to wait for any."""
    root = connection.screen().root
    message = event.ClientMessage(window=root, client_type=connection.intern_atom("_NUDGE"), data=(32, [0] * 5))
    root.send_event(message, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)


def wait_managing(connection: xdisplay.Display, name: str) -> None:
    """Wait until a window manager announces itself and takes a window, and lets it go again.

    One that only announces itself would make every later look at a frame worthless.
    """
    wait_until(lambda: supporting_window(connection), what=f"{name} to announce itself")
    root: Any = connection.screen().root
    probe = root.create_window(0, 0, 50, 50, 0, X.CopyFromParent)
    probe.map()

    def managed() -> bool:
        nudge(connection)
        return probe.id in clients(connection)

    wait_until(managed, what=f"{name} to manage a window")
    probe.destroy()
    wait_until(lambda: not managed(), what=f"{name} to let a window go")


class WindowManager:
    """A window manager on `display`, managing when its constructor's context is entered. A context manager.

    Its configuration is the program's own default: a home of its own hides the tester's. arguments: more for its
    command line.
    Raises TimedOut if it does not manage a window.
    """

    def __init__(self, name: str, display: str, *arguments: str) -> None:
        self.name, self.display = name, display
        self._arguments = arguments
        self._stack = ExitStack()
        self._child: Child | None = None

    def start(self) -> Self:
        with ExitStack() as stack:
            # What a bus has started for it may still write there when it has ended.
            home = stack.enter_context(tempfile.TemporaryDirectory(prefix="vitrail-wm-", ignore_cleanup_errors=True))
            own = {"DISPLAY": self.display, "HOME": home, "XDG_CONFIG_HOME": home, "XDG_CACHE_HOME": home}
            if self.name in NEEDS_BUS:
                bus = stack.enter_context(SessionBus(services=own))
                own["DBUS_SESSION_BUS_ADDRESS"] = bus.address
            (Path(home) / "i3.conf").write_text(I3_CONFIG.format(home=home))
            if self.name in AWESOME_LINES:
                layout, qubes = AWESOME_LINES[self.name]
                (Path(home) / "rc.lua").write_text(AWESOME_CONFIG.format(layout=layout, qubes=qubes))
            argv = [part.format(home=home) for part in (*ARGV[self.name], *self._arguments)]
            child = Child(argv, env=clean_environment(**own), log=Path(home) / "log")
            self._child = stack.enter_context(child)
            with closing(xdisplay.Display(self.display)) as connection:
                wait_managing(connection, self.name)
            self._stack = stack.pop_all()
        return self

    @property
    def alive(self) -> bool:
        return self._child is not None and self._child.alive

    def stop(self) -> None:
        self._stack.close()

    def kill(self) -> None:
        """End it without a chance to clean up."""
        assert self._child is not None, "not started"
        self._child.signal(signal.SIGKILL)
        self._child.wait()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class Compositor:
    """A compositing manager on `display`, ready when it owns _NET_WM_CM_S0. A context manager."""

    def __init__(self, name: str, display: str) -> None:
        self.name, self.display = name, display
        self._folder = tempfile.TemporaryDirectory(prefix="vitrail-cm-")
        self._child: Child | None = None

    def start(self) -> Self:
        env = clean_environment(DISPLAY=self.display, HOME=self._folder.name)
        self._child = Child(COMPOSITORS[self.name], env=env, log=Path(self._folder.name) / "log")
        connection = xdisplay.Display(self.display)
        try:
            atom = connection.intern_atom("_NET_WM_CM_S0")
            wait_until(lambda: connection.get_selection_owner(atom) != X.NONE, what=f"{self.name} on {self.display}")
        finally:
            connection.close()
        return self

    def stop(self) -> None:
        if self._child is not None:
            self._child.stop()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
