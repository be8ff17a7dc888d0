"""Another label for a qube that runs: everything of it on the screen wears the new colour at once, and nothing the old.

Judged by the pixel oracle, on a desktop with a panel and a real window manager.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from Xlib import X

from colors.labels import STANDARD
from protocol.messages import MessageType
from tests.harness.pixels import pseudo_random
from tests.harness.stage import HEIGHT, WIDTH, ActedQube, Stage
from tests.harness.wait import wait_until
from tests.integration.test_daemon_fullscreen import banner

pytestmark = pytest.mark.desktop

WINDOW, POPUP, LATER = 0x300001, 0x300002, 0x300003
CONTENT = (200, 150, 300, 200)


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with Stage() as found:
        yield found


@pytest.fixture
def qube(stage: Stage) -> Iterator[ActedQube]:
    stage.click(WIDTH - 20, HEIGHT - 20)
    with stage.qube("work", "red", arguments=("--option", "allow_fullscreen = true")) as found:
        found.agent.show(WINDOW, CONTENT, pseudo_random(*CONTENT[2:]))
        found.viewable(WINDOW)
        yield found


def properties(stage: Stage, qube: ActedQube, window: int) -> tuple[int, int]:
    """_QUBES_LABEL and _QUBES_LABEL_COLOR."""
    outer = qube.outer(window)
    values = [
        outer.get_full_property(stage.x.intern_atom(name), X.AnyPropertyType).value
        for name in ("_QUBES_LABEL", "_QUBES_LABEL_COLOR")
    ]
    return int(values[0][0]), int(values[1][0])


def pixels_of(stage: Stage, label: str) -> int:
    return int((stage.picture() == STANDARD[label].rgb).sum())


def test_windows_menus_and_later_ones_change_their_colour_at_once(stage: Stage, qube: ActedQube) -> None:
    qube.agent.show(POPUP, (600, 200, 120, 90), pseudo_random(120, 90), popup=True)
    qube.viewable(POPUP)
    stage.judge("in red", windows=2)
    red = pixels_of(stage, "red")
    qube.relabel("green")
    stage.judge("in green", windows=2)
    assert pixels_of(stage, "red") < red // 10, "something of the old label is left"
    assert properties(stage, qube, WINDOW) == properties(stage, qube, POPUP) == (4, STANDARD["green"].rgb)
    qube.agent.show(LATER, (200, 450, 99, 101), pseudo_random(99, 101))
    qube.viewable(LATER)
    stage.judge("a later one in green", windows=3)


def test_frame_of_another_label_survives_a_resize_while_the_daemon_stands_still(stage: Stage, qube: ActedQube) -> None:
    qube.relabel("blue")
    outer = qube.outer(WINDOW)
    qube.daemon.child.freeze()
    try:
        for width, height in ((411, 233), (97, 61)):
            outer.configure(width=width, height=height)
            stage.x.sync()
            wait_until(lambda: edge_colours(stage, outer) == {STANDARD["blue"].rgb}, what="a blue edge all around")
    finally:
        qube.daemon.child.thaw()
    stage.judge("in blue", windows=1)


def edge_colours(stage: Stage, outer: Any) -> set[int]:
    """The colours of the outermost row and column of pixels on every side."""
    size, place = outer.get_geometry(), outer.translate_coords(stage.x.screen().root, 0, 0)
    found = stage.picture()[-place.y : -place.y + size.height, -place.x : -place.x + size.width]
    return {int(each) for side in (found[0], found[-1], found[:, 0], found[:, -1]) for each in side}


def test_agent_that_connects_again_is_shown_with_the_label_that_the_person_chose_last(
    stage: Stage, qube: ActedQube
) -> None:
    qube.relabel("purple")
    qube.agent.hang_up()
    qube.daemon.expect("state")
    qube.agent.shake_hands()
    qube.agent.show(LATER, CONTENT, pseudo_random(*CONTENT[2:]))
    qube.viewable(LATER)
    stage.judge("in purple", windows=1)


def test_banner_of_a_fullscreen_window_changes_its_colour_at_once(stage: Stage, qube: ActedQube) -> None:
    stage.focus(qube, WINDOW)
    qube.agent.send(MessageType.WINDOW_FLAGS, WINDOW, 1, 0)
    wait_until(lambda: banner(stage, qube) is not None, what="the banner")
    assert colours_of_banner(stage, qube) >= {STANDARD["red"].rgb}
    qube.agree()
    qube.relabel("orange")
    wait_until(lambda: STANDARD["orange"].rgb in colours_of_banner(stage, qube), what="an orange banner")
    assert STANDARD["red"].rgb not in colours_of_banner(stage, qube)


def colours_of_banner(stage: Stage, qube: ActedQube) -> set[int]:
    place = banner(stage, qube)
    if place is None:
        return set()
    found = stage.picture()[place.y : place.y + place.height, place.x : place.x + place.width]
    return {int(each) for each in np.unique(found)}
