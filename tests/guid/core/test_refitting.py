"""guid/core/refitting.py: windows that get other frames while something else is being done to them."""

import pytest

from guid.core import effects as fx
from guid.core.geometry import content_of
from guid.core.thickness import thickness_at
from guid.core.values import RemoteId
from tests.guid.core.talk import DESKTOP, Talk

WINDOW = 7
BEFORE, ASKED = (300, 200, 200, 120), (320, 230, 400, 240)


@pytest.mark.parametrize("shown", [True, False])
@pytest.mark.parametrize("early", [True, False])
def test_program_that_resizes_its_window_meanwhile_has_its_size(*, shown: bool, early: bool) -> None:
    """early: before the scale changes. shown: the desktop has said so before the frame is there."""
    talk, remote, double = Talk(), RemoteId(WINDOW), DESKTOP._replace(thickness=thickness_at(2.0))
    talk.create(WINDOW, BEFORE)
    talk.dump(WINDOW, 200, 120)
    talk.map(WINDOW)
    windows = talk.session.windows
    talk.shown_at(WINDOW, windows[remote].granted.outer)
    if early:
        talk.configure(WINDOW, ASKED)
    assert fx.RefitWindow(remote) in windows.refit(double)
    if not early:
        talk.configure(WINDOW, ASKED)
    if shown:
        talk.shown_at(WINDOW, windows[remote].granted.outer)
    talk.effects = windows.refitted(remote)
    (outer,) = [each.outer for each in talk.effects if isinstance(each, fx.MoveResize)]
    assert content_of(outer, windows[remote].extents)[2:] == ASKED[2:]
    talk.shown_at(WINDOW, outer)
    assert windows[remote].content[2:] == ASKED[2:]
