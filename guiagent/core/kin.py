"""Which window a dialog belongs to, as far as the desktop can be told. It must not know messages or X events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from guiagent.core.stage import Stage
from guiagent.core.values import WindowId
from guiagent.core.window import Window

Windows = Mapping[WindowId, Window]


def parent_of(window: Window, windows: Windows, focused: WindowId | None, modal: int = 0) -> WindowId | None:
    """The shown window that `window` belongs to, for MSG_MAP; None if it belongs to none.

    What is said of a window that is not shown (a group's leader, a helper that never appears) is looked for further up,
    and what is said of the root counts for the group: of its windows the one that the person uses, else the newest.
    A program may name itself or a ring of windows: that is no parent, for a ring could hang a window manager.
    modal: the atom of the state that makes a window belong to its group without a word. Source: ICCCM 4.1.2.6; EWMH,
    "_NET_WM_STATE_MODAL" and "WM_TRANSIENT_FOR".
    """
    seen = {window.window}
    named = window.properties.transient_for
    while (found := windows.get(WindowId(named))) is not None:
        if found.window in seen:
            return None
        if found.stage is Stage.SHOWN:
            return None if _leads_to(found, window.window, windows) else found.window
        seen.add(found.window)
        named = found.properties.transient_for
    if not window.properties.transient_for and modal not in window.properties.states:
        return None
    return None if window.override_redirect else _of_the_group(window, windows, focused, modal)


def elders_first(windows: Windows, stacking: Sequence[WindowId] = ()) -> list[Window]:
    """All windows as a new daemon hears of them.

    stacking: lowest first. Windows come as they lie, popups above all others; but each behind those that it names as
    its parents, which a daemon must know when it hears of it.
    """
    heights = {window: height for height, window in enumerate(stacking)}
    lying = sorted(windows.values(), key=lambda each: (each.override_redirect, heights.get(each.window, len(heights))))
    ordered: dict[WindowId, Window] = {}
    for window in lying:
        for elder in reversed(_line(window, windows)):
            ordered.setdefault(elder, windows[elder])
        ordered.setdefault(window.window, window)
    return list(ordered.values())


def _of_the_group(window: Window, windows: Windows, focused: WindowId | None, modal: int) -> WindowId | None:
    """The focused window of the group, else its newest main window, else its newest."""
    group = window.properties.group or window.properties.transient_for
    members = [
        other
        for other in windows.values()
        if other is not window
        and other.stage is Stage.SHOWN
        and not other.override_redirect
        and group in (other.properties.group, other.window)
        and not _leads_to(other, window.window, windows)
    ]
    ranked = [
        (
            member.window == focused,
            not member.properties.transient_for and modal not in member.properties.states,
            at,
        )
        for at, member in enumerate(members)
    ]
    return members[max(ranked)[2]].window if ranked else None


def _leads_to(window: Window, target: WindowId, windows: Windows) -> bool:
    return target in _line(window, windows)


def _line(window: Window, windows: Windows) -> list[WindowId]:
    """The windows above this one, as programs name them; a ring ends where it closes."""
    line: list[WindowId] = []
    named = windows.get(WindowId(window.properties.transient_for))
    while named is not None and named.window not in line:
        line.append(named.window)
        named = windows.get(WindowId(named.properties.transient_for))
    return line
