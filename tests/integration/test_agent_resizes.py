"""Agent and daemon together: whatever sizes a window takes, the desktop shows only what the program has drawn."""

import random

import numpy as np
import pytest

from colors.labels import label_named
from guid.core.options import DEFAULT_OPTIONS
from tests.guiagent.painters import BACKGROUND, DARK, LIGHT
from tests.harness.ends import HEIGHT, WIDTH, Ends
from tests.harness.wait import wait_until

pytestmark = pytest.mark.desktop

RESIZES = 1_000
MIN_LOOKS = 50
ROOT = 0x777777

LABEL = "red"
"""Its frames have no marks: every colour on the screen is known."""
FRAME = label_named(LABEL).rgb
NEUTRAL = DEFAULT_OPTIONS.window_background_color
"""What the desktop shows of a window where its program has not drawn yet."""


def strange(ends: Ends, *allowed: int) -> set[int]:
    """Colours on the screen that nobody has drawn."""
    screen = ends.at_once(ends.x.screen().root.id, WIDTH, HEIGHT)
    return {int(colour) for colour in np.unique(screen)} - {ROOT, FRAME, DARK, LIGHT, BACKGROUND, *allowed}


def ground(ends: Ends) -> None:
    """A desktop whose own colour is no accident."""
    root = ends.x.screen().root
    root.change_attributes(background_pixel=ROOT)
    root.clear_area(0, 0, 0, 0)
    ends.x.sync()


def test_program_that_resizes_at_random_shows_only_what_it_has_drawn() -> None:
    with Ends(manager=None, daemon_options=("--label", LABEL)) as ends:
        ground(ends)
        with ends.painter("resizing", str(RESIZES), "1") as painter:
            looks = 0
            while not painter.says_something() or looks < MIN_LOOKS:
                assert not strange(ends, NEUTRAL)
                looks += 1
            shape = painter.size()
            wait_until(lambda: ends.pixels(painter.content).shape == shape, what="the last size")
            wait_until(lambda: NEUTRAL not in ends.pixels(painter.content), what="all of the window")


def test_person_who_resizes_at_random_sees_only_what_the_program_has_drawn() -> None:
    chance = random.Random(2)
    with Ends(manager=None, daemon_options=("--label", LABEL)) as ends:
        ground(ends)
        with ends.painter("repainting") as painter:
            outer = ends.x.create_resource_object("window", painter.content).query_tree().parent
            for number in range(RESIZES):
                outer.configure(width=chance.randint(20, 900), height=chance.randint(20, 700))
                ends.x.sync()
                if number % 10 == 0:
                    assert not strange(ends, NEUTRAL)
            wait_until(lambda: NEUTRAL not in ends.pixels(painter.content), what="all of the window")
            assert not strange(ends)
