"""`vitrail icon-receiver`: the stream of Qubes OS's icon service, and what becomes of it on a real desktop."""

import contextlib
import struct
import subprocess
import sys
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from Xlib import X, Xatom
from Xlib import display as xdisplay

from colors.iconimage import IconImage
from colors.labels import STANDARD, told
from tests.harness.cdaemon import LABEL_ICON_PX, c_window
from tests.harness.icons import argb_words, drawn, icons_of, in_label, of_label
from tests.harness.pixels import pseudo_random
from tests.harness.processes import clean_environment
from tests.harness.wait import time_scale, wait_until
from tests.harness.wm import WindowManager
from tests.harness.xserver import XServer
from tests.integration.daemon_desk import Framed, Person, Qube

pytestmark = pytest.mark.desktop

BLUE, RED = STANDARD["blue"], STANDARD["red"]
PLACE = (100, 150, 300, 200)


class Desk(NamedTuple):
    display: str
    person: Person
    qube: Qube

    def wait(self, window: Framed, expected: list[IconImage], what: str) -> None:
        wait_until(lambda: icons_of(self.person.window(window.xid)) == expected, what=what)

    @contextlib.contextmanager
    def receiver(self, *options: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
        """As qrexec starts the program of a service."""
        argv = [sys.executable, "-m", "guid", "icon-receiver", *options]
        variables = clean_environment(DISPLAY=self.display, **environment)
        with subprocess.Popen(argv, env=variables, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            try:
                yield process
            finally:
                process.kill()


def streamed(window: int, image: IconImage) -> bytes:
    turned = bytearray(image.pixels)
    turned[0::4], turned[2::4] = image.pixels[2::4], image.pixels[0::4]
    return b"%d\n%d %d\n" % (window, image.width, image.height) + turned


def write(process: subprocess.Popen[bytes], data: bytes) -> None:
    assert process.stdin is not None
    process.stdin.write(data)
    process.stdin.flush()


def ended(process: subprocess.Popen[bytes]) -> tuple[int, str]:
    _out, said = process.communicate(timeout=10 * time_scale())
    return process.returncode, said.decode()


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(XServer(1000, 700))
        stack.enter_context(WindowManager("openbox", server.name))
        person = Person(server.name)
        stack.callback(person.close)
        qube = stack.enter_context(Qube(server.name))
        yield Desk(server.name, person, qube)


@pytest.fixture
def window(desk: Desk) -> Iterator[Framed]:
    shown = desk.qube.show(PLACE, pseudo_random(*PLACE[2:]))
    desk.wait(shown, of_label(BLUE, "work"), "the label's icon")
    yield shown
    desk.qube.destroy(shown)


def test_icons_of_the_service_are_shown_by_the_daemon(desk: Desk, window: Framed) -> None:
    """In its hue, when the label changes too, for a window that comes later, one after the other, until the end."""
    with desk.receiver(QREXEC_REMOTE_DOMAIN="work") as process:
        write(process, streamed(window.remote, drawn(32, 32)))
        desk.wait(window, in_label([drawn(32, 32)], BLUE), "the icon")
        desk.qube.daemon.tell({"label": told(RED)})
        desk.wait(window, in_label([drawn(32, 32)], RED), "the icon in red")
        desk.qube.daemon.tell({"label": told(BLUE)})
        later = desk.qube.new_id() + 1
        write(process, streamed(later, drawn(16, 9)) + streamed(window.remote, drawn(20, 20)))
        desk.wait(window, in_label([drawn(20, 20)], BLUE), "another icon")
        other = desk.qube.show(PLACE, pseudo_random(*PLACE[2:]))
        assert other.remote == later
        desk.wait(other, in_label([drawn(16, 9)], BLUE), "the icon of the window that came later")
        assert ended(process) == (0, "")
        assert desk.person.property(window.xid, "_VITRAIL_ICON") == b""
        desk.qube.destroy(other)


def test_qube_reaches_no_window_of_another(desk: Desk, window: Framed) -> None:
    with Qube(desk.display, name="bank", label="green") as bank:
        hers = bank.show((450, 150, 200, 200), pseudo_random(200, 200))
        with desk.receiver("--name", "bank") as process:
            write(process, b"".join(streamed(each, drawn(8, 8)) for each in (window.xid, hers.xid, hers.remote)))
            desk.wait(hers, in_label([drawn(8, 8)], STANDARD["green"]), "her icon")
        desk.qube.settle()
        assert icons_of(desk.person.window(window.xid)) == of_label(BLUE, "work")


def test_icons_are_set_in_their_hue_on_windows_of_a_c_daemon(desk: Desk, window: Framed) -> None:
    """Before and after the window is there, beside one of ours, and never on another qube's."""
    with contextlib.closing(xdisplay.Display(desk.display)) as daemon:
        number = window.remote + 0x1000
        hers = c_window(daemon, "bank", number, RED.rgb, (500, 100, 200, 150))
        theirs = c_window(daemon, "work", number, BLUE.rgb, (500, 300, 200, 150))
        with desk.receiver("--name", "work") as process:
            write(process, streamed(number, drawn(32, 20)) + streamed(window.remote, drawn(9, 9)))
            seen = desk.person.window(theirs.id)
            wait_until(lambda: icons_of(seen) == in_label([drawn(32, 20)], BLUE), what="the icon in the label's hue")
            desk.wait(window, in_label([drawn(9, 9)], BLUE), "the icon of our own daemon's window")
            write(process, streamed(number + 1, drawn(128, 128)))
            later = c_window(daemon, "work", number + 1, RED.rgb, (300, 100, 200, 150))
            seen = desk.person.window(later.id)
            wait_until(lambda: icons_of(seen) == in_label([drawn(128, 128)], RED), what="the icon of the later window")
            later.destroy()
            daemon.sync()
            write(process, streamed(number + 1, drawn(8, 8)) + streamed(number, drawn(8, 8)))
            seen = desk.person.window(theirs.id)
            wait_until(lambda: icons_of(seen) == in_label([drawn(8, 8)], BLUE), what="another icon")
            assert ended(process) == (0, "")
        assert [image.width for image in icons_of(desk.person.window(hers.id))] == [LABEL_ICON_PX]
        assert desk.person.property(theirs.id, "_VITRAIL_ICON") == b""


@pytest.mark.parametrize("data", [b"-1\n", b"7\n0 1\n", b"7\n65536 65536\n", b"9" * 64])
def test_what_makes_no_sense_ends_the_receiver_with_one_line(desk: Desk, data: bytes) -> None:
    with desk.receiver("--name", "work") as process:
        write(process, data)
        code, said = ended(process)
    assert code == 2
    assert said.count("\n") == 1
    assert "the icons of this qube end here" in said


def test_stream_that_ends_early_is_said(desk: Desk) -> None:
    with desk.receiver("--name", "work") as process:
        write(process, b"7\n100 100\n1234")
        code, said = ended(process)
    assert (code, "ended too early" in said) == (0, True)


def test_receiver_without_a_qube_is_refused(desk: Desk) -> None:
    with desk.receiver() as process:
        code, said = ended(process)
    assert code
    assert "QREXEC_REMOTE_DOMAIN" in said


@pytest.mark.parametrize(
    "words",
    [
        struct.pack("<2I", 1 << 16, 1 << 16) + bytes(16),
        struct.pack("<2I", 0, 0),
        argb_words([drawn(2, 2)]) + bytes(4),
        bytes(4 * 30_000),
    ],
)
def test_what_is_left_for_the_daemon_is_checked_by_it_again(desk: Desk, window: Framed, words: bytes) -> None:
    """By whatever program of the desktop: the daemon goes on, and takes the next one."""
    outer = desk.person.window(window.xid)
    offer = desk.person.x.intern_atom("_VITRAIL_ICON")
    for data in (words, argb_words([drawn(9, 9)])):
        outer.change_property(offer, Xatom.CARDINAL, 32, list(struct.unpack(f"<{len(data) // 4}I", data)))
        desk.person.x.sync()
        wait_until(lambda: outer.get_property(offer, X.AnyPropertyType, 0, 1) is None, what="it being taken")
    desk.wait(window, in_label([drawn(9, 9)], BLUE), "the icon")
