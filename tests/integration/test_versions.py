"""`--version`, and a command beside a supervisor of another version: what is said, and how one changes over.

The other version is a copy of the rooms in a folder of its own, with another number in it.
"""

import json
import re
import shutil
import socket
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

import guid
from guid.version import VERSION
from tests.harness import mends
from tests.harness.processes import lives
from tests.harness.session import Session
from tests.harness.wait import wait_until
from tests.harness.xserver import XServer

pytestmark = [pytest.mark.desktop, pytest.mark.sandbox]

ROOMS = ("protocol", "shm", "colors", "guid", "guiagent")
NEWER = "99.1"


class TwoVersions(Session):
    """A session whose command is of the tested version, or, while `newer`, of a copy with a greater number."""

    newer: Path | None = None

    def argv(self, *arguments: str) -> list[str]:
        if self.newer is None:
            return super().argv(*arguments)
        start = f"import sys; sys.path.insert(0, {str(self.newer)!r}); from guid.__main__ import main; sys.exit(main())"
        return [sys.executable, "-I", "-c", start, *arguments]


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("newer")
    here = Path(guid.__file__).parent.parent
    for room in ROOMS:
        shutil.copytree(here / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    written = folder / "guid" / "version.py"
    written.write_text(written.read_text().replace(f'"{VERSION}"', f'"{NEWER}"'))
    return folder


@pytest.fixture
def session(desktop: XServer) -> Iterator[TwoVersions]:
    with TwoVersions(desktop.name) as person:
        yield person


def needs(session: Session, *arguments: str) -> dict[str, list[dict[str, str]]]:
    report = json.loads(session.vitrail("doctor", "--json", *arguments).stdout)
    mends.given(report)
    return {need["name"]: need["findings"] for need in report["needs"]}


@pytest.mark.mends("version: vitrail stop --all")
def test_doctor_names_the_other_version_and_how_to_change_over(session: TwoVersions, newer: Path) -> None:
    session.run("work", "blue", "true")
    assert needs(session, "files")["version"] == []
    session.newer = newer
    (finding,) = needs(session, "files")["version"]
    assert VERSION in finding["words"]
    assert NEWER in finding["words"]
    assert finding["mend"] == "vitrail stop --all"
    assert session.vitrail(*finding["mend"].split()[1:]).returncode == 0
    mends.ran(finding["mend"])
    wait_until(lambda: needs(session, "files")["version"] == [], 20, "the supervisor's end")


def asks_in_vain(control: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as command:
        try:
            command.connect(str(control))
            command.sendall(b'{"op": "ls"}\n')
            return not command.recv(1)
        except OSError:
            return True


def test_supervisor_that_is_asked_without_end_ends_all_the_same(session: TwoVersions) -> None:
    session.run("work", "blue", "true")
    assert session.vitrail("stop", "work").returncode == 0
    wait_until(lambda: asks_in_vain(session.runtime / "vitrail" / "control.sock"), 20, "the supervisor's end")


def supervisor(session: Session) -> dict[str, object]:
    found: dict[str, object] = json.loads(session.vitrail("ls", "--json").stdout)["supervisor"]
    return found


def test_version_is_printed(session: TwoVersions) -> None:
    done = session.vitrail("--version")
    assert (done.returncode, done.stdout) == (0, f"vitrail {VERSION}\n")
    assert re.fullmatch(r"\d+(\.\d+)*(\.dev\d+)?", VERSION)


def test_newer_command_is_answered_by_the_older_supervisor_and_says_so(session: TwoVersions, newer: Path) -> None:
    session.run("work", "blue", "true")
    first = supervisor(session)
    assert (first["version"], first["service"]) == (VERSION, False)
    session.newer = newer
    done = session.vitrail("run", "--qube", "work", "--wait", "--", "true")
    assert done.returncode == 0
    assert done.stderr.count("the supervisor that runs is version") == 1
    assert all(word in done.stderr for word in (VERSION, NEWER, "vitrail stop --all"))
    assert supervisor(session) == first


def test_restart_of_the_last_qube_changes_over_to_the_newer_version(session: TwoVersions, newer: Path) -> None:
    session.run("work", "blue", "true")
    session.run("play", "red", "true")
    old = supervisor(session)
    session.newer = newer
    assert session.vitrail("restart", "work").returncode == 0
    assert supervisor(session)["version"] == VERSION  # the other qube still needs it
    assert session.vitrail("stop", "work").returncode == 0
    done = session.vitrail("restart", "play")
    assert done.returncode == 0, done.stderr
    wait_until(lambda: not lives(int(str(old["pid"]))), what="the end of the older supervisor")
    assert supervisor(session)["version"] == NEWER
    assert session.qubes()["play"]["state"] == "running"
    assert "version" not in session.vitrail("ls").stderr


def test_service_is_not_ended_by_a_restart(session: TwoVersions, newer: Path) -> None:
    with session.service():
        session.run("work", "blue", "true")
        old = supervisor(session)
        assert old["service"] is True
        session.newer = newer
        done = session.vitrail("restart", "work")
        assert "systemctl --user restart vitrail" in done.stderr
        assert supervisor(session) == old
        session.newer = None
        with suppress(KeyError):
            session.vitrail("stop", "work")
