"""A qube that shows its whole screen as window 0, as Windows agents do: windows without a picture are cut out of it."""

import contextlib
from collections.abc import Iterator

import numpy as np
import pytest

from protocol.messages import MessageType
from tests.harness.pixels import Pixels, pseudo_random, region
from tests.harness.wait import wait_until
from tests.harness.wm import WindowManager
from tests.harness.xserver import XServer
from tests.integration.daemon_desk import Four, Framed, Person, Qube, wait_framed, wait_shown

pytestmark = pytest.mark.desktop

WIDTH, HEIGHT = 800, 600
SCREEN = 0
PICTURE = pseudo_random(WIDTH, HEIGHT, 7)
EMPTY_RGB = 0x808080


@pytest.fixture(scope="module")
def person() -> Iterator[Person]:
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(XServer(WIDTH, HEIGHT))
        stack.enter_context(WindowManager("openbox", server.name))
        person = Person(server.name)
        stack.callback(person.close)
        yield person


@pytest.fixture
def qube(person: Person) -> Iterator[Qube]:
    """Its screen was sent and is not shown."""
    with Qube(person.x.get_display_name(), label="orange") as qube:
        qube.agent.create(SCREEN, (0, 0, WIDTH, HEIGHT))
        qube.agent.dump(SCREEN, PICTURE)
        yield qube


def bare(qube: Qube, rect: Four, *, popup: bool = False) -> Framed:
    """A window that has no picture of its own, drawn once."""
    remote = qube.new_id()
    qube.agent.create(remote, rect, popup=popup)
    qube.agent.send(MessageType.WINDOW_HINTS, remote, 1, *[0] * 8)
    qube.agent.map(remote, popup=popup)
    qube.agent.damage(remote, (0, 0, rect[2], rect[3]))
    return qube.mapped(remote)


def cut(rect: Four) -> Pixels:
    x, y, width, height = rect
    return PICTURE[y : y + height, x : x + width]


@pytest.mark.parametrize("popup", [False, True])
def test_window_without_a_picture_is_shown_out_of_the_screen(person: Person, qube: Qube, *, popup: bool) -> None:
    window = bare(qube, (200, 150, 120, 90), popup=popup)
    qube.agree()
    place = qube.content(window.remote)
    qube.agent.damage(window.remote, (0, 0, 120, 90))
    wait_shown(qube, person, window.remote, cut(place))
    wait_framed(person, window.xid, 2 if popup else 3, qube.rgb)


def test_part_that_is_damaged_comes_from_its_own_place(person: Person, qube: Qube) -> None:
    window = bare(qube, (200, 150, 120, 90), popup=True)
    wait_shown(qube, person, window.remote, cut((200, 150, 120, 90)))
    changed = PICTURE.copy()
    changed[:] = 0x0000FF
    data = changed.astype("<u4").tobytes()
    qube.agent.write(range(len(data) // 4096), data)
    qube.agent.damage(window.remote, (30, 20, 10, 5))
    expected = cut((200, 150, 120, 90)).copy()
    expected[20:25, 30:40] = 0x0000FF
    wait_shown(qube, person, window.remote, expected)


def test_window_over_the_edge_of_the_screen_shows_what_there_is(person: Person, qube: Qube) -> None:
    window = bare(qube, (400, 300, 100, 80), popup=True)
    wait_shown(qube, person, window.remote, cut((400, 300, 100, 80)))
    small = pseudo_random(450, 340, 9)
    qube.agent.dump(SCREEN, small)
    person.uncover(person.cover((380, 280, 200, 200)))  # all of it is to be drawn again, over what was there
    expected = np.full((80, 100), EMPTY_RGB, np.uint32)
    expected[:40, :50] = small[300:, 400:]
    wait_shown(qube, person, window.remote, expected)


def test_own_picture_goes_before_the_screen_until_it_is_unmapped(person: Person, qube: Qube) -> None:
    own = pseudo_random(60, 40, 3)
    window = bare(qube, (200, 150, 60, 40), popup=True)
    wait_shown(qube, person, window.remote, cut((200, 150, 60, 40)))
    qube.agent.dump(window.remote, own)
    qube.agent.damage(window.remote, (0, 0, 60, 40))
    wait_shown(qube, person, window.remote, own)
    qube.agent.send(MessageType.UNMAP, window.remote)
    qube.agent.map(window.remote, popup=True)
    qube.agent.damage(window.remote, (0, 0, 60, 40))
    wait_shown(qube, person, window.remote, cut((200, 150, 60, 40)))


def test_screen_itself_is_a_framed_window_and_may_be_unmapped(person: Person, qube: Qube) -> None:
    qube.agent.map(SCREEN, popup=True)
    screen = qube.mapped(SCREEN)
    qube.agent.damage(SCREEN, (0, 0, WIDTH, HEIGHT))
    assert not person.window(screen.xid).get_attributes().override_redirect
    person.managed_place(screen.xid, (50, 60, 306, 206))
    wait_framed(person, screen.xid, 3, qube.rgb)
    wait_until(
        lambda: np.array_equal(region(person.picture(), qube.content(SCREEN)), PICTURE[:200, :300]), what="its corner"
    )
    window = bare(qube, (400, 300, 60, 40), popup=True)
    wait_shown(qube, person, window.remote, cut((400, 300, 60, 40)))
    qube.agent.send(MessageType.UNMAP, SCREEN)
    qube.agent.damage(window.remote, (0, 0, 60, 40))
    second = bare(qube, (500, 300, 60, 40), popup=True)
    wait_shown(qube, person, second.remote, cut((500, 300, 60, 40)))


def test_windows_keep_what_they_show_when_the_screen_is_destroyed(person: Person, qube: Qube) -> None:
    window = bare(qube, (200, 150, 60, 40), popup=True)
    wait_shown(qube, person, window.remote, cut((200, 150, 60, 40)))
    qube.destroy(Framed(0, SCREEN))
    qube.agent.damage(window.remote, (0, 0, 60, 40))
    qube.settle()
    wait_shown(qube, person, window.remote, cut((200, 150, 60, 40)))


def test_screen_in_scattered_pages_is_copied_and_cut(person: Person, qube: Qube) -> None:
    height, width = PICTURE.shape
    pages = -(-4 * width * height // 4096)
    refs = [2000 + 2 * number for number in range(pages)]
    qube.agent.dump(SCREEN, PICTURE, refs)
    window = bare(qube, (333, 222, 60, 40), popup=True)
    wait_shown(qube, person, window.remote, cut((333, 222, 60, 40)))


def test_frame_numbers_of_machine_memory_are_refused_by_name(qube: Qube) -> None:
    """MFNDUMP is for the first domain of Xen alone, whose daemon could map all memory."""
    qube.agent.send(MessageType.MFNDUMP, SCREEN, 0, 32, 32, 32, 0, 1, 0, tail=bytes(4))
    line = qube.daemon.expect("violation")["violation"]
    assert "MFNDUMP" in line
    assert qube.agent.closed_by_daemon()
