"""The tint of contents that do not have the focus: every pixel blended once, on a real X server, by a real focus."""

import contextlib
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pytest

from colors.labels import label_named, told
from guid.core.aside import Aside
from tests.harness.pixels import Pixels, pseudo_random, region
from tests.harness.wait import wait_until
from tests.harness.wm import WindowManager
from tests.harness.xserver import XServer
from tests.integration.daemon_desk import Framed, Person, Qube, wait_framed

pytestmark = pytest.mark.desktop

Channels = npt.NDArray[np.float64]

PERCENT = 40
SIZE = (301, 203)
LEFT, RIGHT, MENU = (40, 60, *SIZE), (450, 60, *SIZE), (60, 350, 120, 90)
OTHER = (450, 350, 200, 120)


CROSSING = ((0, 100, 301, 5), (150, 0, 5, 203), (0, 102, 301, 6))
"""Overlapping, and so much smaller than what is around them that they are drawn as they are."""


class Desk(NamedTuple):
    person: Person
    qube: Qube
    elsewhere: Framed
    """A window of another qube, for the focus to go to."""


@pytest.fixture(scope="module")
def person() -> Iterator[Person]:
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(XServer(800, 600))
        stack.enter_context(WindowManager("openbox", server.name))
        found = Person(server.name)
        stack.callback(found.close)
        yield found


@pytest.fixture(scope="module")
def elsewhere(person: Person) -> Iterator[Framed]:
    with Qube(person.x.get_display_name(), name="other", label="red") as other:
        yield other.show(OTHER, pseudo_random(*OTHER[2:]))


@pytest.fixture
def desk(person: Person, elsewhere: Framed) -> Iterator[Desk]:
    with Qube(
        person.x.get_display_name(), label="orange", arguments=("--option", f"tint_unfocused = {PERCENT}")
    ) as qube:
        yield Desk(person, qube, elsewhere)


def blended(picture: Pixels, rgb: int, percent: int = PERCENT) -> Channels:
    """The picture's channels (height, width, 3) under so much of a colour."""
    colour = np.array([rgb & 0xFF, rgb >> 8 & 0xFF, rgb >> 16], float)
    alpha = round(255 * percent / 100) / 255
    return channels(picture) * (1 - alpha) + colour * alpha


def channels(picture: Pixels) -> Channels:
    return np.ascontiguousarray(picture).view(np.uint8).reshape(*picture.shape, 4)[:, :, :3].astype(float)


def wait_tinted(desk: Desk, remote: int, picture: Pixels, *, percent: int = PERCENT, label: str = "orange") -> None:
    """Wait until every pixel of the content is the picture's, blended once with the label's colour, by 1 at most."""
    expected = blended(picture, label_named(label).rgb, percent)

    def look() -> bool:
        shown = region(desk.person.picture(), desk.qube.content(remote))
        return shown.shape == picture.shape and float(np.abs(channels(shown) - expected).max()) <= 1

    wait_until(look, what=f"{percent} % of {label} over {remote:#x}")


def wait_clear(desk: Desk, remote: int, picture: Pixels) -> None:
    wait_tinted(desk, remote, picture, percent=0)


def drawn(desk: Desk) -> None:
    """Everything that was damaged until now is on the screen."""
    mark = np.full((1, 1), 0xABCDEF, np.uint32)
    window = desk.qube.show((790, 590, 1, 1), mark, popup=True)
    x, y, _w, _h = desk.qube.content(window.remote)
    background = 0x808080
    wait_until(lambda: desk.person.picture()[y, x] != background, what="a later damage")
    desk.qube.destroy(window)


def test_content_is_tinted_while_its_window_does_not_have_the_focus(desk: Desk) -> None:
    first, second = pseudo_random(*SIZE, seed=1), pseudo_random(*SIZE, seed=2)
    left, right = desk.qube.show(LEFT, first), desk.qube.show(RIGHT, second)
    desk.person.activate(left.xid)
    wait_clear(desk, left.remote, first)
    wait_tinted(desk, right.remote, second)
    desk.person.activate(right.xid)
    wait_tinted(desk, left.remote, first)
    wait_clear(desk, right.remote, second)
    desk.person.activate(desk.elsewhere.xid)
    wait_tinted(desk, left.remote, first)
    wait_tinted(desk, right.remote, second)
    for window in (left, right):
        wait_framed(desk.person, window.xid, 3, desk.qube.rgb)


def test_popup_is_tinted_while_no_window_of_its_qube_has_the_focus(desk: Desk) -> None:
    picture, menu = pseudo_random(*SIZE), pseudo_random(*MENU[2:], seed=3)
    window = desk.qube.show(LEFT, picture)
    desk.person.activate(window.xid)
    popup = desk.qube.show(MENU, menu, popup=True)
    wait_clear(desk, popup.remote, menu)
    desk.person.activate(desk.elsewhere.xid)
    wait_tinted(desk, popup.remote, menu)
    wait_framed(desk.person, popup.xid, 2, desk.qube.rgb)
    desk.person.activate(window.xid)
    wait_clear(desk, popup.remote, menu)


