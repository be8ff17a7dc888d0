"""QSB-089 (2023): the zero at the end of a text was not counted in a message of variable length: one byte too many.

Here a length is a number in one table, compared before a body is even waited for; a fixed field has its exact length,
a text in it ends at a zero or at the field's end, and nothing is written past it because nothing is written in place.
"""

import pytest

from protocol.formats import HEADER
from protocol.limits import MAX_CLIPBOARD_BYTES
from protocol.messages import TABLE, MessageType
from tests.harness.stage import ActedQube

pytestmark = pytest.mark.desktop

WINDOW = 0x11
VIOLATION = 3

OFF_BY_ONE = [
    (MessageType.WMNAME, -1),
    (MessageType.WMNAME, 1),
    (MessageType.WMCLASS, 1),
    (MessageType.CREATE, -1),
    (MessageType.CONFIGURE, 1),
    (MessageType.WINDOW_DUMP, -1),
    (MessageType.CLIPBOARD_DATA, 1),
    (MessageType.CLIPBOARD_TYPED, -1),
    (MessageType.CLIPBOARD_TYPED, 1),
]


@pytest.mark.parametrize(("message", "off"), OFF_BY_ONE, ids=lambda value: getattr(value, "name", str(value)))
def test_length_off_by_one_ends_the_session_before_any_body(evil: ActedQube, message: MessageType, off: int) -> None:
    if message is not MessageType.CREATE:
        evil.agent.create(WINDOW, (100, 100, 200, 150))
    spec = TABLE[message]
    length = (spec.min_len if off < 0 else spec.max_len) + off
    evil.agent.send_raw(HEADER.pack(message, WINDOW, length))  # and not one byte of it
    assert evil.daemon.child.wait() == VIOLATION
    last = evil.daemon.child.output().splitlines()[-1]
    assert "violation" in last
    assert message.name in last


def test_exact_lengths_are_taken_with_and_without_an_end(evil: ActedQube) -> None:
    evil.agent.create(WINDOW, (100, 100, 200, 150))
    for size in (0, 63, 64):
        evil.agent.send(MessageType.WMCLASS, WINDOW, b"C" * size, b"I" * size)
    for size in (0, 127, 128):
        evil.agent.send(MessageType.WMNAME, WINDOW, b"T" * size)
    for size in (0, 1, MAX_CLIPBOARD_BYTES):
        evil.agent.send(MessageType.CLIPBOARD_DATA, WINDOW, tail=b"D" * size)
    evil.settle()
    evil.lives()
    assert evil.daemon.window(WINDOW)["title"] == "T" * 127
