"""Menus: kept in the work area, cut, told where they are, and never turned from or into what they were mapped as."""

from collections.abc import Iterator

import pytest

from protocol.messages import MessageType
from tests.harness.pixels import pseudo_random
from tests.harness.wait import holds_for, wait_until
from tests.integration.daemon_desk import Four, Framed, Qube, wait_framed, wait_shown
from tests.integration.daemon_scene import Scene, managed_scene

pytestmark = pytest.mark.desktop

WIDTH, HEIGHT = 1000, 700
POPUP_PX, MANAGED_PX = 2, 3


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with managed_scene(WIDTH, HEIGHT) as started:
        yield started


def frame(content: Four, px: int) -> Four:
    x, y, width, height = content
    return (x - px, y - px, width + 2 * px, height + 2 * px)


def told(qube: Qube, window: Framed, after: int) -> Four:
    """The content geometry of the CONFIGURE that the agent got."""
    body = qube.agent.expect(MessageType.CONFIGURE, window.remote, after=after).body
    assert isinstance(body, tuple)
    x, y, width, height, popup = body
    assert popup in (0, 1)
    return (x, y, width, height)


@pytest.mark.parametrize(
    ("asked", "granted"),
    [
        ((-50, 300, 120, 60), (2, 300, 120, 60)),
        ((950, 300, 120, 60), (878, 300, 120, 60)),
        ((300, -20, 120, 60), (300, 2, 120, 60)),
        ((300, 690, 120, 60), (300, 638, 120, 60)),
        ((-50, -20, 120, 60), (2, 2, 120, 60)),
        ((990, 690, 120, 60), (878, 638, 120, 60)),
        ((-10, 300, 3000, 60), (2, 300, 996, 60)),
        ((300, -300, 60, 3000), (300, 2, 60, 696)),
    ],
    ids=["left", "right", "top", "bottom", "top-left", "bottom-right", "too-wide", "too-high"],
)
def test_popup_over_an_edge_is_kept_on_screen_and_told(scene: Scene, asked: Four, granted: Four) -> None:
    person, qube = scene
    picture = pseudo_random(asked[2], asked[3])
    after = len(qube.agent.received)
    window = qube.show(asked, picture, popup=True)
    assert told(qube, window, after) == granted
    wait_until(lambda: person.outer(window.xid) == frame(granted, POPUP_PX), what="the popup in the work area")
    wait_framed(person, window.xid, POPUP_PX, qube.rgb)
    wait_shown(qube, person, window.remote, picture[: granted[3], : granted[2]])
    qube.agent.configure(window.remote, granted)
    qube.destroy(window)
    configures = [each for each in qube.agent.received[after:] if each.type == MessageType.CONFIGURE]
    assert len(configures) == 1, "told once"


def test_popup_wholly_off_the_screen_stays_there_until_it_is_moved(scene: Scene) -> None:
    person, qube = scene
    window = qube.show((-400, -400, 120, 60), pseudo_random(120, 60), popup=True)
    assert person.outer(window.xid) == (-402, -402, 124, 64)
    qube.agent.configure(window.remote, (-100, 300, 120, 60))
    wait_until(lambda: person.outer(window.xid) == (0, 298, 124, 64), what="the popup on the screen")
    wait_framed(person, window.xid, POPUP_PX, qube.rgb)
    qube.destroy(window)


def test_popup_is_kept_out_of_panels(scene: Scene) -> None:
    person, qube = scene
    whole = person.numbers(person.root.id, "_NET_WORKAREA")
    person.set_work_area((0, 40, WIDTH, HEIGHT - 80))
    try:
        window = qube.show((300, 0, 120, 60), pseudo_random(120, 60), popup=True)
        wait_until(lambda: person.outer(window.xid) == (298, 40, 124, 64), what="the popup below the panel")
        person.set_work_area((0, 100, WIDTH, HEIGHT - 200))
        wait_until(lambda: person.outer(window.xid) == (298, 100, 124, 64), what="the popup below the larger panel")
        wait_framed(person, window.xid, POPUP_PX, qube.rgb)
        qube.destroy(window)
    finally:
        person.set_work_area((whole[0], whole[1], whole[2], whole[3]))


def test_popup_over_ninety_percent_becomes_managed_with_its_frame(scene: Scene) -> None:
    person, qube = scene
    window = qube.show((10, 10, 960, 660), pseudo_random(960, 660), popup=True)
    assert not qube.daemon.window(window.remote)["override_redirect"]
    assert not person.window(window.xid).get_attributes().override_redirect
    wait_until(lambda: person.property(window.xid, "WM_STATE"), what="the window manager takes it")
    wait_framed(person, window.xid, MANAGED_PX, qube.rgb, sides=2)
    person.managed_place(window.xid, (30, 40, 400, 300))
    wait_framed(person, window.xid, MANAGED_PX, qube.rgb)
    qube.destroy(window)


def test_popups_that_would_cover_the_work_area_together_are_managed_but_for_the_first(scene: Scene) -> None:
    person, qube = scene
    first = qube.show((10, 10, 480, 680), pseudo_random(480, 680), popup=True)
    second = qube.show((510, 10, 480, 680), pseudo_random(480, 680), popup=True)
    kinds = [bool(person.window(each.xid).get_attributes().override_redirect) for each in (first, second)]
    assert kinds == [True, False]
    wait_until(lambda: person.property(second.xid, "WM_STATE"), what="the window manager takes it")
    person.managed_place(second.xid, (520, 40, 300, 200))
    wait_framed(person, first.xid, POPUP_PX, qube.rgb)
    qube.destroy(first)
    wait_framed(person, second.xid, MANAGED_PX, qube.rgb)
    qube.destroy(second)


