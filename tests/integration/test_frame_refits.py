"""Frames that become thicker and thinner while a qube runs: with the desktop's scale, and with the person's options.

Judged by the pixel oracle when it is done, and by the sides of the window at every moment until then.
"""

from collections.abc import Iterator

import pytest
from Xlib import X, Xatom
from Xlib.protocol import event

from colors.labels import label_named
from guid.core.thickness import Style, thickness_at
from protocol.messages import MessageType
from tests.harness.frames import bare_px
from tests.harness.monitors import Monitors
from tests.harness.pixels import pseudo_random
from tests.harness.stage import BY_MANAGER, HEIGHT, WIDTH, ActedQube, Stage
from tests.harness.wait import TimedOut, wait_until

pytestmark = pytest.mark.desktop

WINDOW, POPUP, LATER, ICON = 0x11, 0x12, 0x13, 0x14
AT = (200, 150, 320, 200)
TAGGED, PLAIN, CONTRAST = Style(tag=True), Style(), Style(tag=True, contrast=True)
LABEL = "orange"
BY_WM = ("--option", BY_MANAGER)


@pytest.fixture(scope="module", params=["openbox", "i3"])
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    with Stage(manager=request.param) as found:
        yield found


@pytest.fixture
def qube(stage: Stage) -> Iterator[ActedQube]:
    with stage.qube("work", LABEL, style=TAGGED) as found:
        found.agent.show(WINDOW, AT, pseudo_random(*AT[2:]))
        found.viewable(WINDOW)
        stage.judge("at first", windows=1)
        found.agree()
        try:
            yield found
        finally:
            say_nothing(stage)


ONLY_OPENBOX = pytest.mark.parametrize("stage", ["openbox"], indirect=True)


def say_scale(stage: Stage, times: float) -> None:
    said = f"Xft.dpi:\t{96 * times:g}\n".encode()
    stage.x.screen().root.change_property(Xatom.RESOURCE_MANAGER, Xatom.STRING, 8, said)
    stage.x.sync()


def say_nothing(stage: Stage) -> None:
    """As at first: then the monitors say how large the desktop draws."""
    stage.x.screen().root.delete_property(Xatom.RESOURCE_MANAGER)
    stage.x.sync()


def say_style(stage: Stage, qube: ActedQube, style: Style) -> None:
    """As the supervisor does when the person has written other options."""
    stage.change_owner(qube.owner, qube.owner._replace(style=style))
    qube.owner = qube.owner._replace(style=style)
    qube.daemon.tell({"options": {"name_tag": style.tag, "high_contrast": style.contrast}})


def becomes_right(stage: Stage, qube: ActedQube, step: str, *, windows: int) -> None:
    """The oracle knows the new scale at once: wait until the frames have it too."""

    def right() -> bool:
        qube.agree()
        report = stage.report()
        return not report.findings and report.windows == windows

    try:
        wait_until(right, what=f"right frames {step}")
    except TimedOut as error:
        raise AssertionError([str(each) for each in stage.report().findings]) from error


def frame_becomes(qube: ActedQube, px: int) -> None:
    wait_until(lambda: qube.daemon.window(WINDOW)["frame_px"] == px, what=f"a frame of {px} px")


def resizes(qube: ActedQube) -> list[object]:
    """The sizes that the qube was told for its window."""
    told = [each.body for each in qube.agent.received if each.type is MessageType.CONFIGURE and each.window == WINDOW]
    return [body[2:4] for body in told if body[2:4] != AT[2:]]  # type: ignore[index]


