"""Trays of the XEmbed kind on a test's X server: stock panels, and one that a test plays; knows nothing of Vitrail."""

import tempfile
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from Xlib import X
from Xlib import display as xdisplay

from tests.harness.bus import SessionBus
from tests.harness.processes import Child, clean_environment, descendants_named
from tests.harness.wait import wait_until

SELECTION: Final = "_NET_SYSTEM_TRAY_S0"

ARGV: Final = {
    "trayer": ["trayer", "--edge", "bottom", "--align", "left", "--widthtype", "request", "--height", "26"],
    "xfce4-panel": ["xfce4-panel", "--disable-wm-check"],
}

XFCE_SETTINGS: Final = """<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=10;x=0;y=0"/>
      <property name="length" type="uint" value="50"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="size" type="uint" value="28"/>
      <property name="plugin-ids" type="array"><value type="int" value="1"/></property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="systray"/>
  </property>
</channel>
"""
"""One panel at the bottom with nothing but a tray."""


def tray_of(connection: Any) -> int:
    """X id of the window that the tray is known by, 0 if there is none."""
    owner = connection.get_selection_owner(connection.intern_atom(SELECTION))
    return 0 if owner == X.NONE else int(owner.id)


class Tray:
    """A stock panel on `display`. A context manager: inside it there is a tray, else TimedOut is raised."""

    def __init__(self, name: str, display: str) -> None:
        self.name, self.display = name, display
        self._stack = ExitStack()
        self._child: Child | None = None

    def start(self) -> Self:
        """Start it where none of it runs."""
        home = self._home()
        self._child = Child(ARGV[self.name], env=self._environment(home), log=Path(home) / "log")
        with_tray = xdisplay.Display(self.display)
        try:
            wait_until(lambda: tray_of(with_tray), 30.0, f"{self.name}'s tray")
        finally:
            with_tray.close()
        return self

    def stop(self) -> None:
        """Ask it to end, and wait until it has."""
        if self._child is not None:
            self._child.stop()

    def kill(self) -> None:
        """End whatever has the tray without a chance to clean up, and the panel with it."""
        assert self._child is not None, "not started"
        for pid in descendants_named(self._child.pid, "wrapper-2.0"):
            Child(["kill", "-KILL", str(pid)]).wait()
        Child(["kill", "-KILL", str(self._child.pid)]).wait()
        self._child.wait()

    def _home(self) -> str:
        if not hasattr(self, "_kept"):
            self._kept = self._stack.enter_context(tempfile.TemporaryDirectory(prefix="vitrail-tray-"))
            settings = Path(self._kept) / "xfce4/xfconf/xfce-perchannel-xml/xfce4-panel.xml"
            settings.parent.mkdir(parents=True)
            settings.write_text(XFCE_SETTINGS)
            if self.name == "xfce4-panel":
                own = self._folders(self._kept)
                bus = self._stack.enter_context(SessionBus(services=own))
                self._bus = {"DBUS_SESSION_BUS_ADDRESS": bus.address}
            else:
                self._bus = {}
        return self._kept

    def _folders(self, home: str) -> dict[str, str]:
        return {"DISPLAY": self.display, "HOME": home, "XDG_CONFIG_HOME": home, "XDG_CACHE_HOME": home}

    def _environment(self, home: str) -> dict[str, str]:
        return clean_environment(**self._folders(home), **self._bus, NO_AT_BRIDGE="1")

    def __enter__(self) -> Self:
        with ExitStack() as leaving:
            leaving.callback(self._leave)
            self.start()
            leaving.pop_all()
        return self

    def _leave(self) -> None:
        self.stop()
        self._stack.close()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave()
