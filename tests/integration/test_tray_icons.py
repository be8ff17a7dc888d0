"""Tray icons of qubes in stock panels and in a tray that a test plays, which die, come back, and do odd things."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pytest
from Xlib import X, Xatom, error

from colors.dockedicon import IconDrawing, Pixels
from guid.x11.iconlook import look_of
from protocol.limits import MAX_TRAY_ICONS_PER_QUBE
from protocol.messages import MessageType as M
from tests.harness.pixels import Pixels as Picture
from tests.harness.pixels import pseudo_random
from tests.harness.playedtray import PlayedTray
from tests.harness.stage import HEIGHT, WIDTH, ActedQube, Stage
from tests.harness.trays import Tray
from tests.harness.wait import wait_until

pytestmark = pytest.mark.desktop

ICON, SECOND = 0x11, 0x12
SIDE: Final = 22
PLACE: Final = (200, HEIGHT - 26, 400, 26)
DRAWN_MODES: Final = ("bg", "border1", "border2", "tint", "tint+border2+saturation50", "tint+whitehack")
BLACK, WHITE = (np.full((SIDE, SIDE), rgb, np.uint32) for rgb in (0x000000, 0xFFFFFF))


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with Stage() as made:
        yield made


@pytest.fixture
def tray(stage: Stage) -> Iterator[PlayedTray]:
    with PlayedTray(stage.server.name, PLACE) as made:
        yield made


@pytest.fixture
def qube(stage: Stage) -> Iterator[ActedQube]:
    with stage.qube("work", "blue") as made:
        yield made


def dock(qube: ActedQube, window: int, picture: Picture) -> None:
    """As an agent does: create, dock, show."""
    qube.agent.create(window, (5, 5, SIDE, SIDE))
    qube.agent.send(M.DOCK, window)
    qube.agent.dump(window, picture)
    qube.agent.damage(window, (0, 0, picture.shape[1], picture.shape[0]))
    qube.settle()


def content_of(qube: ActedQube, window: int) -> Picture:
    """What its content shows, where the X server has it now."""
    outer = qube.outer(window)
    (content,) = (
        each for each in outer.query_tree().children if each.get_attributes().all_event_masks & X.ButtonPressMask
    )
    size = content.get_geometry()
    place = qube.stage.x.screen().root.translate_coords(content, 0, 0)
    return qube.stage.picture()[place.y : place.y + size.height, place.x : place.x + size.width]


def inside(qube: ActedQube, window: int) -> bool:
    """Whether its outer is on the screen, in a window of a tray."""
    try:
        outer = qube.outer(window)
        parent = outer.query_tree().parent
        return bool(parent != qube.stage.x.screen().root and outer.get_attributes().map_state == X.IsViewable)
    except error.BadWindow:
        return False


def title(qube: ActedQube) -> bytes:
    found = qube.outer(ICON).get_full_property(Xatom.WM_NAME, X.AnyPropertyType)
    return bytes(found.value)


def wait_inside(qube: ActedQube, *windows: int) -> None:
    for window in windows:
        wait_until(lambda: inside(qube, window), 20.0, f"icon {window:#x} in the tray")  # noqa: B023


def wait_shows(qube: ActedQube, window: int, picture: Picture) -> None:
    """Until the content shows the picture's upper left corner, and whatever beyond it."""

    def shows() -> bool:
        found = content_of(qube, window)
        height, width = (min(a, b) for a, b in zip(found.shape, picture.shape, strict=True))
        return bool((found[:height, :width] == picture[:height, :width]).all())

    wait_until(shows, what=f"the picture of icon {window:#x}")


# Stock panels


