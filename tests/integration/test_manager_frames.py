"""`frame = "wm"`: managed windows go over into the window manager's frame where that is painted, and nowhere else.

The judge is the oracle: at each step every window has one frame or the other in its label's colour.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from Xlib import X, Xatom

from colors.labels import label_named
from guid.core.framekeeping import STRIKES
from guid.core.oracle import Fault
from guid.core.thickness import Style
from protocol.messages import MessageType
from tests.harness.pixels import pseudo_random, region
from tests.harness.stage import BY_MANAGER, HEIGHT, WIDTH, ActedQube, Stage
from tests.harness.wait import holds_for, wait_until
from tests.harness.wm import WindowManager

pytestmark = pytest.mark.desktop

MAIN, SECOND, MENU = 0x11, 0x12, 0x13
AT = (200, 150, 300, 200)
BLUE = label_named("blue").rgb
FULLSCREEN = 1
OURS_PX, THEIRS_PX, THICK_PX = 3, 0, 10
BY_WM = ("--option", BY_MANAGER, "--option", "allow_fullscreen=true")
LOOKED_S = 0.4
"""Long enough for three looks at a window."""
PICTURE = pseudo_random(WIDTH, HEIGHT)


def framed_by(qube: ActedQube, window: int, px: int) -> None:
    """Wait until our frame of the window is so thick."""

    def is_so() -> bool:
        qube.agree()
        return bool(qube.daemon.window(window)["frame_px"] == px)

    wait_until(is_so, what=f"a frame of {px} px of our own")


@pytest.fixture(scope="module")
def awesome() -> Iterator[Stage]:
    """Follows the labels by a few lines of Lua."""
    with Stage(manager="awesome") as made:
        yield made


@pytest.fixture
def work(awesome: Stage) -> Iterator[ActedQube]:
    with awesome.qube("work", "blue", arguments=BY_WM) as qube:
        qube.agent.show(MAIN, AT, PICTURE)
        framed_by(qube, MAIN, THEIRS_PX)
        wait_until(lambda: tuple(qube.daemon.window(MAIN)["outer"]) == AT, what="an outer as large as its content")
        yield qube


def test_window_goes_over_into_the_painted_frame_and_keeps_its_content(awesome: Stage, work: ActedQube) -> None:
    report = awesome.judge("in awesome's frame", windows=1)
    assert report.visible_px > 0
    window = work.daemon.window(MAIN)
    assert tuple(window["content"]) == tuple(window["outer"]) == AT, "the app was not resized for it"
    assert [each.body for each in work.agent.received if each.type is MessageType.CONFIGURE] == []
    picture = awesome.picture()
    x, y, width, height = AT
    assert (region(picture, AT) == PICTURE[:height, :width]).all()
    for side in ((x - 1, y, 1, height), (x + width, y, 1, height), (x, y - 1, width, 1), (x, y + height, width, 1)):
        assert (region(picture, side) == BLUE).all()


def test_all_of_a_window_in_the_painted_frame_is_drawn_anew(awesome: Stage, work: ActedQube) -> None:
    negative = 0xFFFFFF - PICTURE
    work.agent.dump(MAIN, negative)
    work.agent.damage(MAIN, (0, 0, AT[2], AT[3]))
    wait_until(
        lambda: bool((region(awesome.picture(), AT) == negative[: AT[3], : AT[2]]).all()), what="the other picture"
    )


def test_clicks_are_told_where_they_are_and_popups_keep_our_frame(awesome: Stage, work: ActedQube) -> None:
    awesome.click(AT[0], AT[1])
    told = work.agent.expect(MessageType.BUTTON, MAIN)
    assert told.body[1:3] == (0, 0)  # type: ignore[index]
    work.agent.show(MENU, (160, 200, 80, 60), pseudo_random(80, 60), popup=True)
    work.settle()
    awesome.judge("a menu over its frame", windows=2)
    assert work.daemon.window(MENU)["frame_px"] == 2
    nudge_active(awesome)
    holds_for(lambda: work.daemon.window(MAIN)["frame_px"] == THEIRS_PX, LOOKED_S, "a covered frame of awesome's")


def test_fullscreen_window_has_our_frame(awesome: Stage, work: ActedQube) -> None:
    work.agent.send(MessageType.WINDOW_FLAGS, MAIN, FULLSCREEN, 0)
    framed_by(work, MAIN, OURS_PX)
    wait_until(lambda: work.daemon.window(MAIN)["outer"] == [0, 0, WIDTH, HEIGHT], what="the whole screen")
    awesome.clean("fullscreen")
    work.agent.send(MessageType.WINDOW_FLAGS, MAIN, 0, FULLSCREEN)
    framed_by(work, MAIN, THEIRS_PX)
    awesome.clean("no longer fullscreen")


def test_another_label_is_worn_at_once(awesome: Stage, work: ActedQube) -> None:
    work.relabel("orange")
    awesome.clean("relabelled", without=frozenset({Fault.MISNAMED}))
    framed_by(work, MAIN, THEIRS_PX)
    awesome.judge("in awesome's frame again", windows=1)
    x, y, _width, _height = work.daemon.window(MAIN)["content"]
    assert awesome.picture()[y - 1, x] == label_named("orange").rgb


def test_frame_in_another_colour_is_found_by_the_oracle_and_taken_back(awesome: Stage, work: ActedQube) -> None:
    work.daemon.child.freeze()
    frame = manager_frame(awesome)
    frame.change_attributes(border_pixel=0x123456)
    awesome.x.sync()
    found = awesome.report().findings
    assert {each.what for each in found} == {Fault.MANAGER_FRAME}
    assert len(found) == 4
    work.daemon.child.thaw()
    nudge_active(awesome)
    framed_by(work, MAIN, OURS_PX)
    awesome.clean("taken back")
    assert "has lost the window manager's frame" in work.daemon.child.output()


def manager_frame(stage: Stage) -> Any:
    """The window that awesome has put round the only one."""
    root = stage.x.screen().root
    viewable = [each for each in root.query_tree().children if each.get_attributes().map_state == X.IsViewable]
    return next(each for each in viewable if each.query_tree().children)


def nudge_active(stage: Stage) -> None:
    """The active window changes, as when the person goes elsewhere and comes back."""
    root = stage.x.screen().root
    atom = stage.x.intern_atom("_NET_ACTIVE_WINDOW")
    before = root.get_full_property(atom, Xatom.WINDOW)
    root.change_property(atom, Xatom.WINDOW, 32, list(before.value) if before is not None else [0])
    stage.x.sync()


def test_options_that_change_count_for_windows_that_are_there(awesome: Stage, work: ActedQube) -> None:
    work.daemon.tell({"options": {"frame": "own"}})
    framed_by(work, MAIN, OURS_PX)
    awesome.judge("ours", windows=1)
    work.daemon.tell({"options": {"frame": "wm"}})
    framed_by(work, MAIN, THEIRS_PX)
    awesome.judge("theirs", windows=1)


def test_unmapped_window_begins_in_our_frame_again(awesome: Stage, work: ActedQube) -> None:
    work.agent.send(MessageType.UNMAP, MAIN)
    framed_by(work, MAIN, OURS_PX)
    work.agent.map(MAIN)
    work.agent.dump(MAIN, PICTURE)
    framed_by(work, MAIN, THEIRS_PX)
    awesome.judge("mapped again", windows=1)


def test_window_manager_that_dies_leaves_our_frames_and_gets_them_back() -> None:
    with Stage(manager=None) as stage:
        manager = WindowManager("awesome-tiling", stage.server.name).start()
        with stage.qube("work", "blue", arguments=BY_WM) as qube:
            for window in (MAIN, SECOND):
                qube.agent.show(window, AT, PICTURE)
            for window in (MAIN, SECOND):
                framed_by(qube, window, THEIRS_PX)
            stage.judge("tiled", windows=2)
            manager.kill()
            for window in (MAIN, SECOND):
                framed_by(qube, window, OURS_PX)
            stage.clean("nobody manages", without=frozenset({Fault.TORN_KIND}))
            with WindowManager("awesome-tiling", stage.server.name):
                for window in (MAIN, SECOND):
                    framed_by(qube, window, THEIRS_PX)
                stage.judge("another awesome", windows=2)
        manager.stop()


@pytest.mark.parametrize("manager", ["openbox", "xfwm4", "i3", "awesome-plain"])
def test_window_manager_that_does_not_paint_gets_no_window(manager: str) -> None:
    """Not even if the qube's own popups, which wear its colour, lie where such a frame would be."""
    with Stage(manager=manager) as stage, stage.qube("work", "blue", arguments=BY_WM) as qube:
        qube.agent.show(MAIN, AT, PICTURE)
        qube.viewable(MAIN)
        qube.agree()
        qube.daemon.expect("unpainted")
        assert qube.daemon.window(MAIN)["frame_px"] == OURS_PX
        assert qube.daemon.child.output().count("paints no frame in the label's colour") == 1
        stage.clean("in our frame")
        x, y, width, height = qube.daemon.window(MAIN)["outer"]
        around = (
            (x, y - 4, width, 2),
            (x, y + height + 2, width, 2),
            (x - 4, y, 2, height),
            (x + width + 2, y, 2, height),
        )
        for number, at in enumerate(around):
            qube.agent.show(0x20 + number, at, np.full((at[3], at[2]), BLUE, np.uint32), popup=True)
        qube.settle()
        for mode in ("own", "wm"):  # it is looked at anew
            qube.daemon.tell({"options": {"frame": mode}})
        holds_for(lambda: qube.daemon.window(MAIN)["frame_px"] == OURS_PX, LOOKED_S, "a frame of our own")