def test_frames_follow_the_scale_there_and_back(stage: Stage, qube: ActedQube) -> None:
    tiling = qube.daemon.window(WINDOW)["content"][2:] != list(AT[2:])
    qube.agent.show(POPUP, (840, 500, 120, 90), pseudo_random(120, 90), popup=True)
    qube.agent.show(LATER, (100, 380, 300, 100), pseudo_random(300, 100))
    qube.viewable(LATER)
    qube.agree()
    qube.agent.send(MessageType.UNMAP, LATER)
    stage.judge("two", windows=2)
    qube.agree()
    before = {each["remote_wid"]: (each["outer"], each["content"]) for each in qube.daemon.windows()}
    outer = qube.outer(WINDOW)
    for times in (2, 1.5):
        already = len(resizes(qube))
        say_scale(stage, times)
        becomes_right(stage, qube, f"at {times}", windows=2)
        found, thickness = qube.daemon.window(WINDOW), thickness_at(times, TAGGED)
        assert found["outer"][:2] == before[WINDOW][0][:2], "its upper left corner stays"
        assert found["content"][1] - found["outer"][1] == thickness.managed.top
        assert qube.daemon.window(POPUP)["content"] == before[POPUP][1]
        assert tiling or found["content"][2:] == list(AT[2:]), "the content has its size"
        assert tiling or len(resizes(qube)) == already, "and its program was not told of another one"
        qube.daemon.child.freeze()
        try:
            for width, height in ((211, 133), (9, 9)):
                outer.configure(width=width, height=height)
                stage.x.sync()
                stage.clean(f"{times}: {width} x {height}, stopped")
            outer.configure(width=found["outer"][2], height=found["outer"][3])
            stage.x.sync()
        finally:
            qube.daemon.child.thaw()
        qube.agree()
    say_scale(stage, 1)
    becomes_right(stage, qube, "as at first", windows=2)
    assert {each["remote_wid"]: (each["outer"], each["content"]) for each in qube.daemon.windows()} == before
    say_scale(stage, 2)
    qube.agent.send(MessageType.MAP, LATER, 0, 0)
    becomes_right(stage, qube, "shown again", windows=3)


@ONLY_OPENBOX
def test_dense_monitor_that_is_plugged_in_makes_frames_thicker(stage: Stage, qube: ActedQube) -> None:
    monitors = Monitors(stage.server.name)
    try:
        for dots_per_mm, times in ((8, 2), (4, 1)):
            monitors.set((0, 0, WIDTH, HEIGHT), dots_per_mm=dots_per_mm)
            frame_becomes(qube, thickness_at(times, TAGGED).managed.left)
            becomes_right(stage, qube, f"at {dots_per_mm} dots a mm", windows=1)
    finally:
        monitors.set()
        monitors.close()


@ONLY_OPENBOX
def test_side_is_never_bare_whenever_the_daemon_stops_and_whoever_resizes(stage: Stage, qube: ActedQube) -> None:
    outer, label = qube.outer(WINDOW), label_named(LABEL)
    for turn, times in enumerate((2, 1, 3, 1.5, 1, 4, 2)):
        say_scale(stage, times)
        for step in range(turn + 1):  # each time it is stopped a little later
            assert bare_px(stage.x, outer.id, label) == 0, f"{times}, step {step}"
        qube.daemon.child.freeze()
        try:
            for size in ((260, 190), (340, 280), (180, 140)):
                outer.configure(width=size[0], height=size[1])
                stage.x.sync()
                assert bare_px(stage.x, outer.id, label) == 0, f"{times}, stopped, {size}"
        finally:
            qube.daemon.child.thaw()
        for size in ((260, 190), (200, 150), (340, 280)):
            outer.configure(width=size[0], height=size[1])
            stage.x.sync()
            assert bare_px(stage.x, outer.id, label) == 0, f"{times}, {size}"
    becomes_right(stage, qube, "at rest", windows=1)


@ONLY_OPENBOX
def test_options_that_frames_are_made_of_count_at_once(stage: Stage, qube: ActedQube) -> None:
    qube.agent.show(POPUP, (840, 500, 120, 90), pseudo_random(120, 90), popup=True)
    stage.judge("two", windows=2)
    label = label_named(LABEL)
    for name, style in (("contrast", CONTRAST), ("no tag", PLAIN), ("a tag", TAGGED)):
        say_style(stage, qube, style)
        assert bare_px(stage.x, qube.outer(WINDOW).id, label) == 0
        becomes_right(stage, qube, name, windows=2)
    assert not resizes(qube)
    say_style(stage, qube, CONTRAST)
    qube.relabel("yellow")
    becomes_right(stage, qube, "another label meanwhile", windows=2)
    qube.agent.show(LATER, (100, 380, 300, 100), pseudo_random(300, 100))
    becomes_right(stage, qube, "a later one", windows=3)


