"""Map to seen: from an app's first request for a window to its colour on the desktop; knows nothing of the way."""

import time
from collections.abc import Callable, Iterator
from typing import Final

from bench.client import BenchError, Client, damaged_rect, destroy_window, map_window
from bench.scene import Rect, at_this_position, colours
from tests.harness.wait import wait_until

WINDOW_AT: Final = Rect(300, 200, 400, 300)
SPOT: Final = (500, 350)
"""In the middle: frames and decorations move a window by a few pixels."""


class Maps:
    """Windows made by a client of the qube (ours) or of the desktop itself (the floor), and an eye on the root."""

    def __init__(self, qube: Client, desktop: Client, eye: Client) -> None:
        self._qube, self._desktop, self._eye = qube, desktop, eye
        self._damage = eye.watch_damage(eye.root)
        self._colours: Iterator[int] = colours()

    def ours(self, samples: int, gap_s: Callable[[], float], *, popup: bool) -> list[float]:
        """ms, each after a pause."""
        return [self._one(self._qube, gap_s(), popup=popup) for _ in range(samples)]

    def floor(self, samples: int, gap_s: Callable[[], float], *, popup: bool) -> list[float]:
        """The same for windows of the desktop."""
        return [self._one(self._desktop, gap_s(), popup=popup) for _ in range(samples)]

    def _one(self, app: Client, gap_s: float, *, popup: bool) -> float:
        time.sleep(gap_s)
        pixel = next(self._colours)
        window, create = app.window(WINDOW_AT, pixel=pixel, override_redirect=popup)
        self._eye.take_events()
        began = time.perf_counter_ns()
        app.send(create + at_this_position(window, WINDOW_AT) + map_window(window))
        ended = seen_at(self._eye, self._damage, SPOT, pixel)
        app.send(destroy_window(window))
        wait_until(lambda: self._eye.pixel(self._eye.root, *SPOT) != pixel, what="the window's end")
        return (ended - began) / 1e6


def seen_at(eye: Client, damage_code: int, spot: tuple[int, int], pixel: int) -> int:
    """When the drawing was reported after which a spot of the root has this colour, by time.perf_counter_ns.

    eye: watches damage of the root.
    """
    x, y = spot
    until = time.monotonic() + 20
    while time.monotonic() < until:
        event = eye.event()
        reported = time.perf_counter_ns()
        if event[0] & 0x7F != damage_code:
            continue
        _drawable, left, top, width, height = damaged_rect(event)
        covers = left <= x < left + width and top <= y < top + height
        if covers and eye.pixel(eye.root, x, y) == pixel:
            return reported
    raise BenchError("the window never had its colour")
