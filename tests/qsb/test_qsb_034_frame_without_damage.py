"""QSB-034 (2017): the frame of a popup was painted only when the qube sent an update that touched its border.

Whoever sent none had no frame. Here frame and picture are different X windows; the frame is background, which the X
server paints by itself, even while the daemon stands still.
"""

import pytest
from Xlib import X

from tests.harness.pixels import pseudo_random
from tests.harness.stage import ActedQube
from tests.harness.wait import wait_until

pytestmark = pytest.mark.desktop

WINDOW = 0x11


@pytest.mark.parametrize("popup", [False, True], ids=["managed", "popup"])
def test_update_of_the_middle_only_leaves_a_whole_frame(evil: ActedQube, popup: bool) -> None:  # noqa: FBT001
    evil.agent.create(WINDOW, (100, 100, 200, 150), popup=popup)
    evil.agent.map(WINDOW, popup=popup)
    evil.viewable(WINDOW)
    evil.settle()  # exposed before there is a picture: nothing but the update draws
    evil.agent.dump(WINDOW, pseudo_random(200, 150))
    evil.agent.damage(WINDOW, (60, 60, 10, 10))
    evil.settle()
    seen = evil.stage.judge("the middle only", windows=2)
    assert seen.visible_px > 2 * (200 + 150)


@pytest.mark.parametrize("popup", [False, True], ids=["managed", "popup"])
def test_frame_that_was_covered_comes_back_without_the_daemon(evil: ActedQube, popup: bool) -> None:  # noqa: FBT001
    evil.agent.show(WINDOW, (100, 100, 200, 150), pseudo_random(200, 150), popup=popup)
    evil.settle()
    evil.stage.judge("shown", windows=2)
    outer = evil.viewable(WINDOW)
    place = evil.daemon.window(WINDOW)["outer"]
    evil.daemon.child.freeze()
    root = evil.stage.x.screen().root
    cover = root.create_window(*place, 0, 24, background_pixel=0x123456, override_redirect=1)
    cover.map()
    evil.stage.x.sync()
    covered = evil.stage.report()
    cover.destroy()
    evil.stage.x.sync()
    assert outer.get_attributes().map_state == X.IsViewable
    free = evil.stage.judge("uncovered while the daemon stands still", windows=2)
    assert free.visible_px > covered.visible_px
    evil.daemon.child.thaw()
    wait_until(evil.daemon.windows, what="the daemon")
