"""QSB-087 (2022): what a qube wrote on stderr went as it was into logs of the trusted side, and so into its terminals.

Here a log line that carries a qube's text gets it escaped, printable ASCII only; of bytes on the channel nothing but
numbers is logged; and what a qube prints goes through the same escape, into a file of bounded size.
"""

import re
from collections.abc import Iterator

import pytest

from guid.core.sanitize import MAX_PROGRAM_ERROR_CHARACTERS
from protocol.codec import encode
from protocol.formats import HEADER
from protocol.messages import MessageType
from tests.harness.session import Session
from tests.harness.stage import ActedQube, Stage
from tests.harness.wait import wait_until

pytestmark = pytest.mark.desktop

WINDOW = 0x11
POISON = b"\x1b]0;owned\x07\x1b[2J\r\n2026-01-01 00:00:00,000 ERROR bank: \xc2\x9b31m\xe2\x80\xae%s%n{0}\xff"
LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (?:INFO|WARNING|ERROR) evil: [\x20-\x7e]*", re.ASCII)


def lines_of(evil: ActedQube) -> list[str]:
    """The daemon's log; every line of it must be a record of ours."""
    assert evil.daemon.log is not None
    lines = evil.daemon.log.read_bytes().decode("ascii").splitlines()
    assert all(LINE.fullmatch(line) for line in lines), lines
    return lines


def test_no_text_of_a_qube_is_in_its_daemons_log(evil: ActedQube) -> None:
    evil.agent.create(WINDOW, (100, 100, 200, 150))
    evil.agent.send(MessageType.WMNAME, WINDOW, POISON)
    evil.agent.send(MessageType.WMCLASS, WINDOW, POISON[:64], POISON[:64])
    evil.agent.send(MessageType.CLIPBOARD_DATA, WINDOW, tail=POISON)
    evil.agent.send(MessageType.DOCK, WINDOW)
    evil.settle()
    assert not any("owned" in line for line in lines_of(evil))
    evil.agent.send_raw(HEADER.pack(0x0A0D1B5B, 0x1B5B324A, len(POISON)) + POISON)
    assert evil.daemon.child.wait() == 3
    last = lines_of(evil)[-1]
    assert "violation" in last
    assert not any("owned" in line for line in lines_of(evil))


def test_a_bad_body_is_told_in_numbers(evil: ActedQube) -> None:
    evil.agent.send_raw(encode(MessageType.CREATE, WINDOW, 0, 0, 200, 150, 0, 0))
    evil.agent.send_raw(encode(MessageType.CURSOR, WINDOW, 0x1B5B324A & 0x7FFFFFFF))
    assert evil.daemon.child.wait() == 3
    assert "0x1b5b324a" in lines_of(evil)[-1]


@pytest.fixture
def session(qsb_stage: Stage) -> Iterator[Session]:
    with Session(qsb_stage.server.name) as person:
        yield person


@pytest.mark.sandbox
def test_what_a_qube_prints_or_names_reaches_no_terminal(session: Session) -> None:
    program = f"import os; os.write(2, bytes.fromhex('{POISON.hex()}') + b'end\\n')"
    session.run("evil", "red", "/usr/bin/python3", "-I", "-c", program)
    path = session.runtime / "vitrail" / "qubes" / "evil" / "qube.log"
    wait_until(lambda: "end" in path.read_text("ascii"), what="the qube's words in its log")
    log = path.read_bytes()
    assert b"\\x1b]0;owned\\x07" in log
    refused = session.vitrail("run", "--qube", "evil", "--", "no\x1b[2J\x07such\u202eprogram")
    assert refused.returncode == 1
    supervisor = (session.runtime / "vitrail" / "supervisor.log").read_bytes()
    for text in (log, supervisor, refused.stderr.encode(), refused.stdout.encode()):
        assert all(byte == 0x0A or 0x20 <= byte <= 0x7E for byte in text), text
    assert len(refused.stderr) < MAX_PROGRAM_ERROR_CHARACTERS * 12