@ONLY_OPENBOX
@pytest.mark.parametrize("states", [("FULLSCREEN",), ("MAXIMIZED_HORZ", "MAXIMIZED_VERT")], ids=lambda each: each[0])
def test_window_that_fills_the_screen_keeps_it(stage: Stage, qube: ActedQube, states: tuple[str, ...]) -> None:
    change_states(stage, qube, 1, states)
    wait_until(lambda: qube.daemon.window(WINDOW)["outer"][2] > 900, what="a window as wide as the screen")
    becomes_right(stage, qube, "large", windows=1)
    before = qube.daemon.window(WINDOW)
    say_scale(stage, 2)
    becomes_right(stage, qube, "large, at 2", windows=1)
    after, (managed, now) = qube.daemon.window(WINDOW), (thickness_at(each, TAGGED).managed for each in (1, 2))
    assert after["outer"] == before["outer"]
    assert after["content"][3] == before["content"][3] + managed.vertical - now.vertical
    told = [each.body for each in qube.agent.received if each.type is MessageType.CONFIGURE and each.window == WINDOW]
    assert list(told[-1][:4]) == after["content"]  # type: ignore[index]
    change_states(stage, qube, 0, states)
    becomes_right(stage, qube, "as large as before", windows=1)
    say_scale(stage, 1)
    becomes_right(stage, qube, "thin again", windows=1)


def change_states(stage: Stage, qube: ActedQube, add: int, states: tuple[str, ...]) -> None:
    """As a pager does."""
    atom = stage.x.intern_atom
    words = [add, *(atom(f"_NET_WM_STATE_{each}") for each in states), *[0] * (2 - len(states)), 2, 0]
    ask = event.ClientMessage(window=qube.outer(WINDOW).id, client_type=atom("_NET_WM_STATE"), data=(32, words))
    mask = X.SubstructureRedirectMask | X.SubstructureNotifyMask
    stage.x.screen().root.send_event(ask, event_mask=mask)
    stage.x.sync()


@ONLY_OPENBOX
def test_qube_that_is_hidden_or_paused_has_the_new_frame_when_it_comes_back(stage: Stage, qube: ActedQube) -> None:
    for aside in ({"hidden": True, "paused": False}, {"hidden": False, "paused": True}):
        qube.daemon.tell({"aside": aside})
        say_scale(stage, 2)
        thick = thickness_at(2, TAGGED).managed.left
        frame_becomes(qube, thick)
        qube.daemon.tell({"aside": {"hidden": False, "paused": False}})
        becomes_right(stage, qube, f"after {aside}", windows=1)
        say_scale(stage, 1)
        becomes_right(stage, qube, "thin again", windows=1)


@ONLY_OPENBOX
def test_tray_icon_gets_a_frame_of_the_new_scale(stage: Stage, qube: ActedQube) -> None:
    tray = stage.put_tray()
    try:
        qube.agent.create(ICON, (0, 0, 22, 22))
        qube.agent.send(MessageType.DOCK, ICON)
        qube.agent.dump(ICON, pseudo_random(22, 22))
        tray.take(tray.wait_asked(1)[0])
        becomes_right(stage, qube, "docked", windows=2)
        before = qube.daemon.window(ICON)["frame_px"]
        say_scale(stage, 2)
        tray.take(tray.wait_asked(2)[1])
        becomes_right(stage, qube, "at 2", windows=2)
        assert qube.daemon.window(ICON)["frame_px"] == 2 * before
    finally:
        stage.take_tray()


def test_window_in_the_window_managers_frame_stays_there() -> None:
    with Stage(manager="awesome") as stage, stage.qube("work", "blue", arguments=BY_WM, style=TAGGED) as qube:
        qube.agent.show(WINDOW, AT, pseudo_random(*AT[2:]))

        def left(px: int) -> bool:
            qube.agree()
            return bool(qube.daemon.window(WINDOW)["frame_px"] == px)

        wait_until(lambda: left(0), what="awesome's frame")
        stage.judge("awesome's", windows=1)
        before = qube.daemon.window(WINDOW)["content"]
        say_scale(stage, 2)
        qube.agent.show(POPUP, (840, 500, 120, 90), pseudo_random(120, 90), popup=True)
        wait_until(lambda: qube.daemon.window(POPUP)["frame_px"] == 4, what="the new scale")
        assert left(0)
        becomes_right(stage, qube, "awesome's, at 2", windows=2)
        assert qube.daemon.window(WINDOW)["content"] == before
        qube.daemon.tell({"options": {"frame": "own"}})
        wait_until(lambda: left(6), what="our own, as thick as they are now")
        becomes_right(stage, qube, "ours, at 2", windows=2)
