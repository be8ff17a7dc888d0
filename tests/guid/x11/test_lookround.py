"""What a look round a window brings home: the four sides, their pixels, and where something covers them."""

from collections.abc import Iterator
from typing import Any

import pytest
from Xlib import X

from guid.core.geometry import Rect
from guid.core.managerframe import Seen, Verdict, verdict
from guid.core.region import area_of
from guid.x11.desktop import Desktop
from guid.x11.lookround import MAX_ABOVE, MAX_OVER_A_SIDE, LookRound
from tests.harness.wait import wait_until
from tests.harness.xserver import XServer

pytestmark = pytest.mark.desktop

RGB = 0x3465A4
BORDER_PX, ABOVE_PX = 2, 10
OUTER = Rect(102, 112, 80, 60)
TOP = Rect(100, 100, 84, 76)
"""A window manager's frame: a border of its own window's, and above it a title bar."""


class Framed:
    """An outer in such a frame on an X server without a window manager."""

    def __init__(self, display: str) -> None:
        self.desktop = Desktop(display, qube="test")
        self.root: Any = self.desktop.x.display.screen().root
        place = TOP.x, TOP.y, OUTER.width, OUTER.height + ABOVE_PX, BORDER_PX
        self.top = self.root.create_window(*place, X.CopyFromParent, border_pixel=RGB, background_pixel=RGB)
        self.outer = self.top.create_window(0, ABOVE_PX, OUTER.width, OUTER.height, 0, X.CopyFromParent)
        self.outer.map()
        self.top.map()

    def look(self, kind: type[LookRound] = LookRound) -> tuple[Seen, ...] | None:
        told: list[tuple[Seen, ...] | None] = []
        kind(self.desktop, self.outer.id, told.append)

        def pumped() -> bool:
            self.desktop.x.flush()
            self.desktop.x.pump()
            return bool(told)

        wait_until(pumped, what="an answer")
        return told[0]

    def cover(self, rect: Rect, **attributes: Any) -> Any:
        window = self.root.create_window(*rect, 0, X.CopyFromParent, override_redirect=True, **attributes)
        window.map()
        return window


@pytest.fixture
def framed() -> Iterator[Framed]:
    with XServer(400, 300) as server:
        made = Framed(server.name)
        yield made
        made.desktop.x.close()


def test_four_sides_with_their_pixels(framed: Framed) -> None:
    seen = framed.look()
    assert seen is not None
    left, right, above, below = (each.where for each in seen)
    assert left == Rect(100, 112, 2, 60)
    assert right == Rect(182, 112, 2, 60)
    assert above == Rect(102, 100, 80, 12)
    assert below == Rect(102, 172, 80, 2)
    assert verdict(seen, RGB) is Verdict.PAINTED
    framed.top.change_attributes(border_pixel=0)
    assert verdict(framed.look() or (), RGB) is Verdict.UNPAINTED


def test_what_lies_above_a_side_is_taken_out_and_what_lies_below_is_not(framed: Framed) -> None:
    below = framed.cover(Rect(90, 90, 60, 30), background_pixel=0)
    below.configure(stack_mode=X.Below)
    assert verdict(framed.look() or (), RGB) is Verdict.PAINTED
    framed.cover(Rect(90, 120, 15, 45), background_pixel=RGB)
    seen = framed.look()
    assert seen is not None
    assert area_of(seen[0].free) == 2 * 15
    assert verdict(seen, RGB) is Verdict.UNSEEN
    framed.root.create_window(0, 0, 400, 300, 0, 0, X.InputOnly, override_redirect=True).map()
    assert area_of((framed.look() or seen)[3].free) == 80 * 2, "a window without pixels covers none"


def test_window_that_is_not_on_the_screen_is_not_seen(framed: Framed) -> None:
    framed.top.configure(x=-300)
    seen = framed.look()
    assert seen is not None
    assert verdict(seen, RGB) is Verdict.UNSEEN
    framed.top.unmap()
    assert framed.look() is None
    framed.outer.destroy()
    assert framed.look() is None


def test_window_that_comes_over_a_side_while_it_is_looked_at_is_not_taken_for_its_frame(framed: Framed) -> None:
    posing = framed.cover(Rect(300, 200, TOP.width, TOP.height), background_pixel=RGB)

    class Late(LookRound):
        """Between the two answers a qube moves its popup there."""

        def _look(self, whole: Any) -> None:
            posing.configure(x=TOP.x, y=TOP.y)
            super()._look(whole)

    assert verdict(framed.look(Late) or (), RGB) is Verdict.UNSEEN


@pytest.mark.parametrize("mapped", [True, False])
def test_too_much_over_a_window_counts_as_no_frame(framed: Framed, *, mapped: bool) -> None:
    for number in range(MAX_OVER_A_SIDE + 1 if mapped else MAX_ABOVE + 1):
        made = framed.root.create_window(105 + 2 * number, 100, 1, 1, 0, X.CopyFromParent, override_redirect=True)
        if mapped:
            made.map()
    assert verdict(framed.look() or (), RGB) is Verdict.UNPAINTED


def test_window_on_the_root_has_no_frame(framed: Framed) -> None:
    framed.outer.reparent(framed.root, 10, 10)
    framed.outer.map()
    assert verdict(framed.look() or (), RGB) is Verdict.UNPAINTED
