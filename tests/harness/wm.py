"""A window manager, and optionally a compositor, on a test's X server; knows nothing of Vitrail."""

import tempfile
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from Xlib import X
from Xlib import display as xdisplay

from tests.harness.processes import Child, clean_environment
from tests.harness.wait import wait_until

ARGV: Final = {
    "openbox": ["openbox", "--sm-disable"],
    "xfwm4": ["xfwm4", "--sm-client-disable"],
}

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
    itself = window.get_full_property(atom, X.AnyPropertyType)
    return int(found.value[0]) if itself is not None and list(itself.value) == list(found.value) else 0


class WindowManager:
    """A window manager on `display`, ready when its constructor's context is entered. A context manager.

    Its configuration is the program's own default: a home of its own hides the tester's.
    Raises TimedOut if it does not announce itself.
    """

    def __init__(self, name: str, display: str) -> None:
        self.name, self.display = name, display
        self._folder = tempfile.TemporaryDirectory(prefix="vitrail-wm-")
        self._child: Child | None = None

    def start(self) -> Self:
        home = self._folder.name
        env = clean_environment(DISPLAY=self.display, HOME=home, XDG_CONFIG_HOME=home, XDG_CACHE_HOME=home)
        self._child = Child(ARGV[self.name], env=env, log=Path(home) / "log")
        connection = xdisplay.Display(self.display)
        try:
            wait_until(lambda: supporting_window(connection), what=f"{self.name} on {self.display}")
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
