"""Copy and paste by the qrexec services of Qubes OS: a real daemon, and a program in the place of their client."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from guid.clipboard.notice import Happened
from protocol.messages import MessageType
from tests.harness.stage import Stage
from tests.integration.clipboard_desk import COPY, PASTE, CopyingPerson, CopyingQube

pytestmark = pytest.mark.desktop

CLIENT = """#!{python} -I
import os, pathlib, signal, sys
folder = pathlib.Path({folder!r})
with (folder / "calls").open("a") as calls:
    print(*sys.argv[1:], file=calls)
if sys.argv[-1].endswith("ClipboardPaste"):
    (folder / "pasting").write_bytes(sys.stdin.buffer.read())
    (folder / "pasting").rename(folder / "pasted")
elif (folder / "hangs").exists():
    (folder / "pid").write_text(str(os.getpid()))
    signal.pause()
elif (folder / "fails").exists():
    raise SystemExit(1)
else:
    sys.stdout.buffer.write((folder / "copied").read_bytes())
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "services"
    folder.mkdir()
    client = folder / "client"
    client.write_text(CLIENT.format(python=sys.executable, folder=str(folder)))
    client.chmod(0o755)
    return folder


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with Stage() as made:
        yield made


@pytest.fixture
def person(stage: Stage, tmp_path: Path) -> CopyingPerson:
    return CopyingPerson(stage, tmp_path)


@pytest.fixture
def called(person: CopyingPerson, folder: Path) -> Iterator[CopyingQube]:
    """A qube whose clipboard is reached by services."""
    options = ("-Q", "--target-domain", "7", "--qrexec-client", str(folder / "client"))
    with person.qube("work", "blue", arguments=options) as qube:
        yield qube


@pytest.fixture
def other(person: CopyingPerson) -> Iterator[CopyingQube]:
    with person.qube("untrusted", "red") as qube:
        yield qube


def calls(folder: Path) -> list[str]:
    return (folder / "calls").read_text().splitlines() if (folder / "calls").exists() else []


def test_copy_by_a_service_is_pasted_into_another_qube(
    person: CopyingPerson, called: CopyingQube, other: CopyingQube, folder: Path
) -> None:
    text = "grüße \U0001f600".encode() * 5_000
    (folder / "copied").write_bytes(text)
    called.chord(COPY)
    person.desk.until_told(Happened.COPIED)
    assert other.pastes() == text
    assert calls(folder) == ["-T -- work qubes.ClipboardCopy"]
    assert not [each for each in called.agent.received if each.type is MessageType.CLIPBOARD_REQ]


def test_paste_by_a_service_brings_what_another_qube_copied(
    person: CopyingPerson, called: CopyingQube, other: CopyingQube, folder: Path
) -> None:
    other.copies(b"from the other")
    called.chord(PASTE)
    person.desk.until_told(Happened.PASTED)
    person.desk.until((folder / "pasted").exists, "the paste")
    assert (folder / "pasted").read_bytes() == b"from the other"
    assert calls(folder) == ["-T -- work qubes.ClipboardPaste"]
    assert not [each for each in called.agent.received if each.type is MessageType.CLIPBOARD_DATA]


@pytest.mark.parametrize(
    ("state", "happened"),
    [("fails", Happened.NOTHING_TO_COPY), ("empty", Happened.NOTHING_TO_COPY), ("long", Happened.TOO_LARGE_TO_COPY)],
)
def test_copy_that_brings_nothing_leaves_the_clipboard_as_it_was(
    person: CopyingPerson, called: CopyingQube, other: CopyingQube, folder: Path, state: str, happened: Happened
) -> None:
    other.copies(b"before")
    (folder / state).touch()
    (folder / "copied").write_bytes(bytes(300_000 if state == "long" else 0))
    called.chord(COPY)
    person.desk.until_told(happened)
    assert other.pastes() == b"before"


def test_service_that_hangs_delays_nobody_and_is_ended(
    person: CopyingPerson, called: CopyingQube, other: CopyingQube, folder: Path
) -> None:
    (folder / "hangs").touch()
    (folder / "pid").touch()
    called.chord(COPY)
    person.desk.until(lambda: bool((folder / "pid").read_text()), "the service's start")
    hanging = (folder / "pid").read_text()
    other.copies(b"meanwhile")
    assert other.pastes() == b"meanwhile"
    (folder / "hangs").unlink()
    (folder / "copied").write_bytes(b"now")
    before = len(person.desk.told)
    called.chord(COPY)
    person.desk.until_told(Happened.COPIED, after=before)
    assert other.pastes() == b"now"
    assert not Path(f"/proc/{hanging}").exists()
