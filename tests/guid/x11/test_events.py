"""guid/x11/events.py: what the listener is told, and in which order, of events that X sends in theirs."""

import struct
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest
from Xlib import X

from guid.core.geometry import Rect
from guid.x11.events import SYNTHETIC, Events
from shm.x11.requests import CONFIGURE_EVENT, REPARENT_EVENT

ROOT, OUTER = 1, 7


class ScriptedDisplay:
    """X's side: handlers by event code, and questions that wait for their replies."""

    def __init__(self) -> None:
        self.handlers: dict[int, Callable[[bytes, int], None]] = {}
        self.cold: Callable[[Any], None] = lambda _event: None
        self.questions: list[Callable[[bytes], None]] = []
        self.root_id, self.x, self.atoms = ROOT, self, defaultdict[str, int](int)

    def on_event(self, code: int, handler: Callable[[bytes, int], None]) -> None:
        self.handlers[code] = handler

    def on_cold_event(self, handler: Callable[[Any], None]) -> None:
        self.cold = handler

    def send_with_reply(self, _requests: bytes, _count: int, callback: Callable[[bytes], None]) -> None:
        self.questions.append(callback)

    def reparent(self) -> None:
        self.handlers[X.ReparentNotify](REPARENT_EVENT.pack(X.ReparentNotify, 0, OUTER, OUTER, 9), 0)

    def configure(self, rect: Rect, *, by_window_manager: bool) -> None:
        """A ConfigureNotify; the window manager's own are synthetic and in root coordinates."""
        code = X.ConfigureNotify | (SYNTHETIC if by_window_manager else 0)
        event = CONFIGURE_EVENT.pack(code, 0, OUTER, OUTER, 0, *rect, 0, 0)
        self.handlers[X.ConfigureNotify](event.ljust(32, b"\0"), 0)

    def answer(self, x: int, y: int) -> None:
        """Where the window is now, to the oldest question."""
        self.questions.pop(0)(struct.pack("<12xhh16x", x, y))


class Told:
    """A listener that keeps where it was told that the outer is."""

    def __init__(self) -> None:
        self.places: list[Rect] = []

    def __getattr__(self, _name: str) -> Callable[..., None]:
        """Whatever else there is to tell is not told here."""
        return pytest.fail

    def configured(self, local: int, outer: Rect) -> None:
        assert local == OUTER
        self.places.append(outer)

    def reframed(self, local: int, *, orphaned: bool) -> None:
        assert (local, orphaned) == (OUTER, False)

    def has(self, local: int) -> bool:
        return local == OUTER

    def reparented(self, local: int, *, to_root: bool) -> None:
        assert (local, to_root) == (OUTER, False)


def scripted() -> tuple[ScriptedDisplay, Told]:
    display, told = ScriptedDisplay(), Told()
    Events(display, told, told)  # type: ignore[arg-type]
    display.reparent()
    return display, told


def test_older_size_whose_place_is_answered_after_a_newer_event_is_not_told() -> None:
    display, told = scripted()
    display.configure(Rect(1, 20, 1920, 1061), by_window_manager=False)
    display.configure(Rect(150, 120, 706, 452), by_window_manager=True)
    display.answer(150, 120)
    assert told.places == [Rect(150, 120, 706, 452)]


def test_size_after_the_window_managers_own_event_is_told_with_the_place_that_is_answered() -> None:
    display, told = scripted()
    display.configure(Rect(150, 120, 706, 452), by_window_manager=True)
    display.configure(Rect(1, 20, 800, 600), by_window_manager=False)
    display.answer(151, 121)
    assert told.places == [Rect(150, 120, 706, 452), Rect(151, 121, 800, 600)]


def test_sizes_without_an_event_of_the_window_manager_are_all_told_in_order() -> None:
    display, told = scripted()
    display.configure(Rect(1, 20, 800, 600), by_window_manager=False)
    display.configure(Rect(1, 20, 810, 610), by_window_manager=False)
    display.answer(50, 60)
    display.answer(50, 60)
    assert told.places == [Rect(50, 60, 800, 600), Rect(50, 60, 810, 610)]
