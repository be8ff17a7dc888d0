"""guid/x11/icons.py on a real X server: what is drawn, and how often."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import numpy as np
import pytest
from Xlib import X

from colors.icon import SIDES_PX, SMALL_SIDES_PX
from colors.iconfile import checked
from colors.labels import STANDARD
from guid.x11.desktop import Desktop
from guid.x11.icons import FEW, Icons
from tests.harness.icons import drawn, icons_of, in_label, of_label
from tests.harness.png import png_of
from tests.harness.xserver import XServer

pytestmark = pytest.mark.desktop
BLUE = STANDARD["blue"]


@pytest.fixture(scope="module")
def server() -> Iterator[XServer]:
    with XServer(640, 480) as made:
        yield made


@pytest.fixture
def x(server: XServer) -> Iterator[Any]:
    with closing(server.connect()) as made:
        yield made


@pytest.fixture
def desktop(server: XServer) -> Iterator[Desktop]:
    made = Desktop(server.name, qube="work")
    yield made
    made.x.close()


def window(x: Any) -> Any:
    made = x.screen().root.create_window(0, 0, 9, 9, 0, X.CopyFromParent, event_mask=X.PropertyChangeMask)
    x.sync()
    return made


def drawings(desktop: Desktop, x: Any) -> int:
    """How often icons were set since the last call."""
    desktop.x.display.sync()  # what was sent is done; what came of it is handed on at the next `desktop.x.sync`
    x.sync()
    return sum(x.next_event().type == X.PropertyNotify for _ in range(x.pending_events()))


def test_many_changes_between_two_answers_of_x_are_drawn_once_and_the_last_wins(desktop: Desktop, x: Any) -> None:
    icons, outer = Icons(desktop, "work", BLUE), window(x)
    for seed in range(100):
        icons.show(outer.id, (drawn(8, 8, seed),))
    desktop.x.sync()
    desktop.x.sync()
    assert drawings(desktop, x) == 1
    assert icons_of(outer) == in_label([drawn(8, 8, 99)], BLUE)


def test_no_more_than_one_window_is_drawn_after_each_answer_of_x(desktop: Desktop, x: Any) -> None:
    """However many there are: between two of them, the daemon does everything else that has come."""
    icons, outers = Icons(desktop, "work", BLUE), [window(x) for _ in range(5)]
    for outer in outers:
        icons.show(outer.id, ())
    for done in range(5):
        assert drawings(desktop, x) == (1 if done else 0)
        desktop.x.sync()
    desktop.x.sync()
    assert drawings(desktop, x) == 1
    assert all(icons_of(outer) == of_label(BLUE, "work") for outer in outers)


def test_window_that_goes_before_its_turn_is_passed_over(desktop: Desktop, x: Any) -> None:
    icons, gone, there = Icons(desktop, "work", BLUE), window(x), window(x)
    icons.show(gone.id, ())
    icons.show(there.id, ())
    icons.forget(gone.id)
    for _ in range(3):
        desktop.x.sync()
    assert icons_of(gone) == []
    assert icons_of(there) == of_label(BLUE, "work")


def test_many_windows_have_the_labels_icon_in_few_sizes(desktop: Desktop, x: Any) -> None:
    icons, outers = Icons(desktop, "work", BLUE), [window(x) for _ in range(FEW + 1)]
    for outer in outers:
        icons.show(outer.id, ())
        desktop.x.sync()
    desktop.x.sync()
    assert len(icons_of(outers[0])) == 6
    assert [image.width for image in icons_of(outers[-1])] == [16, 32]


def test_picture_of_a_label_goes_with_it_and_is_small_on_many_windows(desktop: Desktop, x: Any) -> None:
    picture = checked(png_of(np.full((128, 128), 0xFF0000FF, np.uint32)))
    icons, outers = Icons(desktop, "work", BLUE, picture), [window(x) for _ in range(FEW + 1)]
    for number, outer in enumerate(outers):
        icons.show(outer.id, ())
        if number == 0:
            desktop.x.sync()
            desktop.x.sync()
    for _ in range(2 * len(outers)):
        desktop.x.sync()
    assert [image.width for image in icons_of(outers[0])] == list(SIDES_PX)
    assert [image.width for image in icons_of(outers[-1])] == list(SMALL_SIDES_PX)
    assert icons_of(outers[-1])[0].pixels == bytes((255, 0, 0, 255)) * 16 * 16
    icons.relabel(STANDARD["red"])
    for _ in range(2 * len(outers)):
        desktop.x.sync()
    small = of_label(STANDARD["red"], "work")
    assert icons_of(outers[-1]) == [image for image in small if image.width in SMALL_SIDES_PX]
