"""A person without any privilege, from the first qube to its removal, by every command that changes something.

The other tests are run by whoever runs the suite, which often is root.
"""

import json
import os
import pwd
from collections.abc import Iterator

import pytest

from colors.labels import STANDARD
from tests.harness.frames import framed as wears
from tests.harness.session import Session, Window
from tests.harness.wait import wait_until
from tests.harness.xserver import XServer

pytestmark = [pytest.mark.desktop, pytest.mark.sandbox]

ORDINARY_UIDS = range(66_000, 67_000)
"""Where to look for a uid that nobody has."""


def person_uid() -> int | None:
    """None: whoever runs the tests is an ordinary user."""
    taken = {account.pw_uid for account in pwd.getpwall()}
    return next(uid for uid in ORDINARY_UIDS if uid not in taken) if os.geteuid() == 0 else None


@pytest.fixture
def session(desktop: XServer) -> Iterator[Session]:
    with Session(desktop.name, uid=person_uid()) as person:
        yield person


def done(session: Session, *arguments: str) -> str:
    found = session.vitrail(*arguments)
    assert (found.returncode, found.stderr) == (0, ""), f"{arguments}: {found.stderr}\n{session.log()}"
    return found.stdout


def framed(session: Session, window: Window, label: str) -> bool:
    return wears(session.picture(), tuple(window["outer"]), window["frame_px"], STANDARD[label].rgb)


def test_qube_from_its_creation_to_its_removal(session: Session) -> None:
    done(session, "create", "work", "--label", "blue")
    assert "work" in done(session, "ls", "--all")
    assert done(session, "run", "--qube", "work", "--", "xterm") == "started qube work (blue)\n"
    window = session.window("work")
    wait_until(lambda: framed(session, window, "blue"), what="a blue frame")
    done(session, "set", "work", "--label", "purple")
    wait_until(lambda: framed(session, window, "purple"), what="a purple frame")
    done(session, "run", "--qube", "work", "--wait", "--", "sh", "-c", "echo kept > file; mkdir -m 0 closed; echo said")
    wait_until(lambda: "said\n" in done(session, "logs", "work"), what="what the program said")
    assert (session.home("work") / "file").stat().st_uid == session.data.stat().st_uid
    done(session, "restart", "work", "--", "true")
    assert (session.home("work") / "file").read_text() == "kept\n"
    done(session, "kill", "work")
    assert done(session, "rm", "--yes", "work") == "removed qube work\n"
    assert json.loads(done(session, "ls", "--all", "--json"))["qubes"] == []
    assert not list((session.data / "vitrail" / "qubes").iterdir())


def test_file_opened_in_a_disposable_qube_and_brought_back(session: Session) -> None:
    session.data.mkdir(exist_ok=True)
    note = session.data / "note.txt"
    note.write_text("before\n")
    for path in (session.data, note):
        os.chown(path, session.runtime.stat().st_uid, -1)
    answer = json.loads(done(session, "open", "--disposable", "--bring-back", "--json", "--with", "unlink", str(note)))
    assert (answer["changed"], answer["brought_back"]) == (False, None)
    assert note.read_text() == "before\n"
    answer = json.loads(done(session, "open", "--disposable", "--bring-back", "--json", "--with", "shred", str(note)))
    assert answer["brought_back"] == str(session.data / "note.changed.txt")
    assert (session.data / "note.changed.txt").read_bytes() != b"before\n"
    assert note.read_text() == "before\n"
    wait_until(lambda: not list((session.data / "vitrail" / "disposable").iterdir()), 20, "nothing left")


def test_disposable_qube_leaves_nothing(session: Session) -> None:
    assert session.vitrail("run", "--disposable", "--wait", "--", "sh", "-c", "id -u > u; exit 3").returncode == 3
    wait_until(lambda: session.qubes() == {}, 30, "the end of the qube")
    assert not list((session.data / "vitrail" / "disposable").iterdir())
