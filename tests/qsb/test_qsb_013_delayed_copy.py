"""QSB-013 (2015): a qube chose when a copy or a paste took place, by answering late or by keeping its daemon busy.

Here a request is good until the person does something newer; a daemon handles a chord whatever its agent has begun to
say; and one that is reported late is told from one that was pressed just now, by the X server's clock.
"""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from guid.clipboard.notice import Happened
from protocol.formats import HEADER
from protocol.messages import MessageType
from tests.harness.stage import Stage
from tests.integration.clipboard_desk import PASTE, WINDOW, CopyingPerson, CopyingQube

pytestmark = pytest.mark.desktop

SECRET = b"the bank's secret"


@pytest.fixture
def person(qsb_stage: Stage, tmp_path: Path) -> CopyingPerson:
    return CopyingPerson(qsb_stage, tmp_path)


@pytest.fixture
def safe(person: CopyingPerson) -> Iterator[CopyingQube]:
    with person.qube("bank", "green") as qube:
        yield qube


@pytest.fixture
def hostile(person: CopyingPerson) -> Iterator[CopyingQube]:
    with person.qube("evil", "red") as qube:
        yield qube


def given(qube: CopyingQube) -> list[bytes]:
    """Every text that the qube was given so far."""
    qube.acted.settle()
    return [each.tail for each in qube.agent.received if each.type is MessageType.CLIPBOARD_DATA]


def test_delayed_answer_does_not_replace_a_newer_copy(
    person: CopyingPerson, safe: CopyingQube, hostile: CopyingQube
) -> None:
    hostile.asked_to_copy()
    safe.copies(SECRET)
    hostile.answer(b"evil")
    assert person.desk.until_told(Happened.LATE).qube == "evil"
    assert safe.pastes() == SECRET


def test_paste_that_a_half_sent_message_should_hold_back_takes_place_at_once(
    person: CopyingPerson, safe: CopyingQube, hostile: CopyingQube
) -> None:
    body = 60_000
    hostile.agent.send_raw(HEADER.pack(MessageType.CLIPBOARD_DATA, WINDOW, body) + bytes(body // 2))
    hostile.chord(PASTE)
    assert person.desk.until_told(Happened.NOTHING_TO_PASTE).qube == "evil"
    safe.copies(SECRET)
    hostile.agent.send_raw(bytes(body // 2))
    person.desk.until_told(Happened.UNASKED)
    assert given(hostile) == []
    assert not person.desk.desk.status()["empty"]


def test_paste_that_a_stopped_daemon_reports_after_a_newer_copy_is_not_done(
    person: CopyingPerson, safe: CopyingQube, hostile: CopyingQube
) -> None:
    hostile.focus()
    hostile.acted.daemon.child.signal(signal.SIGSTOP)
    try:
        hostile.press(PASTE)
        safe.copies(SECRET)
    finally:
        hostile.acted.daemon.child.signal(signal.SIGCONT)
    assert person.desk.until_told(Happened.OUT_OF_DATE).qube == "evil"
    assert given(hostile) == []
    assert safe.pastes() == SECRET
