"""Fullscreen granted: the frame stays, a banner says whose it is, and the person's chord always ends it.

Judged by the pixel oracle, on a desktop with a panel and a real window manager.
"""

from collections.abc import Iterator

import numpy as np
import pytest
from Xlib import X

from guid.core.geometry import Rect
from protocol.codec import encode
from protocol.messages import MessageType
from tests.harness.pixels import Pixels, pseudo_random
from tests.harness.stage import HEIGHT, WIDTH, ActedQube, Stage
from tests.harness.wait import holds_for, wait_until

pytestmark = pytest.mark.desktop

WINDOW, POPUP, OTHER = 0x300001, 0x300002, 0x300003
CONTENT = (200, 150, 300, 200)
SUPER, SHIFT, ESCAPE = 133, 50, 9
SCREEN = Rect(0, 0, WIDTH, HEIGHT)
FULL_CONTENT = (3, 3, WIDTH - 6, HEIGHT - 6)


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with Stage() as found:
        yield found


@pytest.fixture
def qube(stage: Stage) -> Iterator[ActedQube]:
    stage.click(WIDTH - 20, HEIGHT - 20)
    with stage.qube("work", "red", arguments=("--option", "allow_fullscreen = true")) as found:
        found.agent.show(WINDOW, CONTENT, pseudo_random(*CONTENT[2:]))
        stage.focus(found, WINDOW)
        yield found


def outer_of(qube: ActedQube, window: int = WINDOW) -> Rect:
    return Rect(*qube.daemon.window(window)["outer"])


def ask(qube: ActedQube, to_set: int, to_clear: int = 0) -> None:
    qube.agent.send(MessageType.WINDOW_FLAGS, WINDOW, to_set, to_clear)


def echo(qube: ActedQube, after: int = 0) -> int:
    """Echo the CONFIGUREs from number `after` on; returns how many messages there are now."""
    qube.settle()
    qube.agent.acknowledge_configures(after)
    return len(qube.agent.received)


def enter(qube: ActedQube, after: int = 0) -> int:
    ask(qube, 1)
    wait_until(lambda: outer_of(qube) == SCREEN, what="the window on the whole screen")
    return echo(qube, after)


def banner(stage: Stage, qube: ActedQube) -> Rect | None:
    """Where the daemon's one window without children on the root is, if it is on the screen."""
    for window in stage.x.screen().root.query_tree().children:
        attributes = window.get_attributes()
        names = window.list_properties()
        if (
            attributes.map_state == X.IsViewable
            and attributes.override_redirect
            and stage.x.intern_atom("_QUBES_VMNAME") in names
            and not window.query_tree().children
        ):
            place = window.get_geometry()
            assert qube.owner.qube == "work"
            return Rect(place.x, place.y, place.width, place.height)
    return None


def wait_banner(stage: Stage, qube: ActedQube, *, shown: bool = True) -> Rect | None:
    wait_until(lambda: (banner(stage, qube) is not None) is shown, what=f"banner shown: {shown}")
    return banner(stage, qube)


def chord(stage: Stage) -> None:
    for keycode in (SUPER, SHIFT, ESCAPE):
        stage.key(X.KeyPress, keycode)
    for keycode in (ESCAPE, SHIFT, SUPER):
        stage.key(X.KeyRelease, keycode)


def cut(stage: Stage, rect: Rect) -> Pixels:
    return stage.picture()[rect.y : rect.y + rect.height, rect.x : rect.x + rect.width]


def flags_told(qube: ActedQube) -> list[tuple[object, ...]]:
    qube.settle()
    told = [each for each in qube.agent.received if each.type == MessageType.WINDOW_FLAGS and each.window == WINDOW]
    return [tuple(each.body) for each in told if isinstance(each.body, tuple)]


def test_fullscreen_that_is_allowed_covers_the_screen_and_keeps_frame_and_banner(stage: Stage, qube: ActedQube) -> None:
    enter(qube)
    picture = pseudo_random(*FULL_CONTENT[2:])
    qube.agent.dump(WINDOW, picture)
    qube.agent.damage(WINDOW, (0, 0, *FULL_CONTENT[2:]))
    wait_until(lambda: qube.drawn(WINDOW, picture), what="the large picture")
    assert tuple(qube.daemon.window(WINDOW)["content"]) == FULL_CONTENT
    assert flags_told(qube)[0] == (1, 0)
    place = wait_banner(stage, qube)
    assert place is not None
    assert place.y == 0
    assert abs(2 * place.x + place.width - WIDTH) <= 1
    report = stage.judge("fullscreen", windows=1)
    assert report.visible_px > 2 * 3 * (WIDTH + HEIGHT - 100)
    inside = cut(stage, Rect(place.x + 4, place.y + 4, place.width - 8, place.height - 8))
    assert len(np.unique(inside)) > 10, "something is written there"