@pytest.mark.parametrize("name", ["trayer", "xfce4-panel"])
def test_icons_of_two_qubes_are_in_a_stock_panel_and_again_when_it_was_killed(stage: Stage, name: str) -> None:
    with stage.qube("work", "blue") as work, stage.qube("mail", "red") as mail:
        dock(work, ICON, BLACK)  # before there is a tray
        stage.judge("no tray", windows=0)
        with Tray(name, stage.server.name) as panel:
            dock(mail, ICON, WHITE)
            wait_inside(work, ICON)
            wait_inside(mail, ICON)
            stage.judge("in the tray", windows=2)
            wait_shows(work, ICON, BLACK)
            wait_shows(mail, ICON, WHITE)
            work.agree()
            _x, _y, width, height = work.daemon.window(ICON)["outer"]
            assert abs(width - height) <= 1, "no square"
            for times in range(2):
                panel.kill()
                wait_until(lambda: not inside(work, ICON) and not inside(mail, ICON), what="the icons out of it")
                stage.judge("the panel was killed", windows=0)
                work.lives()
                mail.lives()
                panel.start()
                wait_inside(work, ICON)
                wait_inside(mail, ICON)
                stage.judge(f"the panel is back, {times}", windows=2)
                wait_shows(work, ICON, BLACK)
            mail.agent.send(M.DESTROY, ICON)
            mail.settle()
            stage.judge("one destroyed", windows=1)
            panel.stop()
            wait_until(lambda: not inside(work, ICON), what="the icon out of it")
            work.settle()
            stage.judge("the panel has ended", windows=0)


# A played tray


def test_black_and_white_icons_are_framed_in_every_mode_and_drawn_to_the_pixel(
    tray: PlayedTray, qube: ActedQube
) -> None:
    tray.begin()
    dock(qube, ICON, BLACK)
    pictures = [BLACK, WHITE, pseudo_random(SIDE, SIDE), np.pad(WHITE[:8, :8], 7)]
    for number, mode in enumerate(("inset", *DRAWN_MODES, "inset")):
        if number:
            qube.daemon.tell({"options": {"trayicon_mode": mode}})
        tray.take(tray.wait_asked(number + 1)[-1])
        wait_inside(qube, ICON)
        qube.agree()
        _x, _y, width, height = qube.daemon.window(ICON)["content"]
        assert width == height == PLACE[3] - (4 if mode == "inset" else 2)
        for picture in pictures:
            qube.agent.dump(ICON, picture)
            qube.agent.damage(ICON, (3, 3, 2, 2) if mode != "inset" else (0, 0, SIDE, SIDE))
            wait_shows(qube, ICON, as_mode(mode, picture, width, height))
            qube.stage.judge(mode, windows=1)


def as_mode(mode: str, picture: Picture, width: int, height: int) -> Picture:
    look = look_of(mode)
    if look is None:
        return picture
    words = memoryview(picture.astype("<u4").tobytes()).cast("I")
    drawn = IconDrawing(look, 0x3465A4, 0x808080).draw(Pixels(SIDE, SIDE, words), width, height)
    return np.frombuffer(drawn, "<u4").reshape(height, width)


def test_tray_that_takes_icons_with_it_kills_nobody(tray: PlayedTray, qube: ActedQube) -> None:
    tray.begin()
    dock(qube, ICON, BLACK)
    tray.take(tray.wait_asked(1)[0])
    wait_inside(qube, ICON)
    tray.end()
    for _ in range(50):
        qube.agent.damage(ICON, (0, 0, SIDE, SIDE))
    qube.settle()
    qube.lives()
    assert "refused" not in qube.daemon.child.output()
    with PlayedTray(qube.stage.server.name, PLACE) as next_one:
        next_one.begin()
        next_one.take(next_one.wait_asked(1)[0])
        wait_inside(qube, ICON)
        wait_shows(qube, ICON, BLACK)
        qube.stage.judge("in the next tray", windows=1)


@pytest.mark.parametrize("mapped", [False, True], ids=["unmapped", "mapped"])
def test_icon_that_is_put_out_is_nowhere_until_a_tray_begins(
    tray: PlayedTray,
    qube: ActedQube,
    mapped: bool,  # noqa: FBT001
) -> None:
    tray.begin()
    dock(qube, ICON, BLACK)
    first = tray.wait_asked(1)[0]
    tray.take(first)
    wait_inside(qube, ICON)
    tray.put_out(first, mapped=mapped)
    wait_until(lambda: qube.outer(ICON).id != first, what="another outer")
    qube.settle()
    qube.stage.judge("put out", windows=0)
    tray.pump()
    assert tray.asked == [first]
    tray.announce()
    assert tray.wait_asked(2)[1] == qube.outer(ICON).id


def test_tray_that_says_twice_that_it_is_there_is_asked_once(tray: PlayedTray, qube: ActedQube) -> None:
    dock(qube, ICON, BLACK)
    tray.begin()
    tray.announce()
    tray.announce()
    tray.wait_asked(1)
    qube.settle()
    tray.pump()
    assert len(tray.asked) == 1


