"""Which icon of a qube is in which tray; must not know X, or what an icon shows.

A tray says when it begins, and every icon asks it for a place. An outer is in one tray at most and never in two: when
it is put out, or its tray is gone, it is thrown away and another one takes its place.
Source: System Tray Protocol 0.3; XEmbed 0.5.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from guid.core.values import RemoteId


class Stage(Enum):
    """Where an icon is."""

    WAITING = "waiting"
    """for a tray"""
    ASKED = "asked"
    """the tray knows of it"""
    INSIDE = "inside"
    """the outer hangs in a window of the tray's"""
    PUT_OUT = "put out"
    """the tray gave it back, and is not asked again before a tray begins"""


class FindTray(NamedTuple):
    """Look who is the tray; `Docking.tray_is` is to be told."""


class AskTray(NamedTuple):
    """Ask the tray to take the icon's outer."""

    window: RemoteId
    tray: int


class ShowIcon(NamedTuple):
    """Map the outer, which is inside."""

    window: RemoteId


class RenewIcon(NamedTuple):
    """Put an outer that was never mapped in the place of the one that is there. destroyed: by others, already."""

    window: RemoteId
    destroyed: bool = False


Step = FindTray | AskTray | ShowIcon | RenewIcon


class Docking:
    """The icons of one qube. tray: X id of the window that the tray is known by, None if there is none."""

    def __init__(self) -> None:
        self.tray: int | None = None
        self._stages: dict[RemoteId, Stage] = {}

    def wanted(self, window: RemoteId) -> list[Step]:
        """An icon with a new outer wants a place."""
        self._stages[window] = Stage.WAITING
        return self._ask() if self.tray is not None else [FindTray()]

    def unwanted(self, window: RemoteId) -> None:
        """It wants none any more."""
        self._stages.pop(window, None)

    def inside(self, window: RemoteId) -> bool:
        """Whether a tray has it."""
        return self._stages.get(window) is Stage.INSIDE

    def tray_begins(self) -> list[Step]:
        """A program says that it is the tray from now on. It may have been asked already."""
        self._put_back(Stage.PUT_OUT)
        return [FindTray()] if self._stages else []

    def tray_is(self, tray: int | None) -> list[Step]:
        """Who is the tray now. Icons that another one still has are taken away from it."""
        left: list[Step] = []
        if tray != self.tray and tray is not None:
            left = [RenewIcon(window) for window, stage in self._stages.items() if stage is not Stage.WAITING]
            self._put_back(*Stage)
        self.tray = tray
        return left + self._ask()

    def tray_ends(self, tray: int) -> None:
        """This window is gone."""
        if tray == self.tray:
            self.tray = None
            self._put_back(Stage.ASKED, Stage.PUT_OUT)

    def taken_in(self, window: RemoteId) -> list[Step]:
        """The outer hangs in another window than the root."""
        if window not in self._stages:
            return []
        self._stages[window] = Stage.INSIDE
        return [ShowIcon(window)]

    def put_out(self, window: RemoteId, *, destroyed: bool = False) -> list[Step]:
        """The outer hangs in the root window again, or is destroyed."""
        if window not in self._stages:
            return []
        self._stages[window] = Stage.PUT_OUT if self.tray is not None else Stage.WAITING
        return [RenewIcon(window, destroyed)]

    def _put_back(self, *stages: Stage) -> None:
        for window, stage in self._stages.items():
            if stage in stages:
                self._stages[window] = Stage.WAITING

    def _ask(self) -> list[Step]:
        if self.tray is None:
            return []
        waiting = [window for window, stage in self._stages.items() if stage is Stage.WAITING]
        for window in waiting:
            self._stages[window] = Stage.ASKED
        return [AskTray(window, self.tray) for window in waiting]
