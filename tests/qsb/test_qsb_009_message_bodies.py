"""QSB-009 (2014): fixed-size fields were not zeroed, so 255 bytes of the sender's environment went to another qube.

Here a message is made by one encoder out of numbers: struct pads byte fields with zeros, and nothing of the process can
come in between. What a qube sends in such a field ends at its first zero or at the field's end, whichever is first.
"""

import pytest
from Xlib import X
from Xlib.protocol import event

from protocol.codec import decode, encode
from protocol.formats import HEADER
from protocol.messages import TABLE, MessageType
from tests.harness.pixels import pseudo_random
from tests.harness.stage import ActedQube

pytestmark = pytest.mark.desktop

WINDOW, POPUP = 0x11, 0x12
KEYCODE = 38

PLACE, SIDE, FLAG, CODE, STATE = range(-16384, 16385), range(1, 16385), range(2), range(256), range(1 << 16)
FIELDS: dict[MessageType, tuple[range, ...]] = {
    MessageType.KEYPRESS: (range(2, 4), PLACE, PLACE, STATE, CODE),
    MessageType.BUTTON: (range(4, 6), PLACE, PLACE, STATE, CODE),
    MessageType.MOTION: (PLACE, PLACE, STATE, FLAG),
    MessageType.CROSSING: (range(7, 9), PLACE, PLACE, STATE, range(4), range(8), FLAG),
    MessageType.FOCUS: (range(9, 11), range(4), range(8)),
    MessageType.CONFIGURE: (PLACE, PLACE, SIDE, SIDE, FLAG),
    MessageType.CLOSE: (),
    MessageType.DESTROY: (),
    MessageType.WINDOW_DUMP_ACK: (),
}
"""What may stand in each field. Four bytes of a text, or of an address, do not fit into any of them."""


def test_every_byte_the_daemon_sends_is_a_number_of_a_message(evil: ActedQube, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = bytearray()
    take = evil.agent._take

    def record(data: bytes) -> None:
        raw.extend(data)
        take(data)

    monkeypatch.setattr(evil.agent, "_take", record)
    make_the_daemon_speak(evil)
    seen: set[int] = set()
    at = 0
    while at < len(raw):
        kind, window, length = HEADER.unpack_from(raw, at)
        body = bytes(raw[at + HEADER.size : at + HEADER.size + length])
        assert TABLE[kind].min_len == TABLE[kind].max_len == length == len(body)
        fields = decode(kind, body)
        assert encode(MessageType(kind), window, *(fields or ())) == bytes(raw[at : at + HEADER.size + length])
        if kind == MessageType.KEYMAP_NOTIFY:
            assert sum(byte.bit_count() for byte in body) <= 2, body  # hardly a key is down
        else:
            numbers = tuple(fields or ())
            assert all(value in allowed for value, allowed in zip(numbers, FIELDS[MessageType(kind)], strict=True))
        seen.add(kind)
        at += HEADER.size + length
    assert seen >= {*FIELDS, MessageType.KEYMAP_NOTIFY}, {kind.name for kind in FIELDS if kind not in seen}


def make_the_daemon_speak(qube: ActedQube) -> None:
    agent, stage = qube.agent, qube.stage
    agent.show(WINDOW, (100, 100, 200, 150), pseudo_random(200, 150))
    agent.create(POPUP, (0, 0, 30, 30), popup=True)  # over the panel: the daemon corrects it
    agent.map(POPUP, popup=True)
    agent.expect(MessageType.CONFIGURE, POPUP)
    stage.focus(qube, WINDOW)
    stage.key(X.KeyPress, KEYCODE)
    stage.key(X.KeyRelease, KEYCODE)
    agent.expect(MessageType.KEYPRESS, WINDOW)
    outer = qube.viewable(WINDOW)
    protocols, delete = stage.x.intern_atom("WM_PROTOCOLS"), stage.x.intern_atom("WM_DELETE_WINDOW")
    outer.send_event(event.ClientMessage(window=outer, client_type=protocols, data=(32, [delete, 0, 0, 0, 0])))
    stage.x.flush()
    agent.expect(MessageType.CLOSE, WINDOW)
    for kind in (MessageType.BUTTON, MessageType.MOTION, MessageType.CROSSING, MessageType.FOCUS):
        agent.expect(kind, WINDOW)
    qube.settle()


def test_title_without_an_end_ends_with_its_field(evil: ActedQube) -> None:
    evil.agent.create(WINDOW, (100, 100, 200, 150))
    for length in (0, 1, 126, 127, 128):
        evil.agent.send(MessageType.WMNAME, WINDOW, b"A" * length)
        evil.settle()
        outer = evil.outer(WINDOW)
        found = outer.get_full_property(evil.stage.x.intern_atom("_NET_WM_NAME"), X.AnyPropertyType)
        assert bytes(found.value) == (b"A" * min(length, 127) or b"evil"), "without a title it is called as its qube"


def test_class_without_an_end_ends_with_its_field(evil: ActedQube) -> None:
    evil.agent.create(WINDOW, (100, 100, 200, 150))
    evil.agent.send(MessageType.WMCLASS, WINDOW, b"C" * 64, b"I" * 64)
    evil.settle()
    found = evil.outer(WINDOW).get_full_property(evil.stage.x.intern_atom("WM_CLASS"), X.AnyPropertyType)
    assert bytes(found.value) == b"evil:" + b"I" * 63 + b"\0evil:" + b"C" * 63 + b"\0"
