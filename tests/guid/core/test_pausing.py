"""guid/core/pausing.py: a paused qube hears of no input, and of what it missed when it goes on."""

from guid.core.input import FOCUS_IN, FOCUS_OUT, KEY_PRESS, KEY_RELEASE, NOTIFY_NORMAL, InputForwarder
from guid.core.pausing import BUTTON_PRESS, PausedInput
from guid.core.values import RemoteId
from protocol.codec import decode
from protocol.formats import Focus, KeyPress
from protocol.framing import FrameReader
from protocol.messages import MessageType as M
from protocol.messages import Role

W1, W2 = RemoteId(0x100001), RemoteId(0x100002)
A, RELEASE = 38, BUTTON_PRESS + 1


def told(raw: bytes) -> list[tuple[M, int, int | None]]:
    """Type, window and kind of each message."""
    reader = FrameReader(Role.AGENT)
    reader.receive(raw)
    found = []
    for frame in reader.frames():
        body = decode(M(frame.type), frame.untrusted_body)
        found.append((M(frame.type), frame.window, body.type if isinstance(body, KeyPress | Focus) else None))
    return found


def focused() -> InputForwarder:
    """A qube with the focus, and a key held."""
    forwarder = InputForwarder()
    forwarder.focus(W1, FOCUS_IN, NOTIFY_NORMAL, 0)
    forwarder.key(W1, KEY_PRESS, 0, 0, 0, A, 0.0)
    return forwarder


def test_pause_lets_held_keys_go_and_then_nothing_passes() -> None:
    forwarder, gate = focused(), PausedInput()
    paused = [gate.paused]
    assert told(gate.pause(forwarder)) == [(M.KEYPRESS, W1, KEY_RELEASE)]
    paused.append(gate.paused)
    assert told(gate.go_on(forwarder)) == []
    paused.append(gate.paused)
    assert paused == [False, True, False]


def test_focus_that_went_elsewhere_meanwhile_is_told_afterwards() -> None:
    forwarder, gate = focused(), PausedInput()
    gate.pause(forwarder)
    forwarder.focus(W1, FOCUS_OUT, NOTIFY_NORMAL, 0)
    assert told(gate.go_on(forwarder)) == [(M.FOCUS, W1, FOCUS_OUT)]
    gate.pause(forwarder)
    forwarder.focus(W2, FOCUS_IN, NOTIFY_NORMAL, 0)
    forwarder.key(W2, KEY_PRESS, 0, 0, 0, A, 0.0)
    assert told(gate.go_on(forwarder)) == [(M.KEYMAP_NOTIFY, 0, None), (M.FOCUS, W2, FOCUS_IN)]
    assert not forwarder.held


def test_button_that_was_down_is_let_go_and_no_other_is_told() -> None:
    forwarder, gate = focused(), PausedInput()
    assert gate.button(BUTTON_PRESS, 1, b"down") == b"down"
    gate.pause(forwarder)
    assert gate.button(BUTTON_PRESS, 3, b"down") == b""
    assert gate.button(RELEASE, 3, b"up") == b""
    assert gate.button(RELEASE, 1, b"up") == b"up"
    assert gate.button(RELEASE, 1, b"up") == b""
