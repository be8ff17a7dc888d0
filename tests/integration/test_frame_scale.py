"""Frames of a desktop that draws larger: as much thicker, marks and all, also while the daemon stands still."""

from collections.abc import Iterator
from typing import Any

import pytest
from Xlib import X, Xatom
from Xlib.protocol import event

from colors.labels import STANDARD
from tests.harness.frames import lay
from tests.harness.pixels import first_difference, pseudo_random
from tests.harness.stage import WIDTH, Stage
from tests.harness.wait import wait_until

pytestmark = pytest.mark.desktop

WINDOW, POPUP = 0x11, 0x12


@pytest.fixture(params=[144, 192])
def dpi(request: pytest.FixtureRequest) -> int:
    found: int = request.param
    return found


@pytest.fixture
def stage(dpi: int) -> Iterator[Stage]:
    with Stage() as made:
        said = f"Xft.dpi:\t{dpi}\n".encode()
        made.x.screen().root.change_property(Xatom.RESOURCE_MANAGER, Xatom.STRING, 8, said)
        made.x.sync()
        yield made


def laid_out(stage: Stage, outer: Any, px: int, unit: int) -> str:
    """How the screen differs from what the frame should be, "" if it does not."""
    size, place = outer.get_geometry(), outer.translate_coords(stage.x.screen().root, 0, 0)
    seen = stage.picture()
    right = seen.copy()
    lay(right, STANDARD["blue"], (-place.x, -place.y, size.width, size.height), (px,) * 4, unit)
    return first_difference(seen, right)


def test_frames_grow_with_the_desktops_scale(stage: Stage, dpi: int) -> None:
    managed, popup = {144: (5, 3), 192: (6, 4)}[dpi]
    with stage.qube("work", "blue") as qube:
        qube.agent.show(WINDOW, (200, 150, 300, 200), pseudo_random(300, 200))
        qube.agent.show(POPUP, (750, 400, 120, 90), pseudo_random(120, 90), popup=True)
        outer, menu = qube.viewable(WINDOW), qube.viewable(POPUP)
        stage.judge("larger", windows=2)
        assert [qube.daemon.window(each)["frame_px"] for each in (WINDOW, POPUP)] == [managed, popup]
        wait_until(lambda: laid_out(stage, outer, managed, 2) == "", what="a thick frame")
        wait_until(lambda: laid_out(stage, menu, popup, 2) == "", what="a popup's")
        qube.daemon.child.freeze()
        try:
            outer.configure(width=201, height=133)
            stage.x.sync()
            wait_until(lambda: laid_out(stage, outer, managed, 2) == "", what="a thick frame, smaller")
        finally:
            qube.daemon.child.thaw()


ADD, FROM_PAGER = 1, 2


@pytest.mark.parametrize("dpi", [192], indirect=True)
def test_pointer_in_a_thick_frame_touches_the_top_of_a_fullscreen_qube(stage: Stage) -> None:
    """By hand, so that no banner has been shown before."""
    root, atom = stage.x.screen().root, stage.x.intern_atom
    with stage.qube("work", "blue") as qube:
        qube.agent.show(WINDOW, (200, 150, 300, 200), pseudo_random(300, 200))
        stage.point(WIDTH - 30, 300)
        words = (32, [ADD, atom("_NET_WM_STATE_FULLSCREEN"), 0, FROM_PAGER, 0])
        ask = event.ClientMessage(window=qube.viewable(WINDOW).id, client_type=atom("_NET_WM_STATE"), data=words)
        root.send_event(ask, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)
        stage.x.sync()
        wait_until(lambda: qube.daemon.window(WINDOW)["outer"][:3] == [0, 0, WIDTH], what="the whole screen")
        qube.settle()
        qube.agent.acknowledge_configures(0)
        qube.settle()
        before = len(shown(stage))
        stage.point(WIDTH - 30, 5)
        wait_until(lambda: len(shown(stage)) == before + 1, what="the banner")


def shown(stage: Stage) -> list[Any]:
    """What is on the screen, whoever made it."""
    windows = stage.x.screen().root.query_tree().children
    return [each for each in windows if each.get_attributes().map_state == X.IsViewable]