def test_icons_go_over_to_a_tray_that_takes_the_place_of_one_that_lives(tray: PlayedTray, qube: ActedQube) -> None:
    tray.begin()
    dock(qube, ICON, BLACK)
    tray.take(tray.wait_asked(1)[0])
    wait_inside(qube, ICON)
    with PlayedTray(qube.stage.server.name, (0, 300, 200, 26)) as other:
        other.begin()
        other.take(other.wait_asked(1)[0])
        wait_inside(qube, ICON)
        qube.stage.judge("in the other tray", windows=1)


def test_tray_whose_visual_is_another_and_that_says_nothing_has_the_icon_too(stage: Stage, qube: ActedQube) -> None:
    deep = next(each for each in stage.x.screen().allowed_depths if each.depth == 32)
    visual = deep.visuals[0].visual_id
    with PlayedTray(stage.server.name, PLACE, visual=visual) as tray:
        tray.begin()
        dock(qube, ICON, WHITE)
        tray.take(tray.wait_asked(1)[0], tell=False)
        wait_inside(qube, ICON)
        wait_shows(qube, ICON, WHITE)
        stage.judge("in a tray of depth 32", windows=1)


def test_sizes_of_the_tray_reach_the_agent_and_the_icon_fills_them(tray: PlayedTray, qube: ActedQube) -> None:
    tray.begin()
    picture = pseudo_random(60, 60)
    dock(qube, ICON, picture)
    outer = tray.wait_asked(1)[0]
    tray.take(outer)
    for width, height in ((26, 26), (40, 22), (5, 3), (48, 26)):
        before = len(qube.agent.received)
        tray.resize(outer, width, height)
        size = max(1, width - 4), max(1, height - 4)

        def told(size: tuple[int, int] = size, before: int = before) -> bool:
            qube.agree()
            done = qube.agent.received[before:]
            return any(each.type is M.CONFIGURE and each.body[2:4] == size for each in done)  # type: ignore[index]

        if (width, height) != (26, 26):
            wait_until(told, what=f"{size} told")
        if min(width, height) > 4:  # else it is all frame
            wait_shows(qube, ICON, picture)
        qube.stage.judge(f"{width}x{height}", windows=1)


def test_agent_cannot_make_its_icon_large_or_a_window(tray: PlayedTray, qube: ActedQube) -> None:
    tray.begin()
    qube.agent.create(ICON, (0, 0, WIDTH, HEIGHT), popup=True)
    qube.agent.send(M.WINDOW_HINTS, ICON, 16 | 32 | 64 | 256, 900, 900, 0, 0, 300, 300, 900, 900)
    qube.agent.send(M.DOCK, ICON)
    outer = tray.wait_asked(1)[0]
    icon: Any = tray.x.create_resource_object("window", outer)
    size, hints = icon.get_geometry(), icon.get_wm_normal_hints()
    assert (size.width, size.height, hints.min_width, hints.min_height) == (24, 24, 24, 24)
    qube.agent.map(ICON, popup=True)
    qube.agent.configure(ICON, (0, 0, WIDTH, HEIGHT))
    qube.agent.send(M.WINDOW_HINTS, ICON, 16 | 256, 900, 900, 0, 0, 0, 0, 900, 900)
    qube.agent.send(M.WINDOW_FLAGS, ICON, 7, 0)
    qube.settle()
    assert icon.get_wm_normal_hints().min_width == 24
    assert qube.outer(ICON).id == outer
    qube.stage.judge("asked, and not taken yet", windows=0)


def test_flood_of_icons_fills_no_panel(tray: PlayedTray, qube: ActedQube) -> None:
    tray.begin()
    for window in range(0x100, 0x100 + 3 * MAX_TRAY_ICONS_PER_QUBE):
        qube.agent.create(window, (0, 0, SIDE, SIDE))
        for _ in range(3):
            qube.agent.send(M.DOCK, window)
    qube.settle()
    tray.wait_asked(MAX_TRAY_ICONS_PER_QUBE)
    assert len(set(tray.asked)) == len(tray.asked) == MAX_TRAY_ICONS_PER_QUBE
    assert f"{MAX_TRAY_ICONS_PER_QUBE} icons already" in qube.daemon.child.output()


