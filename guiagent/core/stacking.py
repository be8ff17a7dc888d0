"""The qube's stack, kept so that the desktop's pointer finds the window that the person sees. It must not know input.

The wire tells no stacking. What it tells is stronger: which of the qube's windows is the uppermost at the place of the
pointer. So that one is raised, with its menus and dialogs above it, but for those that would cover the place.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import takewhile

from guiagent.core.effects import Effect, RaiseWindow
from guiagent.core.values import WindowId
from guiagent.core.window import Window

Place = tuple[int, int]
"""A point of the root, px."""


class Stacking:
    """While nothing is restacked behind its back, the base and what lies above it are known, and nothing is done."""

    def __init__(self, windows: Mapping[WindowId, Window]) -> None:
        """windows: all of the qube."""
        self._windows = windows
        self._shown: dict[WindowId, None] = {}
        self._base: WindowId | None = None
        self._above: tuple[Window, ...] = ()

    def seen(self, window: WindowId, at: Place, *, surely: bool = False) -> list[Effect]:
        """The desktop shows `window` at this place. surely: act even if that is so in the qube as far as is known."""
        if surely or self._base != window or any(_covers(other, at) for other in self._above):
            return self._raise(window, at)
        return []

    def raised(self, window: WindowId) -> list[Effect]:
        """The desktop most likely shows all of a window, as it has the focus."""
        return [] if self._base == window else self._raise(window, None)

    def shown(self, window: WindowId) -> None:
        """A window is mapped, the newest of all."""
        self._shown.pop(window, None)
        self._shown[window] = None

    def hidden(self, window: WindowId) -> None:
        """A window is not mapped any more."""
        self._shown.pop(window, None)

    def changed(self, window: WindowId) -> None:
        """A window came, went, or took another place in the stack by itself."""
        if window != self._base and all(window != other.window for other in self._above):
            self._base = None

    def unknown(self) -> None:
        """Nothing is known of the stack any more."""
        self._base = None

    def _raise(self, window: WindowId, at: Place | None) -> list[Effect]:
        self._base = window
        above = self._that_belong_above(window)
        self._above = tuple(other for other in above if at is None or not _covers(other, at))
        return [RaiseWindow(window), *(RaiseWindow(other.window) for other in self._above)]

    def _that_belong_above(self, base: WindowId) -> list[Window]:
        """Above a popup: every newer one. Above any other: its dialogs, those of these in turn, and then all popups."""
        shown = [self._windows[window] for window in self._shown]
        popups = [window for window in shown if window.override_redirect]
        if self._windows[base].override_redirect:
            newest_first = reversed(popups)
            return [*reversed([*takewhile(lambda window: window.window != base, newest_first)])]
        family = {base}
        dialogs = []
        for window in shown:
            if not window.override_redirect and window.properties.transient_for in family and window.window != base:
                family.add(window.window)
                dialogs.append(window)
        return [*dialogs, *popups]


def _covers(window: Window, at: Place) -> bool:
    x, y, width, height = window.place.whole
    return x <= at[0] < x + width and y <= at[1] < y + height
