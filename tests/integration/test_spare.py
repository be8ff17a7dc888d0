"""A daemon that was forked ahead serves the next qube: it was there before, and knows nothing that it should not."""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from guid.spare import NAME
from tests.harness.processes import lives
from tests.harness.session import Session
from tests.harness.wait import wait_until
from tests.harness.wm import WindowManager
from tests.harness.xserver import XServer
from tests.integration.test_supervisor_endures import supervisor

pytestmark = [pytest.mark.desktop, pytest.mark.sandbox]


@pytest.fixture
def session(desktop: XServer) -> Iterator[Session]:
    with Session(desktop.name) as person:
        yield person


def paints(session: Session, qube: str, label: str) -> None:
    session.run(qube, label, "true")  # its home is there then
    session.run_program(qube, label, "paint", qube, "50", "60", "207", "111", "7")
    wait_until(lambda: [each for each in session.windows(qube) if each["title"] == qube], 20, f"a window of {qube}")


def links(pid: int) -> list[str]:
    """What the descriptors of a process are."""
    return [str(entry.readlink()) for entry in Path(f"/proc/{pid}/fd").iterdir()]


def spares(session: Session) -> list[int]:
    """Children of the supervisor that serve nobody yet."""
    return [pid for pid in children(supervisor(session)) if comm(pid) == NAME]


def comm(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def spare_of(session: Session, *, but: int = 0) -> int:
    """The one that waits; there must be one soon, and never two."""

    def look() -> int:
        found = spares(session)
        assert len(found) < 2
        return found[0] if found and found[0] != but else 0

    return wait_until(look, 30, "a spare daemon")


def pools(pid: int) -> int:
    return sum("vitrail-pool" in each for each in links(pid))


def test_next_qube_is_served_by_the_daemon_that_was_forked_ahead(session: Session) -> None:
    paints(session, "work", "blue")
    spare = spare_of(session)
    assert pools(spare) == 0
    paints(session, "untrusted", "red")
    assert session.daemon_pid("untrusted") == spare
    assert session.qubes()["untrusted"]["daemon_pid"] == spare
    first = session.daemon_pid("work")
    assert comm(spare) == comm(first)
    assert pools(spare) == pools(first) == POOLS_EACH
    assert len(links(spare)) == len(links(first))
    another = spare_of(session, but=spare)
    assert pools(another) == 0
    os.kill(spare, signal.SIGKILL)  # whoever serves now comes back as it would have
    wait_until(lambda: session.qubes()["untrusted"]["daemon_pid"] == another, 30, "a daemon in its place")
    paints(session, "untrusted", "red")


POOLS_EACH = 2
"""As it came, and opened anew for reading only."""


def test_spare_that_has_ended_keeps_no_qube_from_starting(session: Session) -> None:
    paints(session, "work", "blue")
    spare = spare_of(session)
    with_session = supervisor(session)
    os.kill(with_session, signal.SIGSTOP)  # it does not hear of the end before it wants the spare
    try:
        os.kill(spare, signal.SIGKILL)
    finally:
        os.kill(with_session, signal.SIGCONT)
    paints(session, "untrusted", "red")
    assert session.daemon_pid("untrusted") != spare
    spare_of(session)


def test_spare_ends_with_its_supervisor(session: Session) -> None:
    paints(session, "work", "blue")
    spare = spare_of(session)
    pid = supervisor(session)
    assert session.vitrail("stop", "work").returncode == 0
    wait_until(lambda: not lives(pid) and not lives(spare), 30, "the end of both")


def test_spare_ends_with_its_supervisor_that_is_killed(session: Session) -> None:
    paints(session, "work", "blue")
    spare = spare_of(session)
    daemon = session.daemon_pid("work")
    os.kill(supervisor(session), signal.SIGKILL)
    wait_until(lambda: not lives(spare) and not lives(daemon), 30, "the end of both")
    (session.runtime / "vitrail" / "control.sock").unlink()  # nobody listens there


def test_display_that_ends_takes_its_spare_along_and_the_next_has_another() -> None:
    with ExitStack() as stack:
        server = stack.enter_context(XServer(1000, 700))
        wm = stack.enter_context(WindowManager("openbox", server.name))
        session = stack.enter_context(Session(server.name))
        paints(session, "work", "blue")
        spare = spare_of(session)
        server.crash()
        wm.stop()
        wait_until(lambda: not lives(spare), 30, "the end of the spare daemon")
        server.start_again()
        stack.enter_context(WindowManager("openbox", server.name))
        session.look_again()
        another = spare_of(session)
        paints(session, "untrusted", "red")
        assert session.daemon_pid("untrusted") == another
        assert "Traceback" not in session.log()
