"""Name tags on frames: there, right, and whole at every scale, whatever the window goes through, also while the daemon
stands still. Judged by the pixel oracle, which draws each tag itself.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from Xlib import Xatom

from guid.core.thickness import Style, thickness_at
from protocol.messages import MessageType
from tests.harness.pixels import pseudo_random
from tests.harness.stage import HEIGHT, WIDTH, ActedQube, Stage
from tests.harness.wait import wait_until

pytestmark = pytest.mark.desktop

WINDOW, POPUP, LATER = 0x300001, 0x300002, 0x300003
TAGGED = Style(tag=True)
NAME = "work-and-a-name-of-31-letters-x"


@pytest.fixture(scope="module", params=["openbox", "xfwm4", "i3"])
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    with Stage(manager=request.param) as found:
        yield found


def say_scale(stage: Stage, times: float) -> None:
    said = f"Xft.dpi:\t{96 * times:g}\n".encode()
    stage.x.screen().root.change_property(Xatom.RESOURCE_MANAGER, Xatom.STRING, 8, said)
    stage.x.sync()


@pytest.fixture
def qube(stage: Stage) -> Iterator[ActedQube]:
    with stage.qube(NAME, "blue", style=TAGGED) as found:
        found.agent.show(WINDOW, (200, 150, 420, 260), pseudo_random(420, 260))
        found.viewable(WINDOW)
        yield found


def test_tag_names_the_qube_whatever_its_window_goes_through(stage: Stage, qube: ActedQube) -> None:
    qube.agent.show(POPUP, (700, 400, 120, 90), pseudo_random(120, 90), popup=True)
    qube.viewable(POPUP)
    stage.judge("shown", windows=2)
    qube.agree()
    outer = qube.outer(WINDOW)
    qube.daemon.child.freeze()
    try:
        for width, height in ((640, 410), (211, 133), (40, 40), (9, 9), (300, 200)):
            outer.configure(width=width, height=height)
            stage.x.sync()
            stage.clean(f"{width} x {height}, stopped")
    finally:
        qube.daemon.child.thaw()
    stage.judge("thawed", windows=2)
    qube.relabel("yellow")
    stage.judge("in yellow", windows=2)
    qube.agent.show(LATER, (100, 380, 300, 100), pseudo_random(300, 100))
    qube.viewable(LATER)
    stage.judge("a later one", windows=3)


@pytest.mark.parametrize("stage", ["openbox"], indirect=True)
@pytest.mark.parametrize("times", [1.5, 2, 3, 4])
def test_tag_grows_with_the_scale(stage: Stage, times: float) -> None:
    say_scale(stage, times)
    try:
        with stage.qube(NAME, "orange", style=TAGGED) as qube:
            qube.agent.show(WINDOW, (200, 150, 420, 260), pseudo_random(420, 260))
            qube.viewable(WINDOW)
            stage.judge(f"{times} times as large", windows=1)
            thickness = thickness_at(times, TAGGED)
            outer, content = (qube.daemon.window(WINDOW)[each] for each in ("outer", "content"))
            assert content[1] - outer[1] == thickness.managed.top == thickness.managed.left + thickness.tag_px
    finally:
        say_scale(stage, 1)


@pytest.mark.parametrize("stage", ["openbox"], indirect=True)
@pytest.mark.parametrize(("times", "unit"), [(1, 1), (1.5, 2)])
def test_high_contrast_has_borders_on_either_side_of_the_label(stage: Stage, times: float, unit: int) -> None:
    say_scale(stage, times)
    try:
        with stage.qube(NAME, "orange", style=Style(tag=True, contrast=True)) as qube:
            qube.agent.show(WINDOW, (200, 150, 420, 260), pseudo_random(420, 260))
            qube.agent.show(POPUP, (700, 400, 120, 90), pseudo_random(120, 90), popup=True)
            outer, popup = qube.viewable(WINDOW), qube.viewable(POPUP)
            stage.judge("high contrast", windows=2)
            across = [(0x000000, 2), (0xF57900, 6), (0x000000, 2)]
            assert runs(stage, outer, unit) == [(rgb, px * unit) for rgb, px in across]
            assert runs(stage, popup, unit) == [(rgb, px * unit) for rgb, px in ((0, 2), (0xF57900, 3), (0, 2))]
            qube.agree()
            qube.daemon.child.freeze()
            try:
                for width, height in ((640, 410), (211, 133), (40, 40), (9, 9), (300, 200)):
                    outer.configure(width=width, height=height)
                    stage.x.sync()
                    stage.clean(f"{width} x {height}, stopped")
            finally:
                qube.daemon.child.thaw()
            qube.relabel("black")
            stage.judge("in black", windows=2)
    finally:
        say_scale(stage, 1)


def runs(stage: Stage, outer: Any, unit: int) -> list[tuple[int, int]]:
    """Colours across the left side at a height without a mark, from outside, and how many pixels each."""
    place = outer.translate_coords(stage.x.screen().root, 0, 0)
    row = stage.picture()[-place.y + 50 * unit, -place.x :]
    found: list[tuple[int, int]] = []
    for rgb in map(int, row):
        if found and found[-1][0] == rgb:
            found[-1] = (rgb, found[-1][1] + 1)
        elif len(found) == 3:
            break
        else:
            found.append((rgb, 1))
    return found


CONTRAST = Style(tag=True, contrast=True)
FULLSCREEN = 1


@pytest.mark.parametrize("stage", ["openbox"], indirect=True)
@pytest.mark.parametrize("style", [TAGGED, CONTRAST], ids=["tags", "contrast"])
def test_frame_is_right_in_whatever_state_the_person_or_the_qube_puts_its_window(stage: Stage, style: Style) -> None:
    with stage.qube(NAME, "blue", style=style, arguments=("--option", "allow_fullscreen = true")) as qube:
        qube.agent.show(WINDOW, (200, 150, 420, 260), pseudo_random(420, 260))
        qube.agent.show(POPUP, (740, 500, 120, 90), pseudo_random(120, 90), popup=True)
        qube.viewable(WINDOW)
        stage.judge("at first", windows=2)
        qube.agree()
        before = qube.daemon.window(WINDOW)
        stage.judge("shown", windows=2)
        for hidden in (True, False):
            qube.daemon.tell({"aside": {"hidden": hidden, "paused": False}})
            stage.judge(f"hidden: {hidden}", windows=0 if hidden else 2)
        wait_until(lambda: qube.daemon.window(WINDOW)["outer"] == before["outer"], what="its place again")
        for paused in (True, False):
            qube.daemon.tell({"aside": {"hidden": False, "paused": paused}})
            stage.clean(f"paused: {paused}")
        for fullscreen in (FULLSCREEN, 0):
            qube.agent.send(MessageType.WINDOW_FLAGS, WINDOW, fullscreen, FULLSCREEN - fullscreen)
            wide = [0, 0, WIDTH, HEIGHT] if fullscreen else before["outer"]
            wait_until(lambda wide=wide: qube.daemon.window(WINDOW)["outer"] == wide, what=f"an outer of {wide}")  # type: ignore[misc]
            qube.agree()
            stage.clean(f"fullscreen: {fullscreen}")
        assert qube.daemon.window(WINDOW)["content"] == before["content"]
        qube.agent.send(MessageType.UNMAP, WINDOW)
        stage.judge("unmapped", windows=1)
        qube.agent.map(WINDOW)
        stage.judge("mapped again", windows=2)
