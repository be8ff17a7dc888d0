"""Joins window and supervisor, and runs the toolkit's loop; must not know how anything looks."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from typing import Final

from guid.manager.actions import EMPTY_CLIPBOARD, Action, Request, relabel
from guid.manager.link import Message, Watch, ask
from guid.manager.logview import LogView
from guid.manager.toolkit import GLib, Gtk
from guid.manager.window import Window
from guid.manager.world import Row, World

DRAW_MS: Final = 100
"""What comes within this time is drawn in one go."""


def run(socket_path: str, watch_fd: int, again: Sequence[str]) -> int:
    """Show the window until it is closed; returns the exit code.

    watch_fd: a connection by which the supervisor tells already. again: what starts supervisor and window anew.
    """
    os.set_inheritable(watch_fd, False)  # noqa: FBT003 - the standard library's own signature
    GLib.set_prgname("vitrail-manager")
    if not Gtk.init_check(sys.argv[:1])[0]:
        print("vitrail: no display can be opened: set DISPLAY, or ask: vitrail doctor desktop", file=sys.stderr)
        return 1
    program = Program(socket_path, watch_fd)
    for number in (signal.SIGINT, signal.SIGTERM):
        GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, number, program.end)
    Gtk.main()
    if program.begin_again:
        os.execv(again[0], list(again))  # noqa: S606 - a list, and no shell
    return 0


class Program:
    """begin_again: a supervisor is to be started, and this window with it."""

    def __init__(self, socket_path: str, watch_fd: int) -> None:
        self._path = socket_path
        self._world = World()
        self._drawing = 0
        self.begin_again = False
        self._window = Window(self)
        Watch(socket_path, watch_fd, self._heard, self._joined, self._left)

    def end(self) -> bool:
        """Close everything, questions too."""
        for window in Gtk.Window.list_toplevels():
            window.destroy()
        Gtk.main_quit()
        return False

    # What the window asks for

    def do(self, action: Action, row: Row) -> None:
        """Something that the person wants done to a qube."""
        if action.requests is not None:
            self._ask_all(list(action.requests(row, os.environ.get("DISPLAY", ""))))
        elif action.name == "label":
            name = str(row["name"])
            self._window.choose_label(row, lambda label: self._ask_all([relabel(name, label)]))
        else:
            LogView(self._window.shown, self._path, str(row["name"]))

    def empty_clipboard(self) -> None:
        """Let nothing be in it."""
        self._ask_all([EMPTY_CLIPBOARD])

    def start_supervisor(self) -> None:
        """There is none: begin again."""
        self.begin_again = True
        Gtk.main_quit()

    def quit(self) -> None:
        """The window was closed."""
        Gtk.main_quit()

    # What the supervisor says

    def _ask_all(self, requests: list[Request]) -> None:
        """One after the other; the first that is refused is the last."""

        def answered(message: Message) -> None:
            if "error" in message:
                self._window.complain(message["error"])
            elif message.get("warning"):
                self._window.complain(message["warning"])
            elif len(requests) > 1:
                self._ask_all(requests[1:])

        ask(self._path, requests[0], answered)

    def _joined(self) -> None:
        self._world = World()
        self._window.supervised(there=True)

    def _left(self) -> None:
        self._world = World()
        self._window.supervised(there=False)
        self._draw_soon()

    def _heard(self, row: Message) -> None:
        if "error" in row:
            self._window.complain(row["error"])
        self._world.hear(row)
        self._draw_soon()

    def _draw_soon(self) -> None:
        if not self._drawing:
            self._drawing = GLib.timeout_add(DRAW_MS, self._draw)

    def _draw(self) -> bool:
        self._drawing = 0
        self._window.draw(self._world)
        return False
