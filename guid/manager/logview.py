"""A window with the end of a qube's log, which goes on while the qube runs; must not know what is in it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final

from guid.manager import words
from guid.manager.link import Connection, Message, ask, asked
from guid.manager.list import text_scale
from guid.manager.toolkit import Gdk, GLib, Gtk

WIDTH_PX, HEIGHT_PX = 760, 420
AGAIN_MS: Final = 500
"""A log that grows is read again so often at most."""


class LogView:
    """Over `parent`, until it is closed."""

    def __init__(self, parent: Any, path: str, name: str) -> None:
        self._path, self._name = path, name
        self._reading = 0
        self._view = Gtk.TextView(
            editable=False, monospace=True, wrap_mode=Gtk.WrapMode.CHAR, left_margin=6, accepts_tab=False
        )
        self._view.get_accessible().set_name("Log")
        self._window = Gtk.Window(
            title=f"Log of qube {words.line(name)}", transient_for=parent, destroy_with_parent=True
        )
        self._window.set_position(Gtk.WindowPosition.CENTER_ON_PARENT)
        self._window.set_default_size(WIDTH_PX * text_scale(), HEIGHT_PX * text_scale())
        scrolled = Gtk.ScrolledWindow()
        scrolled.add(self._view)
        self._window.add(scrolled)
        self._window.connect("key-press-event", self._key)
        self._window.connect("destroy", lambda _window: self._close())
        self._window.show_all()
        self._follow: Connection | None = None
        with suppress(OSError):  # there is no supervisor: what is asked for next says so
            self._follow = Connection(asked(path, {"op": "follow", "qube": name}), self._heard, lambda: None)
        self._read()

    def _heard(self, _grown: Message) -> None:
        """It has grown, or ended, or does not run."""
        if not self._reading:
            self._reading = GLib.timeout_add(AGAIN_MS, self._read)

    def _read(self) -> bool:
        self._reading = 0
        ask(self._path, {"op": "log", "qube": self._name}, self._show)
        return False

    def _show(self, answer: Message) -> None:
        lines = answer.get("lines", [answer.get("error", "")])
        buffer = self._view.get_buffer()
        buffer.set_text("\n".join(words.line_as_it_is(line) for line in lines) or "Nothing was printed.")
        buffer.place_cursor(buffer.get_end_iter())
        self._view.scroll_to_mark(buffer.get_insert(), 0.0, False, 0.0, 1.0)  # noqa: FBT003 - GTK's own signature

    def _key(self, _window: Any, event: Any) -> bool:
        closes = event.keyval == Gdk.KEY_Escape or (
            event.keyval == Gdk.KEY_w and event.state & Gdk.ModifierType.CONTROL_MASK
        )
        if closes:
            self._window.destroy()
        return bool(closes)

    def _close(self) -> None:
        if self._follow is not None:
            self._follow.close()
        if self._reading:
            GLib.source_remove(self._reading)
            self._reading = 0