def test_high_contrast_is_our_frames_and_lies_below_a_content_in_the_painted_one(awesome: Stage) -> None:
    contrast = Style(tag=True, contrast=True)
    with awesome.qube("work", "orange", arguments=BY_WM, style=contrast) as qube:
        qube.agent.show(MAIN, AT, PICTURE)
        framed_by(qube, MAIN, THEIRS_PX)
        awesome.judge("theirs", windows=1)
        qube.agent.send(MessageType.WINDOW_FLAGS, MAIN, FULLSCREEN, 0)
        framed_by(qube, MAIN, THICK_PX)
        wait_until(lambda: qube.daemon.window(MAIN)["outer"] == [0, 0, WIDTH, HEIGHT], what="the whole screen")
        qube.agree()
        awesome.clean("fullscreen, in our frame")
        qube.agent.send(MessageType.WINDOW_FLAGS, MAIN, 0, FULLSCREEN)
        framed_by(qube, MAIN, THEIRS_PX)
        awesome.judge("theirs again", windows=1)
        assert tuple(qube.daemon.window(MAIN)["content"]) == AT
        qube.daemon.tell({"options": {"high_contrast": True}})
        framed_by(qube, MAIN, THICK_PX)
        awesome.judge("ours", windows=1)


def test_window_that_withdraws_does_not_pardon_the_others(awesome: Stage, work: ActedQube) -> None:
    """Three times lost, the window keeps our frame, whatever else the qube maps and unmaps."""
    for _ in range(STRIKES):
        framed_by(work, MAIN, THEIRS_PX)
        work.daemon.child.freeze()
        manager_frame(awesome).change_attributes(border_pixel=0x123456)
        awesome.x.sync()
        work.daemon.child.thaw()
        nudge_active(awesome)
        framed_by(work, MAIN, OURS_PX)
        paint_again(awesome)
    work.agent.show(SECOND, (600, 400, 120, 90), PICTURE)
    framed_by(work, SECOND, THEIRS_PX)
    work.agent.send(MessageType.UNMAP, SECOND)
    framed_by(work, SECOND, OURS_PX)
    nudge_active(awesome)
    outer = work.outer(MAIN)
    outer.configure(width=AT[2] + 20)
    awesome.x.sync()
    holds_for(lambda: work.daemon.window(MAIN)["frame_px"] == OURS_PX, LOOKED_S, "our frame, for good")


def paint_again(stage: Stage) -> None:
    """As awesome does at the next occasion."""
    manager_frame(stage).change_attributes(border_pixel=BLUE)
    stage.x.sync()
