"""The programs of the qube: started on its display, and their ends noticed. It must not know windows."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from typing import Final

from guiagent.core.control import Exited, Failed, News, Run, Started
from guiagent.x11.bus import ADDRESS as BUS_ADDRESS

SESSION_ENV: Final[Mapping[str, str]] = {
    "XDG_SESSION_TYPE": "x11",
    "XDG_CURRENT_DESKTOP": "X-VITRAIL",
    "XDG_SESSION_DESKTOP": "X-VITRAIL",
    "GDK_BACKEND": "x11",
    "QT_QPA_PLATFORM": "xcb",
    "SDL_VIDEODRIVER": "x11",
    # Nobody reparents windows here; Java would wait for it.
    "_JAVA_AWT_WM_NONREPARENTING": "1",
    # There is no graphics card in a qube.
    "LIBGL_ALWAYS_SOFTWARE": "1",
    "GSK_RENDERER": "cairo",
}
DROPPED_ENV: Final = ("WAYLAND_DISPLAY", "XAUTHORITY")


class Programs:
    """Children of this process, each under the number that the trusted side gave it."""

    def __init__(self, display: str) -> None:
        self._env = {key: value for key, value in os.environ.items() if key not in DROPPED_ENV}
        self._env.update(SESSION_ENV)
        self.show_on(display)
        self._running: dict[int, subprocess.Popen[bytes]] = {}

    def show_on(self, display: str) -> None:
        """Programs that are started from now on have this display."""
        self._env["DISPLAY"] = display

    def talk_on(self, bus: str) -> None:
        """Programs that are started from now on have this session bus."""
        self._env[BUS_ADDRESS] = bus

    @property
    def bus(self) -> str:
        """The address of their session bus, "" if they have none."""
        return self._env.get(BUS_ADDRESS, "")

    def start(self, run: Run, desktop: Mapping[str, str]) -> News:
        """Start a program with its output in the agent's log. desktop: variables that say how the desktop is."""
        try:
            process = subprocess.Popen(
                run.argv, env={**self._env, **desktop, **run.env}, stdin=subprocess.DEVNULL, start_new_session=True
            )
        except (OSError, ValueError) as error:
            return Failed(run.id, f"{run.argv[0]}: {getattr(error, 'strerror', None) or error}")
        self._running[run.id] = process
        return Started(run.id)

    def reap(self) -> Iterator[News]:
        """The programs that have ended since the last call; a negative status is the signal that ended one."""
        for identifier, process in list(self._running.items()):
            status = process.poll()
            if status is not None:
                del self._running[identifier]
                yield Exited(identifier, status)

    def stop(self) -> None:
        """Ask every program to end; whoever ends the qube ends those that do not listen."""
        for process in self._running.values():
            if process.poll() is None:
                process.terminate()
