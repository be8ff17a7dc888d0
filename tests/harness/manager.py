"""The manager's window beside a session: keys typed into it, and what a screen reader hears of it."""

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Final, Self

from Xlib import XK, X
from Xlib.error import BadWindow
from Xlib.ext import xtest
from Xlib.protocol import event

from tests.harness.accessible import Gone, Reader, Thing
from tests.harness.processes import Child
from tests.harness.session import Session
from tests.harness.wait import wait_until
from tests.harness.wm import clients

CLASS: Final = "vitrail-manager"
MAIN: Final = "Vitrail: qubes"
COLUMNS: Final = ("name", "label", "state", "windows", "memory")


class Manager:
    """`vitrail manager`. A context manager. reader: of the bus that the session has; without it nothing can be read."""

    def __init__(self, session: Session, reader: Reader | None = None) -> None:
        self.session = session
        self._reader = reader
        self._child: Child | None = None

    def __enter__(self) -> Self:
        log = self.session.runtime / "manager.log"
        self._child = self.session.start("manager", log=log)
        self.wait_until_active()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._child is not None
        self._child.stop()
        if error is None:
            assert (self._child.returncode, self._child.output()) == (0, "")

    def wait_until_active(self, title: str = MAIN) -> None:
        """Until a window of it, with `title` in its own, has the focus."""
        wait_until(lambda: title in (self._active() or ""), 30, f"the manager's window {title}")

    def _active(self) -> str | None:
        """The title of the window that has the focus, None if it is no window of the manager."""
        try:
            return self._title(self.session.x.get_input_focus().focus)
        except BadWindow:  # it has gone meanwhile
            return None

    def _title(self, window: Any) -> str | None:
        while window not in (X.NONE, X.PointerRoot) and window.id != self.session.x.screen().root.id:
            names = window.get_wm_class()
            if names is not None:
                name = window.get_full_property(self.session.x.intern_atom("_NET_WM_NAME"), X.AnyPropertyType)
                found = bytes(name.value).decode() if name is not None else ""
                return found if names[0] == CLASS else None
            window = window.query_tree().parent
        return None

    def focus(self) -> None:
        """Have the window manager give its main window the focus, whatever has come up meanwhile."""
        root = self.session.x.screen().root
        for xid in clients(self.session.x):
            window = self.session.x.create_resource_object("window", xid)
            if self._title(window) == MAIN:
                active = self.session.x.intern_atom("_NET_ACTIVE_WINDOW")
                asked = event.ClientMessage(window=window, client_type=active, data=(32, [2, 0, 0, 0, 0]))
                root.send_event(asked, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)
                self.session.x.sync()
        self.wait_until_active()

    # Keys

    def chord(self, *names: str) -> None:
        """Press keys together, the last one last."""
        x = self.session.x
        codes = [x.keysym_to_keycode(XK.string_to_keysym(name)) for name in names]
        for code in codes:
            xtest.fake_input(x, X.KeyPress, code)
        for code in reversed(codes):
            xtest.fake_input(x, X.KeyRelease, code)
        x.sync()

    # What is read

    def rows(self) -> dict[str, Mapping[str, str]]:
        """Name of a qube → what its line says."""
        table = self._found("table", "Qubes")
        assert self._reader is not None
        found = [dict(zip(COLUMNS, row, strict=True)) for row in self._reader.rows(table)]
        return {row["name"]: row for row in found}

    def until(self, name: str, condition: Callable[[Mapping[str, str]], object], what: str) -> None:
        """Wait until the line of qube `name` is such."""
        self.wait(lambda: name in (rows := self.rows()) and condition(rows[name]), f"{what}: {name}")

    def wait(self, condition: Callable[[], object], what: str) -> None:
        """Wait for something that is read, while the window changes."""

        def look() -> object:
            try:
                return condition()
            except Gone:
                return None

        wait_until(look, 30, what)

    def text(self, name: str) -> str:
        """What is written in the field of this name."""
        assert self._reader is not None
        return self._reader.text(self._found("text", name))

    def says(self, words: str, role: str = "label") -> bool:
        """Whether there is a visible label that holds these words."""
        assert self._reader is not None
        return any(words in said for said in self._reader.shown(self._program(), role))

    def _program(self) -> Thing:
        assert self._reader is not None
        assert self._child is not None
        return self._reader.program(self._child.pid)

    def _found(self, role: str, name: str) -> Any:
        assert self._reader is not None
        found = self._reader.find(self._program(), role, name)
        if found is None:
            raise Gone(f"no {role} {name}")
        return found
