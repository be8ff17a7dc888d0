"""Windows that a crashed daemon left on the desktop, and who takes their places; must not know X or the time of day.

Windows are named by their X ids here, but for the agent's id by which an heir is known.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from guid.core.geometry import Extents, Rect, outer_of
from guid.core.values import RemoteId


class Remains(NamedTuple):
    """What a daemon has left on the desktop. anchor: X id by which it is found. pid: the daemon's."""

    anchor: int
    pid: int


class Left(NamedTuple):
    """One managed window that was left. states: atoms of _NET_WM_STATE. desktop: of _NET_WM_DESKTOP, or None.

    fills: it is maximised or fullscreen.
    """

    outer: int
    rect: Rect
    states: tuple[int, ...]
    desktop: int | None
    iconic: bool
    fills: bool = False

    def place(self, content: Rect, extents: Extents) -> Rect:
        """The outer of its heir. content: as the agent says. extents: of the frame in which the heir begins.

        One that had no frame but the window manager's was as large as its content, which then stays where it is.
        """
        bare = (self.rect.width, self.rect.height) == (content.width, content.height)
        return outer_of(self.rect, extents) if bare and not self.fills else self.rect


class Heritage:
    """Who was where, and who is there now."""

    def __init__(self, left: Mapping[RemoteId, Left]) -> None:
        self._left = dict(left)
        self._heirs: dict[RemoteId, int] = {}

    def claim(self, remote: RemoteId, outer: int) -> Left | None:
        """`outer` is about to be mapped as the agent's window `remote`: what it is to take over, once."""
        left = self._left.get(remote)
        if left is None or remote in self._heirs:
            return None
        self._heirs[remote] = outer
        return left

    def complete(self, stacking: Sequence[int]) -> bool:
        """Whether every window has an heir that the window manager has. stacking: all that it has, lowest first."""
        there = set(stacking)
        return all(self._heirs.get(remote) in there for remote in self._left)

    def to_raise(self, stacking: Sequence[int]) -> list[int]:
        """What is to be raised, in this order, so that every heir is where the window was that it follows.

        That is the heirs and all that lies above the lowest of their places: window managers know no other way.
        """
        heir_of = {left.outer: self._heirs[remote] for remote, left in self._left.items() if remote in self._heirs}
        heirs = set(heir_of.values())
        wanted = [heir_of.get(window, window) for window in stacking if window not in heirs]
        lowest = next((place for place, window in enumerate(wanted) if window in heirs), len(wanted))
        dead = {left.outer for left in self._left.values()}
        return [window for window in wanted[lowest:] if window not in dead]

    def to_activate(self, active: int) -> int | None:
        """The heir of the window that the person still works in; None if that is another's."""
        return next((self._heirs.get(remote) for remote, left in self._left.items() if left.outer == active), None)

    def to_normalize(self) -> list[int]:
        """Heirs that were to begin as icons: the next time they are mapped they are not."""
        return [self._heirs[remote] for remote, left in self._left.items() if left.iconic and remote in self._heirs]
