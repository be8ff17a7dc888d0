"""Agent and daemon together: what the desktop shows of a program that paints without end is whole frames."""

import sys

import numpy as np
import pytest

from tests.guiagent.painters import DARK, LIGHT, PERIOD_PX, STRIPES_AT
from tests.harness.ends import Ends, Painter
from tests.harness.pixels import Pixels
from tests.harness.wait import wait_until

pytestmark = pytest.mark.desktop

SAMPLES = 500
OVERWRITES_EARLY = (sys.executable, "-m", "tests.guiagent.early")


def look(ends: Ends, painter: Painter) -> Pixels:
    """One period of all rows: as good as the whole width."""
    return ends.at_once(painter.content, PERIOD_PX, STRIPES_AT[3])


def torn(rows: Pixels) -> bool:
    """Whether rows of different frames are on the screen together."""
    return not bool((rows == rows[0]).all())


def wait_for_stripes(ends: Ends, painter: Painter) -> None:
    """Until the first frame is there."""
    wait_until(lambda: set(np.unique(look(ends, painter))) == {DARK, LIGHT}, what="the first stripes")


def test_no_frame_of_moving_stripes_is_ever_torn() -> None:
    with Ends(manager=None) as ends, ends.painter("moving_stripes") as painter:
        wait_for_stripes(ends, painter)
        seen = set()
        for number in range(SAMPLES):
            rows = look(ends, painter)
            assert not torn(rows), f"sample {number}"
            seen.add(bytes(rows[0]))
        assert len(seen) > PERIOD_PX // 4, "the stripes stand still"


def test_frames_of_an_agent_that_overwrites_early_are_seen_to_tear() -> None:
    """What shows that the test above can fail."""
    with Ends(manager=None, agent_program=OVERWRITES_EARLY) as ends, ends.painter("moving_stripes") as painter:
        wait_for_stripes(ends, painter)
        wait_until(lambda: torn(look(ends, painter)), 60, "a torn frame")


def test_daemon_without_frame_acknowledgements_is_sent_every_frame() -> None:
    with (
        Ends(manager=None, daemon_options=("--no-extensions",)) as ends,
        ends.painter("moving_stripes") as painter,
    ):
        wait_for_stripes(ends, painter)
        seen = set()

        def moving() -> bool:
            seen.add(bytes(look(ends, painter)[0]))
            return len(seen) > PERIOD_PX // 2

        wait_until(moving, 20, "stripes that move")
