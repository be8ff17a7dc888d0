"""How an outer of another kind takes the place of the one that is there; must not know why."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from guid.core import effects as fx
from guid.core.values import HintFlag, Kind, RemoteId
from guid.core.window import Window

POSITION: Final = HintFlag.US_POSITION | HintFlag.P_POSITION
"""A window with one of them stays where it asks to be. Source: ICCCM 4.1.2.3."""


def hints(window: Window) -> fx.SetSizeHints:
    """The size hints of the window as it is granted."""
    return fx.SetSizeHints(window.remote_id, window.hints, window.asked.content, window.extents)


def hints_without_place(window: Window) -> fx.SetSizeHints:
    """The same, but that the window manager is to find a place for it."""
    free = window.hints._replace(flags=window.hints.flags & ~POSITION)
    return hints(window)._replace(hints=free)


def replacement(window: Window, children: Iterable[RemoteId]) -> list[fx.Effect]:
    """A new outer as granted, told all that the old one was told. children: windows that are transient for it."""
    remote = window.remote_id
    done: list[fx.Effect] = [fx.ChangeKind(remote, window.kind, window.granted.outer, window.extents)]
    if window.title:
        done.append(fx.SetTitle(remote, window.title))
    if window.class_name is not None:
        done.append(fx.SetClass(remote, window.class_name))
    if window.cursor is not None:
        done.append(fx.SetCursor(remote, window.cursor))
    if window.transient_for is not None:
        done.append(fx.SetTransientFor(remote, window.transient_for))
    done += [fx.SetTransientFor(child, remote) for child in children]
    if window.kind is Kind.MANAGED and window.flags.granted:
        done.append(fx.WriteStates(remote, window.flags.granted))
    return [*done, hints(window)]