@pytest.mark.parametrize("runs", [1, 5, 100])
def test_damage_is_blended_once_however_often_it_comes(desk: Desk, runs: int) -> None:
    """In one run; in several, drawn where they are; in so many that they are copied first."""
    picture = pseudo_random(*SIZE, seed=runs)
    window = desk.qube.show(LEFT, picture)
    desk.person.activate(desk.elsewhere.xid)
    wait_tinted(desk, window.remote, picture)
    changed = pseudo_random(*SIZE, seed=runs + 50)
    pages = -(-4 * SIZE[0] * SIZE[1] // 4096)
    desk.qube.agent.dump(window.remote, changed, refs=scattered(pages, runs))
    for _ in range(4):
        for rect in ((0, 0, 200, 150), (100, 50, 201, 153), (0, 140, 301, 63), (150, 0, 151, 60), (7, 7, 1, 1)):
            desk.qube.agent.damage(window.remote, rect)
        desk.qube.settle()
        with desk.qube.frozen():  # so that they are drawn together, and overlap in one batch
            for rect in CROSSING:
                desk.qube.agent.damage(window.remote, rect)
    drawn(desk)
    wait_tinted(desk, window.remote, changed)


def scattered(pages: int, runs: int) -> list[int]:
    """References to `pages` pages in `runs` runs, with a hole after each."""
    each, more = divmod(pages, runs)
    refs: list[int] = []
    first = 300
    for number in range(runs):
        count = each + (number < more)
        refs += range(first, first + count)
        first += count + 1
    return refs


def test_what_was_covered_is_blended_once_when_it_is_seen_again(desk: Desk) -> None:
    picture = pseudo_random(*SIZE)
    window = desk.qube.show(LEFT, picture)
    desk.person.activate(desk.elsewhere.xid)
    wait_tinted(desk, window.remote, picture)
    for rect in ((0, 0, 200, 200), (100, 100, 77, 66)):
        desk.person.uncover(desk.person.cover(rect))
        wait_tinted(desk, window.remote, picture)


def test_another_label_counts_at_once(desk: Desk) -> None:
    picture = pseudo_random(*SIZE)
    window = desk.qube.show(LEFT, picture)
    desk.person.activate(desk.elsewhere.xid)
    wait_tinted(desk, window.remote, picture)
    desk.qube.daemon.tell({"label": told(label_named("green"))})
    wait_tinted(desk, window.remote, picture, label="green")


def test_option_counts_at_once_in_a_qube_that_runs(desk: Desk) -> None:
    picture = pseudo_random(*SIZE)
    window = desk.qube.show(LEFT, picture)
    desk.person.activate(desk.elsewhere.xid)
    for percent in (0, 60, 7, 0, PERCENT):
        desk.qube.daemon.tell({"options": {"tint_unfocused": percent}})
        wait_tinted(desk, window.remote, picture, percent=percent)
    desk.person.activate(window.xid)
    wait_clear(desk, window.remote, picture)


def test_windows_shown_out_of_the_picture_of_the_screen_are_tinted_too(desk: Desk) -> None:
    screen = pseudo_random(800, 600, seed=9)
    window = desk.qube.new_id()
    desk.qube.agent.create(0, (0, 0, 800, 600))
    desk.qube.agent.dump(0, screen)
    desk.qube.agent.create(window, MENU, popup=True)
    desk.qube.agent.map(window, popup=True)
    desk.qube.mapped(window)
    desk.qube.agent.damage(window, (0, 0, *MENU[2:]))
    desk.person.activate(desk.elsewhere.xid)
    x, y, width, height = desk.qube.content(window)
    wait_tinted(desk, window, screen[y : y + height, x : x + width])


def test_sign_of_a_paused_qube_is_not_tinted(desk: Desk) -> None:
    picture = pseudo_random(*SIZE)
    window = desk.qube.show(LEFT, picture)
    desk.person.activate(window.xid)
    wait_clear(desk, window.remote, picture)
    desk.qube.daemon.tell(Aside(paused=True).packet())

    def shown() -> Pixels:
        return region(desk.person.picture(), desk.qube.content(window.remote)).copy()

    wait_until(lambda: bool((shown() != picture).any()), what="the sign")
    before = shown()
    rows, columns = np.nonzero(before != picture)
    sign = np.zeros_like(picture, dtype=bool)
    sign[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1] = True
    desk.person.activate(desk.elsewhere.xid)
    expected = blended(picture, label_named("orange").rgb)
    wait_until(lambda: float(np.abs(channels(shown()) - expected)[~sign].max()) <= 1, what="a tint around the sign")
    assert (shown()[sign] == before[sign]).all()


def test_server_without_render_shows_contents_as_they_are(person: Person) -> None:
    del person
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(XServer(800, 600, extra=("-extension", "RENDER")))
        plain = Person(server.name)
        stack.callback(plain.close)
        qube = stack.enter_context(Qube(server.name, label="red", arguments=("--option", "tint_unfocused = 40")))
        picture = pseudo_random(*SIZE)
        window = qube.show(LEFT, picture)
        wait_until(lambda: bool((region(plain.picture(), qube.content(window.remote)) == picture).all()), what="it")
        assert qube.daemon.child.output().count("tint_unfocused has no effect") == 1