def test_fullscreen_that_the_app_leaves_is_over_and_so_is_the_banner(stage: Stage, qube: ActedQube) -> None:
    before = outer_of(qube)
    enter(qube)
    wait_banner(stage, qube)
    ask(qube, 0, 1)
    wait_until(lambda: outer_of(qube) == before, what="the window where it was")
    wait_banner(stage, qube, shown=False)
    wait_until(lambda: flags_told(qube) == [(1, 0), (0, 1)], what="the app is told")


def test_popup_cannot_cover_the_banner(stage: Stage, qube: ActedQube) -> None:
    enter(qube)
    place = wait_banner(stage, qube)
    assert place is not None
    before = cut(stage, place)
    wide = place.width + 40
    for number in range(3):
        popup = POPUP + number
        qube.agent.show(popup, (place.x - 20, 40, wide, 60), pseudo_random(wide, 60), popup=True)
        qube.viewable(popup)
        qube.agent.configure(popup, (place.x - 20, 2, wide, 60))
        qube.settle()
        assert np.array_equal(cut(stage, place), before)
    stage.judge("popups at the banner", windows=4)


def test_banner_goes_after_its_time_and_comes_when_the_pointer_touches_the_top(stage: Stage, qube: ActedQube) -> None:
    enter(qube)
    wait_banner(stage, qube)
    wait_until(lambda: banner(stage, qube) is None, timeout_s=20.0, what="the banner gone")
    for y in (300, 100, 5):
        stage.click(WIDTH - 30, y)
    qube.settle()
    assert banner(stage, qube) is None
    stage.point(WIDTH - 30, 0)
    wait_banner(stage, qube)
    stage.judge("the pointer at the top", windows=1)


def test_chord_ends_fullscreen_and_the_qube_cannot_have_it_back_by_itself(stage: Stage, qube: ActedQube) -> None:
    before = outer_of(qube)
    done = enter(qube)
    wait_banner(stage, qube)
    chord(stage)
    wait_until(lambda: outer_of(qube) == before, what="the window where it was")
    wait_banner(stage, qube, shown=False)
    wait_until(lambda: flags_told(qube)[-1:] == [(0, 1)], what="the app is told")
    keys = [each.body for each in qube.agent.received if each.type == MessageType.KEYPRESS]
    assert {body[4] for body in keys if isinstance(body, tuple)} <= {SUPER, SHIFT}
    for to_set, to_clear in [(1, 0), (0, 1)] * 5 + [(1, 0)]:
        done = echo(qube, done)
        ask(qube, to_set, to_clear)
    holds_for(lambda: not is_fullscreen(stage, qube), 1.0, what="no fullscreen")
    wait_until(lambda: outer_of(qube).width == WIDTH, what="a maximised window")
    ask(qube, 0, 1)
    wait_until(lambda: outer_of(qube).width < WIDTH, what="no maximised window either")
    done = echo(qube, done)
    stage.focus(qube, WINDOW)
    qube.agent.expect(MessageType.BUTTON, WINDOW, after=done)
    enter(qube, done)
    wait_banner(stage, qube)


def is_fullscreen(stage: Stage, qube: ActedQube) -> bool:
    """What the window manager says."""
    window = stage.x.create_resource_object("window", qube.outer(WINDOW).id)
    found = window.get_full_property(stage.x.intern_atom("_NET_WM_STATE"), X.AnyPropertyType)
    return found is not None and stage.x.intern_atom("_NET_WM_STATE_FULLSCREEN") in found.value


def test_chord_ends_fullscreen_of_a_qube_that_floods_and_does_not_read(stage: Stage, qube: ActedQube) -> None:
    enter(qube)
    wait_banner(stage, qube)
    again = encode(MessageType.WINDOW_FLAGS, WINDOW, 1, 0) + encode(MessageType.WMNAME, WINDOW, b"x".ljust(128, b"\0"))
    qube.agent.send_raw(again * 2000)
    chord(stage)
    wait_until(lambda: not is_fullscreen(stage, qube), what="no fullscreen")
    holds_for(lambda: not is_fullscreen(stage, qube), 0.5, what="no fullscreen")
    wait_until(lambda: banner(stage, qube) is None, what="no banner")
    qube.lives()
