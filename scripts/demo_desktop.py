"""The desktop of the demo as X sees it: windows, pixels, keys and pointer; must not know qubes."""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

import numpy as np
import numpy.typing as npt
from Xlib import XK, X
from Xlib import display as xdisplay
from Xlib import error as xerror
from Xlib.ext import xtest
from Xlib.protocol import event as xevent

from scripts.demo_session import DemoError

Pixels = npt.NDArray[np.uint32]
Rect = tuple[int, int, int, int]

BAND_ROWS: Final = 250
"""Rows asked for at once: a GetImage reply of 1600 px in 250 rows is 1.6 MB."""

PAGER: Final = 2
NORTH_WEST_GRAVITY, ALL_FOUR = 1, 0xF << 8


class Found(NamedTuple):
    """A mapped top-level window. xid: of the root's child; rect: with its border, px on the root."""

    xid: int
    rect: Rect


class Desktop:
    """A connection to the desktop that DISPLAY names. A context manager. Raises DemoError if it cannot be opened."""

    def __init__(self) -> None:
        try:
            self.x = xdisplay.Display()
        except (xerror.DisplayError, OSError) as error:
            raise DemoError(f"{error} (without DISPLAY the demo takes a picture on a screen of its own)") from error
        self.x.set_error_handler(lambda *_ignored: None)  # windows come and go while we look
        self.root = self.x.screen().root
        geometry = self.root.get_geometry()
        self.width, self.height = int(geometry.width), int(geometry.height)

    # Window manager

    def manager(self) -> str:
        """The name of the window manager, or "" while there is none. Source: EWMH, _NET_SUPPORTING_WM_CHECK."""
        check = self._values(self.root, "_NET_SUPPORTING_WM_CHECK")
        if not check:
            return ""
        name = self._values(self._window(check[0]), "_NET_WM_NAME")
        return name.decode("utf-8", "replace") if isinstance(name, bytes) else "unknown"

    def work_area(self) -> Rect:
        """What panels leave free, else the whole screen."""
        area = list(self._values(self.root, "_NET_WORKAREA"))[:4]
        return (area[0], area[1], area[2], area[3]) if len(area) == 4 else (0, 0, self.width, self.height)

    def ask_place(self, window: int, rect: Rect) -> None:
        """Ask for a place and size of a window. x, y: of the upper left corner of its title bar."""
        if self.manager():
            self._tell_manager(window, "_NET_MOVERESIZE_WINDOW", (NORTH_WEST_GRAVITY | ALL_FOUR | PAGER << 12, *rect))
        else:
            x, y, width, height = rect
            self._window(window).configure(x=x, y=y, width=width, height=height)
        self.x.flush()

    def activate(self, window: int) -> None:
        """Ask for the focus and the top, as a taskbar does."""
        if self.manager():
            self._tell_manager(window, "_NET_ACTIVE_WINDOW", (PAGER, X.CurrentTime, 0))
        else:
            self._window(window).configure(stack_mode=X.Above)
            self._window(window).set_input_focus(X.RevertToPointerRoot, X.CurrentTime)
        self.x.flush()

    def focus(self) -> int:
        """The window that has the focus."""
        return int(getattr(self.x.get_input_focus().focus, "id", 0))

    def paint_background(self, rgb: int) -> None:
        """One colour for the root; on a TrueColor visual of 8 bits each its pixel is 0xRRGGBB."""
        self.root.change_attributes(background_pixel=rgb)
        self.root.clear_area()
        self.x.sync()

    # Windows

    def stack(self) -> list[Found]:
        """The root's mapped children, bottom first. Source: X11 protocol, QueryTree."""
        found = []
        for child in self.root.query_tree().children:
            try:
                shown = child.get_attributes().map_state == X.IsViewable
                geometry = child.get_geometry()
            except (xerror.BadWindow, xerror.BadDrawable):  # it went while we looked
                continue
            if shown:
                border = 2 * int(geometry.border_width)
                rect = (int(geometry.x), int(geometry.y), int(geometry.width) + border, int(geometry.height) + border)
                found.append(Found(int(child.id), rect))
        return found

    def top_level(self, window: int) -> int:
        """The root's child that `window` is in: itself, or the window manager's frame around it; 0 if it is gone."""
        try:
            while (parent := self._window(window).query_tree().parent).id != self.root.id:
                window = int(parent.id)
        except xerror.BadWindow:
            return 0
        return window

    def rect_of(self, window: int) -> Rect:
        """Where a window is on the root, px. Raises xerror.BadWindow or BadDrawable if it is gone."""
        geometry = self._window(window).get_geometry()
        at = self.root.translate_coords(self._window(window), 0, 0)
        return int(at.x), int(at.y), int(geometry.width), int(geometry.height)

    def window_at(self, x: int, y: int) -> int:
        """The root's child under a point; 0 for none."""
        return next((each.xid for each in reversed(self.stack()) if _covers(each.rect, x, y)), 0)

    # Hands

    def type_text(self, text: str) -> None:
        """Press and release the keys for `text`, which goes to whoever has the focus; a newline is Return."""
        shift = self.x.keysym_to_keycode(XK.XK_Shift_L)
        for character in text:
            keysym = XK.XK_Return if character == "\n" else ord(character)
            codes = sorted(self.x.keysym_to_keycodes(keysym), key=lambda code: code[1])
            if not codes:
                raise DemoError(f"no key for {character!r} on this desktop's keyboard")
            keycode, index = codes[0]
            if index == 1:
                xtest.fake_input(self.x, X.KeyPress, shift)
            self._stroke(keycode)
            if index == 1:
                xtest.fake_input(self.x, X.KeyRelease, shift)
        self.x.sync()

    def press(self, names: Iterable[str]) -> None:
        """Press and release keys by their keysyms' names."""
        for name in names:
            self._stroke(self.x.keysym_to_keycode(XK.string_to_keysym(name)))
        self.x.sync()

    def _stroke(self, keycode: int) -> None:
        for kind in (X.KeyPress, X.KeyRelease):
            xtest.fake_input(self.x, kind, keycode)

    def pointer(self) -> tuple[int, int]:
        """Where the pointer is."""
        at = self.root.query_pointer()
        return int(at.root_x), int(at.root_y)

    def move_pointer(self, x: int, y: int) -> None:
        """Move the pointer."""
        xtest.fake_input(self.x, X.MotionNotify, x=x, y=y)
        self.x.sync()

    def click(self, x: int, y: int) -> None:
        """Press and release the first button at a point."""
        self.move_pointer(x, y)
        for kind in (X.ButtonPress, X.ButtonRelease):
            xtest.fake_input(self.x, kind, 1)
        self.x.sync()

    # Pixels

    def picture(self) -> Pixels:
        """The whole screen, without the pointer, as a (height, width) uint32 array of 0xRRGGBB."""
        bands = []
        for top in range(0, self.height, BAND_ROWS):
            rows = min(BAND_ROWS, self.height - top)
            data = self.root.get_image(0, top, self.width, rows, X.ZPixmap, 0xFFFFFFFF).data
            raw = data if isinstance(data, bytes) else data.encode("latin-1")
            bands.append(np.frombuffer(raw, "<u4").reshape(rows, self.width))
        picture: Pixels = np.vstack(bands) & np.uint32(0xFFFFFF)
        return picture

    def close(self) -> None:
        """Close the connection."""
        self.x.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Tools

    def _window(self, xid: int) -> Any:
        return self.x.create_resource_object("window", xid)

    def _values(self, window: Any, name: str) -> Any:
        try:
            found = window.get_full_property(self.x.intern_atom(name), X.AnyPropertyType)
        except xerror.BadWindow:
            return ()
        return found.value if found is not None else ()

    def _tell_manager(self, window: int, name: str, data: tuple[int, ...]) -> None:
        event = xevent.ClientMessage(
            window=self._window(window),
            client_type=self.x.intern_atom(name),
            data=(32, [*data, *[0] * (5 - len(data))]),
        )
        self.root.send_event(event, event_mask=X.SubstructureNotifyMask | X.SubstructureRedirectMask)


def _covers(rect: Rect, x: int, y: int) -> bool:
    return rect[0] <= x < rect[0] + rect[2] and rect[1] <= y < rect[1] + rect[3]
