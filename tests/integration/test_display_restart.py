"""The desktop's X server ends and comes again: the qubes live on, and their windows return."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.harness.attention import AttentionPanel
from tests.harness.pixels import first_difference
from tests.harness.session import Session
from tests.harness.wait import wait_until
from tests.harness.wm import WindowManager
from tests.harness.xserver import XServer
from tests.integration.test_qubes import drawn

pytestmark = [pytest.mark.desktop, pytest.mark.sandbox]

SIZE = (207, 111)


@pytest.fixture
def server() -> Iterator[XServer]:
    with XServer(1000, 700) as found:
        yield found


def paints(session: Session, qube: str, label: str, seed: int) -> None:
    """A qube with a window that shows `seed`, and a program that proves that it lives."""
    session.run(qube, label, "sh", "-c", "while sleep 0.1; do date +%N > alive; done")
    session.run_program(qube, label, "paint", qube, "50", "60", *map(str, SIZE), str(seed))
    wait_until(lambda: shown(session, qube, seed), 20, f"the window of {qube}")


def shown(session: Session, qube: str, seed: int) -> bool:
    window = next((each for each in session.windows(qube) if each["title"] == qube), None)
    if window is None:
        return False
    outer = session.x.create_resource_object("window", window["local_xid"])
    outer.raise_window()
    return not first_difference(session.content(window), drawn(*SIZE, seed))


def lives(session: Session, qube: str) -> None:
    alive = session.home(qube) / "alive"
    before = alive.read_text()
    wait_until(lambda: alive.read_text() not in ("", before), what=f"a sign of life from {qube}")


def waiting(session: Session, *qubes: str) -> bool:
    found = session.qubes()
    return all(found[name]["state"] == "waiting for display" for name in qubes)


def test_display_that_ends_and_comes_again_brings_the_windows_back(server: XServer) -> None:
    with ExitStack() as stack:
        wm = stack.enter_context(WindowManager("openbox", server.name))
        session = stack.enter_context(Session(server.name))
        paints(session, "work", "blue", 7)
        paints(session, "untrusted", "red", 8)
        server.crash()
        wm.stop()
        wait_until(lambda: waiting(session, "work", "untrusted"), 20, "two qubes that wait")
        assert "waiting for display" in session.vitrail("ls").stdout
        lives(session, "work")
        session.run("work", "blue", "sh", "-c", "echo > meanwhile")
        wait_until((session.home("work") / "meanwhile").exists, what="a program that was started meanwhile")
        server.start_again()
        stack.enter_context(WindowManager("openbox", server.name))
        session.look_again()
        for qube, seed in (("work", 7), ("untrusted", 8)):
            wait_until(lambda qube=qube, seed=seed: shown(session, qube, seed), 20, f"the window of {qube}")  # type: ignore[misc]
        session.focus(session.window("work"))
        panel = AttentionPanel(session.x)
        wait_until(panel.answers, 20, "the attention chord on the new display")
        panel.wait_for_qube("work", "blue")
        panel.press("Escape")
        assert {qube["state"] for qube in session.qubes().values()} == {"running"}
        lives(session, "work")
        lives(session, "untrusted")


def test_display_that_ends_often_ends_no_qube(server: XServer) -> None:
    with WindowManager("openbox", server.name), Session(server.name) as session:
        paints(session, "work", "blue", 7)
        for _ in range(7):  # more often than a crash is forgiven
            server.crash()
            wait_until(lambda: waiting(session, "work"), 20, "a qube that waits")
            server.start_again()
            session.look_again()
            wait_until(lambda: shown(session, "work", 7), 20, "the window")
        assert session.qubes()["work"]["reason"] is None


def test_qube_that_waits_can_be_stopped_or_moved_to_another_display(server: XServer) -> None:
    with WindowManager("openbox", server.name), Session(server.name) as session:
        paints(session, "work", "blue", 7)
        session.run("other", "green", "true")
        server.crash()
        wait_until(lambda: waiting(session, "work", "other"), 20, "two qubes that wait")
        assert session.vitrail("stop", "other").returncode == 0
        with XServer(800, 600) as second, WindowManager("openbox", second.name):
            session.display = second.name
            session.look_again()
            session.run("work", "blue", "true")
            wait_until(lambda: shown(session, "work", 7), 20, "the window on the other display")
            assert session.vitrail("stop", "work").returncode == 0
