"""Qubes that the person hides or pauses: nothing of them is seen, or nothing in them runs; then all comes back."""

import os
import signal
from collections.abc import Iterator

import numpy as np
import pytest
from Xlib import X

from colors.labels import STANDARD
from tests.harness.pixels import Pixels
from tests.harness.session import Session, Window
from tests.harness.wait import holds_for, wait_until
from tests.harness.wm import WindowManager
from tests.harness.xserver import XServer

pytestmark = [pytest.mark.desktop, pytest.mark.sandbox]

BLUE, RED = STANDARD["blue"].rgb, STANDARD["red"].rgb


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    """Two qubes with a window each, that no test ends."""
    with XServer(1000, 700) as server, WindowManager("openbox", server.name), Session(server.name) as person:
        person.run("work", "blue", "xterm", "-geometry", "40x10+60+60")
        person.run("web", "red", "xterm", "-geometry", "40x10+400+380")
        for name in ("work", "web"):
            wait_drawn(person, person.window(name))
        yield person


def wait_drawn(session: Session, window: Window) -> None:
    """Wait for an xterm's background."""
    wait_until(lambda: bool((session.content(window) == 0xFFFFFF).mean() > 0.5), 20, "an xterm's picture")


def shows(session: Session, rgb: int) -> bool:
    return bool((session.picture() == rgb).any())


def do(session: Session, command: str, name: str = "work") -> None:
    done = session.vitrail(command, name)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def state(session: Session, name: str = "work") -> tuple[bool, bool]:
    qube = session.qubes()[name]
    return qube["hidden"], qube["paused"]


def content(session: Session) -> Pixels:
    return session.content(session.window("work")).copy()


def click_into(session: Session, window: Window) -> None:
    x, y, _width, height = window["content"]
    session.click(x + 20, y + height - 10)
    wait_until(lambda: session.focused() == window["local_xid"], what="the focus")


def test_hidden_qube_has_nothing_on_the_screen_and_comes_back_where_it_was(session: Session) -> None:
    before = session.window("work")
    picture = content(session)
    do(session, "hide")
    wait_until(lambda: not shows(session, BLUE), what="nothing blue")
    assert shows(session, RED)
    assert "running, hidden" in session.vitrail("ls").stdout
    assert state(session) == (True, False)
    done = session.vitrail("run", "--qube", "work", "--", "xterm", "-geometry", "20x5+700+60", "-title", "second")
    assert (done.returncode, "vitrail show work" in done.stderr) == (0, True)
    session.window("work", lambda window: window["title"] == "second")
    holds_for(lambda: not shows(session, BLUE), 0.3, "nothing blue")
    do(session, "show")
    second = session.window("work", lambda window: window["title"] == "second")
    wait_drawn(session, second)
    first = session.window("work", lambda window: window["title"] != "second")
    assert (first["outer"], first["local_xid"]) == (before["outer"], before["local_xid"])
    wait_until(lambda: bool((session.content(first) == picture).mean() > 0.9), what="the picture of before")
    assert state(session) == (False, False)
    click_into(session, second)
    session.type_text("exit\n")
    wait_until(lambda: len(session.windows("work")) == 1, 20, "the second window's end")


def test_paused_qube_stands_still_and_says_so(session: Session) -> None:
    window = session.window("work")
    click_into(session, window)
    (session.home("work") / "tick").write_text("while sleep 0.05; do date +%N | tee count; done\n")
    session.type_text("bash\n")  # a shell that would tell of a program that was stopped, and not let it go on
    session.type_text("sh tick\n")
    before = content(session)
    wait_until(lambda: not np.array_equal(content(session), before), 20, "a program that prints")
    do(session, "pause")
    assert state(session) == (False, True)
    assert "running, paused" in session.vitrail("ls").stdout
    outer = session.x.create_resource_object("window", window["local_xid"])
    name = session.x.intern_atom("_NET_WM_NAME")

    def title() -> bytes:
        found = outer.get_full_property(name, X.AnyPropertyType)
        return bytes(found.value) if found is not None else b""

    wait_until(lambda: title().startswith(b"[paused] "), what="the title's mark")
    middle = content(session)
    assert (middle == BLUE).any(), "the sign wears the label"
    still = content(session)
    session.type_text("lost")
    refused = session.vitrail("run", "--qube", "work", "--", "true")
    assert (refused.returncode, "vitrail resume work" in refused.stderr) == (1, True)
    count = session.home("work") / "count"
    counted = count.read_text()
    holds_for(lambda: np.array_equal(content(session), still), 0.5, "a picture that stands still")
    assert count.read_text() == counted
    do(session, "resume")
    wait_until(lambda: not title().startswith(b"[paused] "), what="the mark's going")
    wait_until(lambda: not np.array_equal(content(session), still), 20, "the program going on")
    assert state(session) == (False, False)
    session.press(session.x.keysym_to_keycode(0xFFBF))  # harmless: F2
    wait_until(lambda: session.vitrail("run", "--qube", "work", "--", "true").returncode == 0, 20, "a start")


def test_daemon_that_crashes_comes_back_as_the_person_wants_it(session: Session) -> None:
    do(session, "hide")
    wait_until(lambda: not shows(session, BLUE), what="nothing blue")
    before = session.qubes()["work"]["daemon_pid"]
    os.kill(before, signal.SIGKILL)
    wait_until(lambda: session.qubes()["work"]["daemon_pid"] not in (0, before), 20, "another daemon")
    session.window("work")
    holds_for(lambda: not shows(session, BLUE), 0.5, "nothing blue")
    do(session, "show")
    wait_until(lambda: shows(session, BLUE), 20, "its windows")


def test_daemon_of_a_paused_qube_may_crash_and_no_deadline_counts(session: Session) -> None:
    do(session, "pause")
    before = session.qubes()["work"]["daemon_pid"]
    os.kill(before, signal.SIGKILL)
    wait_until(lambda: session.qubes()["work"]["daemon_pid"] not in (0, before), 20, "another daemon")
    assert shows(session, BLUE), "its windows stay meanwhile"
    assert session.qubes()["work"]["state"] == "running"
    do(session, "resume")
    session.window("work")
    wait_until(lambda: not session.vitrail("run", "--qube", "work", "--", "true").returncode, 20, "the qube going on")


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_paused_qube_can_be_ended(session: Session, end: str) -> None:
    session.run("gone", "green", "xterm")
    session.window("gone")
    do(session, "pause", "gone")
    do(session, end, "gone")
    assert "gone" not in session.qubes()
    assert session.vitrail("pause", "gone").returncode == 1