def test_mapped_popup_that_grows_over_ninety_percent_becomes_managed_with_its_frame(scene: Scene) -> None:
    person, qube = scene
    window = qube.show((100, 100, 200, 150), pseudo_random(200, 150), popup=True)
    wait_framed(person, window.xid, POPUP_PX, qube.rgb)
    qube.agent.configure(window.remote, (10, 20, 970, 660))
    wait_until(lambda: qube.daemon.window(window.remote)["frame_px"] == MANAGED_PX, what="the other kind")
    window = qube.mapped(window.remote)
    wait_until(lambda: person.property(window.xid, "WM_STATE"), what="the window manager takes it")
    person.managed_place(window.xid, (30, 40, 400, 300))
    wait_framed(person, window.xid, MANAGED_PX, qube.rgb)
    with qube.frozen():
        for outer in ((30, 40, 300, 200), (30, 40, 500, 400), (60, 80, 200, 150)):
            person.managed_place(window.xid, outer)
            wait_framed(person, window.xid, MANAGED_PX, qube.rgb)
    qube.destroy(window)


@pytest.mark.parametrize("popup", [False, True], ids=["managed", "popup"])
def test_kind_cannot_change_after_map(scene: Scene, *, popup: bool) -> None:
    person, qube = scene
    window = qube.show((100, 100, 200, 150), pseudo_random(200, 150), popup=popup)
    wait_framed(person, window.xid, POPUP_PX if popup else MANAGED_PX, qube.rgb)
    wait_until(lambda: popup or person.property(window.xid, "WM_STATE"), what="the window manager takes it")
    qube.agree()
    qube.agent.map(window.remote, popup=not popup)
    qube.agent.send(MessageType.CONFIGURE, window.remote, 120, 120, 210, 160, int(not popup))
    wait_until(lambda: person.outer(window.xid)[2] == 210 + (4 if popup else 6), what="the resize is done")
    assert bool(person.window(window.xid).get_attributes().override_redirect) is popup
    wait_framed(person, window.xid, POPUP_PX if popup else MANAGED_PX, qube.rgb)
    qube.destroy(window)


@pytest.mark.parametrize("popup_first", [False, True], ids=["managed-then-popup", "popup-then-managed"])
def test_kind_may_change_between_two_maps_and_the_frame_with_it(scene: Scene, *, popup_first: bool) -> None:
    person, qube = scene
    picture = pseudo_random(200, 150)
    content = (100, 100, 200, 150)
    window = qube.show(content, picture, popup=popup_first)
    wait_framed(person, window.xid, POPUP_PX if popup_first else MANAGED_PX, qube.rgb)
    qube.agent.send(MessageType.UNMAP, window.remote)
    qube.agent.map(window.remote, popup=not popup_first)
    qube.agent.dump(window.remote, picture)
    qube.agent.damage(window.remote, (0, 0, 200, 150))
    px = MANAGED_PX if popup_first else POPUP_PX
    wait_until(lambda: qube.daemon.window(window.remote)["frame_px"] == px, what="the other kind")
    window = qube.mapped(window.remote)
    wait_until(lambda: person.outer(window.xid)[2:] == (200 + 2 * px, 150 + 2 * px), what="the other outer")
    wait_framed(person, window.xid, px, qube.rgb)
    wait_until(lambda: person.outer(window.xid) == qube.outer(window.remote), what="both mean the same place")
    wait_shown(qube, person, window.remote, picture)
    place = person.place if not popup_first else person.managed_place
    with qube.frozen():
        for outer in ((60, 80, 150, 100), (60, 80, 300, 250), (60, 80, 90, 60)):
            place(window.xid, outer)
            wait_framed(person, window.xid, px, qube.rgb)
    qube.destroy(window)


def test_popup_moved_by_another_program_comes_back(scene: Scene) -> None:
    person, qube = scene
    window = qube.show((100, 100, 200, 150), pseudo_random(200, 150), popup=True)
    person.place(window.xid, (-5, -5, WIDTH + 10, HEIGHT + 10))
    wait_until(lambda: person.outer(window.xid) == (98, 98, 204, 154), what="the popup back in its place")
    wait_framed(person, window.xid, POPUP_PX, qube.rgb)
    qube.destroy(window)


def test_agent_that_insists_on_its_place_does_not_play_ping_pong(scene: Scene) -> None:
    qube = scene.qube
    asked = (950, 300, 120, 60)
    after = len(qube.agent.received)
    window = qube.show(asked, pseudo_random(120, 60), popup=True)
    told(qube, window, after)
    for _ in range(20):
        qube.agent.configure(window.remote, asked)
    qube.agent.poll()
    qube.destroy(window)
    assert len([each for each in qube.agent.received[after:] if each.type == MessageType.CONFIGURE]) == 1


def test_popup_is_above_a_managed_window_that_is_raised_before_it(scene: Scene) -> None:
    person, qube = scene
    below = qube.show((100, 100, 400, 300), pseudo_random(400, 300))
    person.activate(below.xid)
    above = qube.show((150, 150, 100, 80), pseudo_random(100, 80), popup=True)
    wait_framed(person, above.xid, POPUP_PX, qube.rgb)
    holds_for(lambda: person.focus() == below.xid, 0.05, what="the focus stays where it was")
    qube.destroy(above, below)
