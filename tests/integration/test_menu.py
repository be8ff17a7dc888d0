"""Programs of qubes from the desktop's menu: an entry is launched as a desktop does, and its window comes."""

import subprocess
from collections.abc import Iterator

import pytest

from tests.harness.session import Session
from tests.harness.wait import wait_until
from tests.harness.xserver import XServer

pytestmark = [pytest.mark.desktop, pytest.mark.sandbox]

LAUNCH = "import sys; from gi.repository import Gio; Gio.DesktopAppInfo.new_from_filename(sys.argv[1]).launch([], None)"


@pytest.fixture
def session(desktop: XServer) -> Iterator[Session]:
    with Session(desktop.name) as person:
        yield person


def test_entry_starts_its_program_in_its_qube(session: Session) -> None:
    session.vitrail("create", "work", "--label", "blue", "--menu", "xterm")
    done = session.vitrail("menu", "sync")
    assert (done.returncode, done.stdout, done.stderr) == (0, "1 program of work is in the menu\n", "")
    (entry,) = (session.data / "applications").iterdir()
    subprocess.run(["/usr/bin/python3", "-c", LAUNCH, entry], env=session.environment(), check=True, timeout=60)
    assert session.window("work")["title"]


def test_menu_follows_qubes_that_are_made_changed_and_removed(session: Session) -> None:
    applications = session.data / "applications"
    session.vitrail("create", "work", "--label", "blue")
    assert not applications.exists()
    assert session.vitrail("menu", "sync").returncode == 0
    assert (applications / "vitrail-work.debian-xterm.desktop").exists()
    session.run("untrusted", "red", "true")
    assert (applications / "vitrail-untrusted.debian-xterm.desktop").exists()
    session.vitrail("set", "work", "--menu", "")
    assert session.vitrail("menu", "ls", "work").stdout == "no qube has a program in the menu\n"
    assert not list(applications.glob("vitrail-work*"))
    session.vitrail("set", "work", "--menu", "xterm", "--label", "green")
    assert "green qube work" in (applications / "vitrail-work.debian-xterm.desktop").read_text()
    session.vitrail("rm", "--yes", "work")
    assert not list(applications.glob("vitrail-work*"))
    assert session.vitrail("menu", "clear").returncode == 0
    assert list(applications.iterdir()) == []
    session.vitrail("create", "other", "--label", "blue")
    assert list(applications.iterdir()) == []


def test_menu_lists_what_it_has_and_could_have(session: Session) -> None:
    session.vitrail("create", "work", "--label", "blue", "--menu", "xterm")
    assert session.vitrail("menu", "ls").stdout.splitlines() == [
        "QUBE  PROGRAM       NAME",
        "work  debian-xterm  XTerm",
    ]
    lines = session.vitrail("menu", "ls", "--all", "work").stdout.splitlines()
    assert "work  debian-xterm" in " ".join(lines)
    assert [line.split()[2] for line in lines if " debian-xterm " in line or " debian-uxterm " in line] == ["no", "yes"]
    assert session.vitrail("menu", "ls", "gone").returncode == 1
    wait_until(lambda: session.vitrail("menu", "ls", "--json").returncode == 0, what="JSON as its schema says")


def test_menu_that_cannot_be_kept_up_does_not_stop_the_command(session: Session) -> None:
    session.vitrail("create", "work", "--label", "blue")
    session.vitrail("menu", "sync")
    for path in (session.data / "applications").iterdir():
        path.unlink()
    (session.data / "applications").rmdir()
    (session.data / "applications").write_text("in the way")
    done = session.vitrail("set", "work", "--label", "green")
    assert done.returncode == 0
    assert "the menu is not up to date" in done.stderr
