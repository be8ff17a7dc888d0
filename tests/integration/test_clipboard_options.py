"""What a person may set about a qube's clipboard, with real daemons."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from guid.clipboard.notice import Happened
from guid.clipboard.store import BASE
from protocol.messages import MessageType
from tests.harness.stage import Stage
from tests.integration.clipboard_desk import PASTE, CopyingPerson

pytestmark = pytest.mark.desktop


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with Stage() as made:
        yield made


@pytest.fixture
def person(stage: Stage, tmp_path: Path) -> CopyingPerson:
    return CopyingPerson(stage, tmp_path)


def test_copy_leaves_the_clipboard_by_itself_after_so_many_seconds(person: CopyingPerson) -> None:
    with (
        person.qube("brief", "blue", arguments=("--option", "clipboard_clear_seconds=1")) as brief,
        person.qube("play", "red") as play,
    ):
        assert play.copies(b"stays").what is Happened.COPIED
        assert person.desk.desk.status()["clears_in_s"] is None
        assert brief.copies(b"goes").what is Happened.COPIED
        assert person.desk.until_told(Happened.EXPIRED).source == "brief"
        assert person.desk.desk.status()["empty"]
        assert (person.desk.folders.runtime / "clipboard" / BASE).read_bytes() == b""
        play.chord(PASTE)
        person.desk.until_told(Happened.NOTHING_TO_PASTE)


def test_qube_is_made_to_forget_what_was_pasted_after_so_many_seconds(person: CopyingPerson) -> None:
    with (
        person.qube("work", "green") as work,
        person.qube("brief", "blue", arguments=("--option", "clipboard_forget_seconds=1")) as brief,
    ):
        work.copies(b"for a moment")
        assert brief.pastes() == b"for a moment"
        pasted = next(
            number for number, each in enumerate(brief.agent.received) if each.type is MessageType.CLIPBOARD_DATA
        )
        assert brief.expect(MessageType.CLIPBOARD_DATA, pasted + 1).tail == b""
        work.copies(b"for good")
        assert work.pastes() == b"for good"
        assert person.desk.desk.deadline is None  # nothing is to be taken back