def test_buttons_reach_the_qube_and_keys_and_the_focus_do_not(tray: PlayedTray, qube: ActedQube) -> None:
    tray.begin()
    dock(qube, ICON, WHITE)
    outer = tray.wait_asked(1)[0]
    tray.take(outer)
    wait_inside(qube, ICON)
    before = len(qube.agent.received)
    qube.stage.click(PLACE[0] + 13, PLACE[1] + 13)
    qube.agent.expect(M.BUTTON, ICON, after=before)
    crossing = qube.agent.expect(M.CROSSING, ICON, after=before)
    assert crossing.body[0] == X.EnterNotify  # type: ignore[index]
    icon: Any = tray.x.create_resource_object("window", outer)
    icon.set_input_focus(X.RevertToParent, X.CurrentTime)
    tray.x.sync()
    for kind in (X.KeyPress, X.KeyRelease):
        qube.stage.key(kind, 38)
    qube.settle()
    kinds = {each.type for each in qube.agent.received[before:]}
    assert not kinds & {M.KEYPRESS, M.FOCUS}
    qube.stage.point(5, 500)


def test_place_is_told_anew_when_the_panel_has_moved_and_the_pointer_comes(tray: PlayedTray, qube: ActedQube) -> None:
    tray.begin()
    dock(qube, ICON, WHITE)
    tray.take(tray.wait_asked(1)[0])
    wait_inside(qube, ICON)
    qube.agree()
    assert qube.daemon.window(ICON)["outer"][:2] == [PLACE[0], PLACE[1]]
    tray.panel.configure(x=50, y=400)
    tray.x.sync()
    qube.stage.point(63, 413)
    wait_until(lambda: qube.daemon.window(ICON)["outer"][:2] == [50, 400], what="the new place")
    qube.stage.point(5, 500)


def test_popup_of_an_icon_is_framed_as_any_other(tray: PlayedTray, qube: ActedQube) -> None:
    tray.begin()
    dock(qube, ICON, WHITE)
    tray.take(tray.wait_asked(1)[0])
    wait_inside(qube, ICON)
    qube.agent.show(SECOND, (300, 500, 80, 60), pseudo_random(80, 60), popup=True)
    qube.settle()
    qube.stage.judge("icon and menu", windows=2)
    assert qube.outer(SECOND).query_tree().parent.id == qube.stage.x.screen().root.id


def test_relabelled_icon_wears_the_new_colour_in_its_edge_and_its_tint(stage: Stage, tray: PlayedTray) -> None:
    tray.begin()
    with stage.qube("work", "blue", arguments=("--option", 'trayicon_mode = "tint"')) as qube:
        dock(qube, ICON, np.full((SIDE, SIDE), 0x808080, np.uint32))
        tray.take(tray.wait_asked(1)[0])
        wait_inside(qube, ICON)
        qube.relabel("red")
        wait_shows(qube, ICON, np.full((SIDE, SIDE), 0xFF0000, np.uint32))
        stage.judge("red", windows=1)


def test_hidden_qube_has_no_icon_in_the_tray_and_gets_it_back(tray: PlayedTray, qube: ActedQube) -> None:
    tray.begin()
    dock(qube, ICON, WHITE)
    tray.take(tray.wait_asked(1)[0])
    wait_inside(qube, ICON)
    qube.daemon.tell({"aside": {"hidden": True, "paused": False}})
    wait_until(lambda: not inside(qube, ICON), what="no icon")
    dock(qube, SECOND, BLACK)
    qube.settle()
    tray.pump()
    assert len(tray.asked) == 1
    qube.daemon.tell({"aside": {"hidden": False, "paused": False}})
    for window in tray.wait_asked(3)[1:]:
        tray.take(window)
    wait_inside(qube, ICON, SECOND)
    qube.stage.judge("back", windows=2)


def test_paused_qube_keeps_its_icon_and_hears_no_button(tray: PlayedTray, qube: ActedQube) -> None:
    tray.begin()
    dock(qube, ICON, WHITE)
    tray.take(tray.wait_asked(1)[0])
    wait_inside(qube, ICON)
    qube.daemon.tell({"aside": {"hidden": False, "paused": True}})
    wait_until(lambda: b"[paused]" in title(qube), what="that it is paused")
    before = len(qube.agent.received)
    qube.stage.click(PLACE[0] + 13, PLACE[1] + 13)
    wait_shows(qube, ICON, WHITE)
    qube.daemon.tell({"aside": {"hidden": False, "paused": False}})
    qube.settle()
    assert not any(each.type is M.BUTTON for each in qube.agent.received[before:])
    qube.stage.point(5, 500)
