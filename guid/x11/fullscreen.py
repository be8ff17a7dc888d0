"""What the person has over a fullscreen qube: a banner that names it, and a chord that ends it; must not decide when.

The banner is a window of its own on the root, above every popup of the qube, and takes no input: nothing that the qube
shows can cover it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from Xlib import X

from colors.labels import Label
from guid.core.banner import BannerTime
from guid.core.chords import Chord
from guid.core.geometry import Rect
from guid.core.sequence import sequence_of
from guid.core.values import DesktopState, Kind, RemoteId
from guid.core.window import State, Window
from guid.x11.chords import Chords
from guid.x11.desktop import Desktop
from guid.x11.properties import Properties
from guid.x11.stacking import Stacking
from guid.x11.visual import DEPTH

ROWS_PER_REQUEST = 32
ALL_POINTER_EVENTS = X.ButtonPressMask | X.ButtonReleaseMask | X.PointerMotionMask
FULL_HD = 1920, 1080


class Fullscreen:
    """The fullscreen windows of one qube.

    keys: what ends it, as the person writes it; "none" for no chord. end: ends it.
    """

    def __init__(
        self,
        desktop: Desktop,
        chords: Chords,
        stacking: Stacking,
        *,
        qube: str,
        label: Label,
        keys: str,
        properties: Properties,
        end: Callable[[], None],
    ) -> None:
        self._desktop = desktop
        self._chords = chords
        self._stacking = stacking
        self._qube = qube
        self._label = label
        self._properties = properties
        self._end = end
        self._text = _words(keys)
        self._time = BannerTime()
        self._outers: dict[RemoteId, Rect] = {}
        self._window: Any = None
        self._width_px = 0
        self._place: Rect | None = None

    def name_keys(self, keys: str) -> None:
        """Other keys end it; a banner that is on the screen says so from its next time on."""
        if _words(keys) == self._text:
            return
        self._text = _words(keys)
        self._forget()

    def relabel(self, label: Label) -> None:
        """Another label: a banner that is on the screen shows it at once."""
        self._label = label
        self._forget()
        self._show()

    def look(self, remote: RemoteId, window: Window | None, now: float) -> None:
        """Something of this window changed; None: it is gone."""
        if window is None or not _covers_the_screen(window):
            if self._outers.pop(remote, None) is None:
                return
            self._time.left(remote, now)
        else:
            self._outers[remote] = window.shown.outer
            self._time.entered(remote, now, own=window.flags.own_fullscreen)
        self._chords.act_on(Chord.LEAVE_FULLSCREEN, self._leave if self._outers else None)
        self._show()

    def crossed(self, root_y: int, now: float) -> None:
        """The pointer enters or leaves a content of the qube at this height of the screen.

        It touches the upper edge in the frame, or one row below.
        """
        touch_px = self._desktop.thickness.managed.top + 1
        for remote, outer in self._outers.items():
            if outer.y <= root_y <= outer.y + touch_px:
                self._time.touched(remote, now)
                self._show()
                return

    def wait_s(self, now: float) -> float | None:
        """When `due` has something to do, s from `now`."""
        return self._time.wait_s(now)

    def due(self, now: float) -> None:
        """Time has passed."""
        if self._time.wait_s(now) == 0:
            self._time.due(now)
            self._show()

    def close(self) -> None:
        """The agent is gone, and every window with it."""
        self._chords.act_on(Chord.LEAVE_FULLSCREEN, None)
        self._forget()

    def _leave(self, _window: RemoteId, _time_ms: int) -> None:
        self._end()

    def _show(self) -> None:
        """Make the screen say what the time says."""
        over = self._time.over
        if over is None:
            if self._place is not None:
                self._take_down()
            return
        outer = self._outers[over]
        if self._place == outer:
            return
        if outer.width < self._width_px:
            self._forget()
        if self._window is None:
            self._make(outer)
        self._place = outer
        self._window.configure(x=outer.x + max(0, outer.width - self._width_px) // 2, y=outer.y)
        self._stacking.show(self._window.id, topmost=True)

    def _take_down(self) -> None:
        self._place = None
        self._stacking.hide(self._window.id)
        self._window.unmap()

    def _forget(self) -> None:
        """Destroy what was drawn; it is drawn anew for the next time."""
        if self._window is not None:
            self._stacking.hide(self._window.id)
            self._window.destroy()
        self._window, self._width_px, self._place = None, 0, None

    def _make(self, outer: Rect) -> None:
        """Draw it, for the size of screen that it is first shown on."""
        scale = max(1, min(outer.width // FULL_HD[0], outer.height // FULL_HD[1]))
        from colors.banner import draw  # noqa: PLC0415 - rarely wanted

        picture = draw(self._qube, self._label.rgb, self._text, max_width=outer.width, scale=scale)
        root = self._desktop.x.display.screen().root
        pixmap = root.create_pixmap(picture.width, picture.height, DEPTH)
        gc = pixmap.create_gc()
        stride = 4 * picture.width
        for row in range(0, picture.height, ROWS_PER_REQUEST):
            rows = min(ROWS_PER_REQUEST, picture.height - row)
            pixels = picture.pixels[row * stride : (row + rows) * stride]
            pixmap.put_image(gc, 0, row, picture.width, rows, X.ZPixmap, DEPTH, 0, pixels)
        self._window = root.create_window(
            *(0, 0, picture.width, picture.height, 0, DEPTH),
            X.InputOutput,
            self._desktop.visual,
            background_pixmap=pixmap,
            border_pixel=0,
            colormap=self._desktop.colormap,
            override_redirect=True,
            do_not_propagate_mask=ALL_POINTER_EVENTS,
        )
        self._width_px = picture.width
        self._properties.name_qube(self._window.id)
        gc.free()
        pixmap.free()


def _words(keys: str) -> str:
    return f"is fullscreen.  {keys} ends it." if sequence_of(keys) is not None else "is fullscreen."


def _covers_the_screen(window: Window) -> bool:
    shown = window.flags.shown
    seen = window.state is State.MAPPED and DesktopState.HIDDEN not in shown
    return seen and window.kind is Kind.MANAGED and DesktopState.FULLSCREEN in shown
