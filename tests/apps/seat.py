"""A person before the desktop, with one program of one qube: what can be seen, pressed and moved. Judges nothing."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, cast

import numpy as np
from Xlib import X
from Xlib.protocol import event

from tests.apps.keyboard import Keyboard
from tests.apps.mouse import Mouse
from tests.apps.windows import Window, windows
from tests.harness.pixels import Pixels, window_pixels, write_png
from tests.harness.session import Session
from tests.harness.wait import TimedOut, wait_until

T = TypeVar("T")
Leg = tuple[tuple[int, int], Callable[[], object]]

PATIENCE_S = 30.0
"""How long anything may take on a machine with much else to do; a quiet one needs a second."""
STILL_PX = 300
"""So many pixels may differ between two looks at what is still: a text cursor blinks."""
STILL_LOOKS = 3
ABOUT_PX = 40
"""More than a title bar of a window manager is high."""
MOVES_X_AND_Y = 1 << 8 | 1 << 9
"""Flags of _NET_MOVERESIZE_WINDOW; the gravity is the window's own. Source: EWMH 1.5."""


class Seat:
    """One program's window and what belongs to it. title: part of the window's title. pictures: a folder for them.

    other: a seat before another qube, for what goes from one to the other.
    """

    def __init__(self, session: Session, qube: str, *, title: str, pictures: Path, other: "Seat | None" = None) -> None:
        self.session, self.qube, self.title, self.other = session, qube, title, other
        self.home = session.home(qube)
        self.keyboard = Keyboard(session.x)
        self.mouse = Mouse(session.x)
        self._pictures = pictures

    # What is there

    def until(self, look: Callable[[], T | None], what: str, timeout_s: float = PATIENCE_S) -> T:
        """Wait until `look` gives a true value, and return it. Raises TimedOut with what there is instead."""
        try:
            return cast(T, wait_until(look, timeout_s, what))
        except TimedOut as error:
            self.photograph("failed")
            raise TimedOut(f"{error}; there are {[(each.title, each.content) for each in self.windows()]}") from None

    def windows(self) -> list[Window]:
        """All visible windows of the qube, popups last."""
        return windows(self.session.x, self.qube)

    def popups(self) -> list[Window]:
        return [window for window in self.windows() if window.popup]

    @property
    def main(self) -> Window:
        """The program's own window, wherever and however large it is now. Raises TimedOut if it does not come."""
        return self.until(self.main_if_there, f"a window {self.title!r}")

    def main_if_there(self) -> Window | None:
        found = (each for each in self.windows() if not each.popup and self.title in each.title)
        return next(found, None)

    def dialog(self) -> Window:
        """The window that the program has opened besides its own; waits for it."""
        return self.until(self.dialog_if_there, "a dialog")

    def dialog_if_there(self) -> Window | None:
        main = self.main_if_there()
        others = [each for each in self.windows() if not each.popup and (main is None or each.xid != main.xid)]
        return others[-1] if others else None

    def focused(self) -> int:
        return int(getattr(self.session.x.get_input_focus().focus, "id", 0))

    def activate(self, window: Window | None = None) -> Window:
        """Click the middle of a window's title bar (the program's, if not said) unless it has the focus already."""
        chosen = window or self.main
        if self.focused() == chosen.xid:
            return chosen  # a second click might make it a double one
        x, y, width, _height = chosen.outer
        self.mouse.click(x + width // 2, max(0, y - chosen.extents[2] // 2))
        self.until(lambda: self.focused() == chosen.xid, f"the focus on {chosen.title!r}")
        return chosen

    def move(self, window: Window, x: int, y: int) -> Window:
        """Let the window manager put a window about there: what its own frame takes counts as there too."""
        message = event.ClientMessage(
            window=self.session.x.create_resource_object("window", window.xid),
            client_type=self.session.x.intern_atom("_NET_MOVERESIZE_WINDOW"),
            data=(32, [MOVES_X_AND_Y, x, y, 0, 0]),
        )
        root = self.session.x.screen().root
        root.send_event(message, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)

        def moved() -> Window | None:
            now = next((each for each in self.windows() if each.xid == window.xid), None)
            return now if now and 0 <= now.outer[0] - x <= ABOUT_PX and 0 <= now.outer[1] - y <= ABOUT_PX else None

        return self.until(moved, f"{window.title!r} about {x, y}")

    def drag(self, start: tuple[int, int], *legs: Leg, patience_s: float = PATIENCE_S) -> None:
        """Press at `start`, move along `legs`, and let go: a hand waits for what it pulls.

        legs: where to, and what is waited for there.
        """
        self.mouse.move(*start)
        self.mouse.down()
        try:
            for place, follows in legs:
                self.mouse.move(*place)
                self.until(lambda wanted=follows: self._pulled(wanted), "what is pulled to follow", patience_s)  # type: ignore[misc]
        finally:
            self.mouse.up()

    def _pulled(self, wanted: Callable[[], object]) -> object:
        self.mouse.tremble()
        return wanted()

    # Pixels

    def screen(self, rect: tuple[int, int, int, int]) -> Pixels:
        """A part of the screen, px; cut where it lies outside."""
        screen = self.session.x.screen()
        left, top = max(0, rect[0]), max(0, rect[1])
        right = min(rect[0] + rect[2], int(screen.width_in_pixels))
        bottom = min(rect[1] + rect[3], int(screen.height_in_pixels))
        return window_pixels(self.session.x, screen.root.id, left, top, max(1, right - left), max(1, bottom - top))

    def content(self, window: Window | None = None) -> Pixels:
        """What the screen shows where a window's content is."""
        return self.screen((window or self.main).content)

    def still(self, window: Window | None = None) -> Pixels:
        """Wait until a window neither moves nor changes, and return what it shows then."""
        last: list[tuple[Window, Pixels]] = []

        def look() -> Pixels | None:
            now = self._again(window)
            if now is None:
                return None
            picture = self.content(now)
            if last and (last[-1][0] != now or unequal(last[-1][1], picture) > STILL_PX):
                last.clear()
            last.append((now, picture))
            return picture if len(last) > STILL_LOOKS else None

        self.until(lambda: look() is not None, "a window that is still")
        return last[-1][1]

    def _again(self, window: Window | None) -> Window | None:
        if window is None:
            return self.main_if_there()
        return next((each for each in self.windows() if each.xid == window.xid), None)

    def changes(self, before: Pixels, window: Window | None = None, *, by_px: int = STILL_PX) -> None:
        """Wait until a window shows something else."""
        self.until(lambda: unequal(before, self.content(window)) > by_px, "something else in the window")

    def hover(self, window: Window, x: int, y: int, *, by_px: int = STILL_PX) -> None:
        """Point at a place of a window (px from its content's corner) and wait until the window shows that."""
        before = self.still(window)
        self.mouse.move(window.content[0] + x, window.content[1] + y)
        self.until(
            lambda: self._pulled(lambda: unequal(before, self.content(window)) > by_px), "a mark under the pointer"
        )

    def photograph(self, name: str) -> None:
        """Write a picture of all of the qube's windows, with what is around them."""
        found = [window.outer for window in self.windows()]
        if not found:
            return
        left, top = min(each[0] for each in found) - 12, min(each[1] for each in found) - 32
        right, bottom = max(each[0] + each[2] for each in found) + 12, max(each[1] + each[3] for each in found) + 12
        self._pictures.mkdir(parents=True, exist_ok=True)
        write_png(self.screen((left, top, right - left, bottom - top)), self._pictures / f"{name}.png")

    # The qube's own word

    def place(self, name: str, content: str | bytes) -> None:
        """Put a file of its own into the qube's home."""
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        owner = self.home.stat()
        for each in (path, *path.parents):
            if each == self.home:
                break
            os.chown(each, owner.st_uid, owner.st_gid)

    def in_qube(self, *argv: str) -> None:
        """Run a command in the qube to its end; it must end well."""
        done = self.session.vitrail("run", "--qube", self.qube, "--wait", "--", *argv)
        assert done.returncode == 0, f"{argv[0]}: {done.stderr}"


def unequal(one: Pixels, other: Pixels) -> int:
    """How many pixels differ; all of them, if the sizes do."""
    return int(np.count_nonzero(one != other)) if one.shape == other.shape else max(one.size, other.size)
