"""Frames of several qubes on one desktop: each in its own label's colour, whatever lies beside it."""

import contextlib
from collections.abc import Iterator

import pytest

from colors.labels import STANDARD
from tests.harness.pixels import pseudo_random
from tests.harness.xserver import XServer
from tests.integration.daemon_desk import Person, Qube, wait_framed

pytestmark = pytest.mark.desktop


@pytest.fixture
def person(desktop: XServer) -> Iterator[Person]:
    with contextlib.closing(Person(desktop.name)) as found:
        yield found


def test_every_label_frames_windows_and_menus_in_its_colour(desktop: XServer, person: Person) -> None:
    with contextlib.ExitStack() as stack:
        qubes = [stack.enter_context(Qube(desktop.name, name=label, label=label)) for label in STANDARD]
        framed = []
        for number, qube in enumerate(qubes):
            x, y = 40 + number % 4 * 400, 60 + number // 4 * 400
            framed.append((qube, qube.show((x, y, 150, 101), pseudo_random(150, 101)), 3))
            framed.append((qube, qube.show((x + 200, y, 99, 120), pseudo_random(99, 120), popup=True), 2))
        for qube, window, px in framed:
            wait_framed(person, window.xid, px, qube.rgb)
        assert len({qube.rgb for qube in qubes}) == len(STANDARD)


def test_qube_cannot_draw_its_neighbours_frame_over_its_own(desktop: XServer, person: Person) -> None:
    """A picture that is all one label's colour, in a window of another label."""
    with Qube(desktop.name, name="evil", label="red") as evil:
        blue = STANDARD["blue"].rgb
        picture = pseudo_random(200, 100)
        picture[:] = blue
        for popup, px in ((False, 3), (True, 2)):
            window = evil.show((300, 300, 200, 100), picture, popup=popup)
            evil.agent.damage(window.remote, (0, 0, 16_384, 6_144))
            wait_framed(person, window.xid, px, evil.rgb)
            evil.destroy(window)
