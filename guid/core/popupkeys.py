"""Which popup of a qube has the keyboard, and why: the person's click on its tray icon; must not know X.

A click on an icon is a wish, good for one popup. It is gone with any key that is pressed and any click elsewhere, so a
popup that a qube maps later, or far from the icon, or too small to be seen, gets nothing. What the popup has it
loses with a click elsewhere, when it goes or hides itself, after an Escape that closes nothing, and after a minute.
"""

from enum import IntFlag
from typing import Final, NamedTuple

from guid.core.geometry import Rect
from guid.core.values import RemoteId

WISH_S: Final = 3.0
"""From the click to the menu; measured: 0.2 s with a load of 12 (ADR 58). One that comes later has no keys: the person
has turned to something else by then."""

TYPING_S: Final = 60.0
"""However long a popup stays: a menu is used within seconds, and who comes back later types for another window."""

ESCAPE_S: Final = 1.0
"""From Escape to the end of a popup, a submenu perhaps."""

NEAR_PX: Final = 64
"""From the icon to the popup, at scale 1: menus lie beside their icon, those of Qt at the pointer."""

LEAST_PX: Final = 16
"""Each side of an outer, at scale 1: one line of a menu is higher and wider, and a smaller popup may be overlooked."""


class Watch(IntFlag):
    """What is to be heard of the person's input anywhere on the desktop."""

    NOTHING = 0
    KEYS = 1
    BUTTONS = 2


_NOTHING: Final = Watch.NOTHING
_BUTTONS: Final = Watch.BUTTONS
_BOTH: Final = Watch.KEYS | Watch.BUTTONS


class _Wish(NamedTuple):
    """The person clicked an icon that lies there, at this time of the X server."""

    icon: Rect
    time_ms: int
    until: float


class Typing(NamedTuple):
    """A popup has the keyboard. time_ms: of the click, and so of the focus. until: s, monotonic."""

    window: RemoteId
    icon: Rect
    time_ms: int
    until: float


class PopupKeys:
    """The popups of one qube that are shown. `now`: s, monotonic. unit: the desktop's scale, whole."""

    def __init__(self) -> None:
        self.typing: Typing | None = None
        self._shown: dict[RemoteId, Rect] = {}
        self._wish: _Wish | None = None
        self._escape_until: float | None = None

    @property
    def watch(self) -> Watch:
        """Clicks while there is a menu to be closed by one; keys only while it matters that one is pressed."""
        if self._wish is not None or self.typing is not None:
            return _BOTH
        return _BUTTONS if self._shown else _NOTHING

    @property
    def newest(self) -> RemoteId | None:
        """The popup that came last."""
        return next(reversed(self._shown), None)

    def beside(self, root: Rect) -> tuple[int, int]:
        """A place outside all popups, on the screen if there is one: the same wherever the person clicks.

        A qube that keeps a popup would else learn what is typed on a keyboard on the screen. Only while one is shown.
        """
        left, top = (min(each[axis] for each in self._shown.values()) - 1 for axis in (0, 1))
        right = max(each.x + each.width for each in self._shown.values())
        bottom = max(each.y + each.height for each in self._shown.values())
        corners = (left, top), (right, top), (left, bottom), (right, bottom)
        on_screen = (each for each in corners if root.x <= each[0] < root.width and root.y <= each[1] < root.height)
        return next(on_screen, corners[0])

    # What the person does

    def icon_clicked(self, icon: Rect, time_ms: int, now: float) -> None:
        """A button was pressed on an icon. icon: where it is on the screen."""
        self._wish = _Wish(icon, time_ms, now + WISH_S)

    def key_pressed(self, now: float, *, escape: bool) -> None:
        """A key, in whatever window."""
        self._wish = None
        if self.typing is not None and escape and self._escape_until is None:
            self._escape_until = now + ESCAPE_S

    def clicked_elsewhere(self) -> None:
        """A button was pressed in no window of this qube."""
        self._wish = None
        self._end()

    # What the qube does

    def shown(self, window: RemoteId, outer: Rect, unit: int, now: float) -> bool:
        """A popup is on the screen. Returns whether it may have the keyboard: then `begins` is to be asked."""
        self._shown[window] = outer
        return self._entitled(outer, unit, now) is not None

    def begins(self, window: RemoteId, unit: int, now: float) -> Typing | None:
        """What it has from now on, unless something has happened meanwhile."""
        outer = self._shown.get(window)
        wish = self._entitled(outer, unit, now) if outer is not None else None
        if wish is None:
            return None
        self._wish = None
        self.typing = Typing(window, wish.icon, wish.time_ms, now + TYPING_S)
        return self.typing

    def placed(self, window: RemoteId, outer: Rect, unit: int) -> None:
        """A popup has another place or size."""
        if window not in self._shown:
            return
        self._shown[window] = outer
        typing = self.typing
        if typing is not None and typing.window == window and not _beside(outer, typing.icon, unit):
            self._end()

    def hidden(self, window: RemoteId) -> None:
        """A popup is about to be unmapped or destroyed."""
        if self._shown.pop(window, None) is None:
            return
        self._escape_until = None
        if self.typing is not None and self.typing.window == window:
            self._end()

    # Time

    def wait_s(self, now: float) -> float | None:
        """When `due` has something to do, s from `now`."""
        until = [self._escape_until]
        until += [each.until for each in (self._wish, self.typing) if each is not None]
        first = min((each for each in until if each is not None), default=None)
        return None if first is None else max(0.0, first - now)

    def due(self, now: float) -> None:
        """Time has passed."""
        if self._wish is not None and now >= self._wish.until:
            self._wish = None
        escaped = self._escape_until is not None and now >= self._escape_until
        if escaped or (self.typing is not None and now >= self.typing.until):
            self._end()

    def _end(self) -> None:
        self.typing = self._escape_until = None

    def _entitled(self, outer: Rect, unit: int, now: float) -> _Wish | None:
        wish = self._wish
        if wish is None or now >= wish.until or self.typing is not None:
            return None
        return wish if _beside(outer, wish.icon, unit) else None


def _beside(outer: Rect, icon: Rect, unit: int) -> bool:
    """Whether a popup is seen by who looks at the icon."""
    near, least = NEAR_PX * unit, LEAST_PX * unit
    across = outer.x < icon.x + icon.width + near and icon.x < outer.x + outer.width + near
    down = outer.y < icon.y + icon.height + near and icon.y < outer.y + outer.height + near
    return across and down and min(outer.width, outer.height) >= least
