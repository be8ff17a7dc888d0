"""Every managed window has an icon: its program's in the label's hue, or the label's own. A real daemon and desktop."""

import contextlib
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from Xlib.error import BadWindow

from colors.iconimage import IconImage
from colors.labels import STANDARD, Label, told
from protocol.extensions import EXT_VERSION, Feature
from protocol.messages import MessageType as M
from tests.harness.icons import argb_words, drawn, icons_of, in_label, of_label
from tests.harness.pixels import pseudo_random
from tests.harness.wait import wait_until
from tests.harness.wm import WindowManager
from tests.harness.xserver import XServer
from tests.integration.daemon_desk import Framed, Person, Qube

pytestmark = pytest.mark.desktop

BLUE, ORANGE = STANDARD["blue"], STANDARD["orange"]
PLACE = (100, 150, 300, 200)


class Desk(NamedTuple):
    person: Person
    qube: Qube

    def icons(self, window: Framed | int) -> list[IconImage]:
        xid = window if isinstance(window, int) else window.xid
        try:
            return icons_of(self.person.window(xid))
        except BadWindow:
            return []

    def send(self, remote: int, *images: IconImage) -> None:
        self.qube.agent.send(M.ICON, remote, tail=argb_words(images))

    def wait(self, window: Framed | int, expected: list[IconImage], what: str) -> None:
        wait_until(lambda: self.icons(window) == expected, what=what)

    def show(self, *, popup: bool = False) -> Framed:
        return self.qube.show(PLACE, pseudo_random(*PLACE[2:]), popup=popup)


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(XServer(1000, 700))
        stack.enter_context(WindowManager("openbox", server.name))
        person = Person(server.name)
        stack.callback(person.close)
        qube = stack.enter_context(Qube(server.name))
        qube.agent.send(M.EXT_HELLO, 0, EXT_VERSION, Feature.ICON)
        yield Desk(person, qube)


@pytest.fixture
def window(desk: Desk) -> Iterator[Framed]:
    shown = desk.show()
    yield shown
    desk.qube.destroy(shown)


def test_window_without_an_icon_has_the_labels_in_every_size(desk: Desk, window: Framed) -> None:
    desk.wait(window, of_label(BLUE, "work"), "the label's icon")
    assert [image.width for image in desk.icons(window)] == [16, 24, 32, 48, 64, 128]


def test_programs_icon_is_shown_in_the_labels_hue_pixel_for_pixel(desk: Desk, window: Framed) -> None:
    images = [drawn(128, 128), drawn(16, 16, seed=5), drawn(1, 1), drawn(7, 90)]
    desk.send(window.remote, *images)
    desk.wait(window, in_label(images, BLUE), "the program's icon")
    assert {image.pixels[at] for image in desk.icons(window) for at in range(3, len(image.pixels), 4)} == {0xFF}


def test_icon_changes_and_goes_at_run_time(desk: Desk, window: Framed) -> None:
    for seed in (1, 2):
        desk.send(window.remote, drawn(32, 32, seed))
        desk.wait(window, in_label([drawn(32, 32, seed)], BLUE), "another icon")
    desk.send(window.remote)
    desk.wait(window, of_label(BLUE, "work"), "the label's icon again")


def test_icon_that_was_told_before_the_window_is_shown_is_there_then(desk: Desk) -> None:
    remote = desk.qube.new_id()
    desk.qube.agent.create(remote, PLACE)
    desk.send(remote, drawn(20, 20))
    desk.qube.agent.map(remote)
    shown = desk.qube.mapped(remote)
    desk.wait(shown, in_label([drawn(20, 20)], BLUE), "the program's icon")
    desk.qube.destroy(shown)


def test_popup_has_no_icon_until_it_is_a_managed_window(desk: Desk) -> None:
    """Another kind is another outer: it has the icon that was told to the one before."""
    popup = desk.show(popup=True)
    desk.send(popup.remote, drawn(20, 20))
    later = desk.show()
    desk.wait(later, of_label(BLUE, "work"), "the icon of a window that came later")
    assert desk.icons(popup) == []
    desk.qube.agent.send(M.UNMAP, popup.remote)
    desk.qube.agent.map(popup.remote)
    managed = desk.qube.mapped(popup.remote)
    desk.wait(managed, in_label([drawn(20, 20)], BLUE), "the program's icon")
    desk.qube.destroy(managed, later)


def test_another_label_recolours_every_icon(desk: Desk, window: Framed) -> None:
    other = desk.show()
    desk.send(window.remote, drawn(48, 48))
    desk.wait(window, in_label([drawn(48, 48)], BLUE), "in blue")
    for label in (ORANGE, BLUE):
        desk.qube.daemon.tell({"label": told(label)})
        desk.wait(window, in_label([drawn(48, 48)], label), f"in {label.name}")
        desk.wait(other, of_label(label, "work"), f"the {label.name} label's")
    desk.qube.destroy(other)


@pytest.mark.parametrize("label", [STANDARD["black"], STANDARD["gray"]], ids=lambda label: label.name)
def test_labels_without_a_hue_are_told_apart_by_the_edge(label: Label) -> None:
    (image,) = in_label([drawn(32, 32)], label)
    assert image.pixels[:4] == label.rgb.to_bytes(3, "little") + b"\xff"
