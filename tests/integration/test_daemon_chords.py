"""The person's chords on a real X server: found by what the keys mean in any layout, and struck once.

Here the daemon's shell runs in the test's own process, so that what a chord does can be watched. Keys are XTEST
keycodes, layouts are set by setxkbmap.
"""

import contextlib
import subprocess
import time
from collections.abc import Callable, Iterator

import pytest
from Xlib import X
from Xlib import display as xdisplay
from Xlib.ext import xtest

from colors.labels import label_named
from guid.core.chords import Chord, Verdict
from guid.core.options import Options
from guid.core.session import Session
from guid.core.values import RemoteId
from guid.x11.desktop import Desktop
from guid.x11.presenter import PoolView
from guid.x11.shell import Shell
from protocol import formats
from protocol.codec import encode
from protocol.framing import FrameReader
from protocol.messages import MessageType, Role
from shm.pages import PoolPages
from shm.pool import Pool
from tests.harness.processes import clean_environment
from tests.harness.wait import wait_until
from tests.harness.xserver import XServer

pytestmark = pytest.mark.desktop

CTRL, SHIFT, SUPER, A = 37, 50, 133, 38
C_US, V_US, C_NEO, V_NEO = 54, 55, 27, 25
"""Where the keysyms c and v are."""

WINDOW = RemoteId(0x300001)


class Person:
    """A shell with one focused window, and hands on the keyboard."""

    def __init__(self, server: XServer) -> None:
        self.server = server
        self.hands = xdisplay.Display(server.name)
        self.desktop = Desktop(server.name, qube="work")
        self.pool = Pool.create(1 << 20)
        self.out = bytearray()
        session = Session(self.desktop.geometry, minor=8, pool_pages=256)
        source = PoolPages(self.pool.fd, 1 << 20)
        self.shell = Shell(
            self.desktop,
            session,
            qube="work",
            label=label_named("blue"),
            pool=PoolView(source, None),
            send=self.send,
            spend=lambda _cost_us: None,
        )
        self.struck: list[tuple[Chord, int, int]] = []
        for chord in (Chord.COPY, Chord.PASTE):
            self.shell.chords.act_on(chord, self._noting(chord))
        self._reader = FrameReader(Role.AGENT)
        self._agent(encode(MessageType.CREATE, WINDOW, 10, 10, 100, 80, 0, 1))
        self._agent(encode(MessageType.MAP, WINDOW, 0, 1))
        outer = self.shell.outers.describe()[0]["local_xid"]
        self.pump()
        self.desktop.x.display.create_resource_object("window", outer).set_input_focus(X.RevertToNone, X.CurrentTime)
        self.pump_until(lambda: self.shell._inputs.focused == WINDOW, "the focus")
        self.told()

    def _noting(self, chord: Chord) -> Callable[[RemoteId, int], None]:
        return lambda window, time_ms: self.struck.append((chord, window, time_ms))

    def _agent(self, message: bytes) -> None:
        reader = FrameReader(Role.DAEMON)
        reader.receive(message)
        for frame in reader.frames():
            self.shell.perform(self.shell.session.message(frame))

    def send(self, data: bytes) -> None:
        self.out += data

    def pump(self) -> None:
        """All that X has said until now."""
        self.hands.sync()
        self.desktop.x.sync()
        self.shell.input_due(time.monotonic())

    def pump_until(self, found: Callable[[], object], what: str) -> None:
        def look() -> object:
            self.pump()
            return found()

        wait_until(look, what=what)

    def layout(self, layout: str, variant: str = "") -> None:
        """setxkbmap, and wait until the shell knows."""
        before = self.desktop.keyboard.keymap
        argv = ["setxkbmap", "-display", self.server.name, "-layout", layout, "-variant", variant]
        subprocess.run(argv, check=True, env=clean_environment(), timeout=60)
        keyboard = self.desktop.keyboard
        self.pump_until(lambda: keyboard.keymap is not before and not keyboard._asking, "the new keymap")

    def group(self, number: int) -> None:
        """Lock a group: XkbLatchLockState, packed by hand."""
        found = self.hands.query_extension("XKEYBOARD")
        assert found is not None
        lock_group(self.desktop, found.major_opcode, number)
        self.pump()

    def key(self, keycode: int, *, down: bool) -> None:
        xtest.fake_input(self.hands, X.KeyPress if down else X.KeyRelease, keycode)
        self.pump()

    def chord(self, *keycodes: int) -> None:
        for keycode in keycodes:
            self.key(keycode, down=True)
        for keycode in reversed(keycodes):
            self.key(keycode, down=False)

    def told(self) -> list[tuple[int, int]]:
        """(press or release, keycode) that the qube was told since the last time."""
        self._reader.receive(bytes(self.out))
        self.out.clear()
        keys = [
            formats.KEYPRESS.unpack(f.untrusted_body) for f in self._reader.frames() if f.type == MessageType.KEYPRESS
        ]
        return [(key[0], key[4]) for key in keys]

    def close(self) -> None:
        self.hands.close()
        self.desktop.x.close()
        self.pool.close()


def lock_group(desktop: Desktop, opcode: int, number: int) -> None:
    request = bytes((opcode, 5)) + b"\4\0" + b"\0\1" + bytes((0, 0, 1, number, 0, 0)) + bytes(4)
    desktop.x.send(request, 1)


@pytest.fixture(scope="module")
def person() -> Iterator[Person]:
    with XServer(400, 300) as server, contextlib.closing(Person(server)) as found:
        yield found


@pytest.fixture(autouse=True)
def lifted(person: Person) -> Iterator[None]:
    """us, every key up, nothing remembered."""
    person.layout("us")
    person.group(0)
    person.told()
    person.struck.clear()
    yield
    for keycode in range(8, 256):
        xtest.fake_input(person.hands, X.KeyRelease, keycode)
    person.pump()


def chords(person: Person) -> list[Chord]:
    found = [chord for chord, _, _ in person.struck]
    person.struck.clear()
    return found


def test_chord_is_struck_with_the_window_and_the_time_of_its_press(person: Person) -> None:
    person.chord(CTRL, SHIFT, C_US)
    ((chord, window, time_ms),) = person.struck
    assert (chord, window) == (Chord.COPY, WINDOW)
    assert abs(time_ms - server_time(person)) < 30_000
    assert person.told() == [(X.KeyPress, CTRL), (X.KeyRelease, CTRL)]


def server_time(person: Person) -> int:
    """What time the X server has."""
    window = person.hands.screen().root.create_window(0, 0, 1, 1, 0, X.CopyFromParent, event_mask=X.PropertyChangeMask)
    window.change_property(person.hands.intern_atom("WM_NAME"), person.hands.intern_atom("STRING"), 8, b"x")
    events = iter(person.hands.next_event, None)
    found: int = next(each.time for each in events if each.type == X.PropertyNotify and each.window == window)
    window.destroy()
    return found


@pytest.mark.parametrize(
    ("layout", "variant", "group", "copy", "paste"),
    [
        ("us", "", 0, C_US, V_US),
        ("ru", "", 0, C_US, V_US),
        ("us,ru", "", 1, C_US, V_US),
        ("us,de", ",neo", 0, C_US, V_US),
        ("us,de", ",neo", 1, C_NEO, V_NEO),
        ("de,us", "neo,", 0, C_NEO, V_NEO),
        ("de,ru", "neo,", 1, C_NEO, V_NEO),
    ],
)
def test_chord_is_where_the_layout_has_it_and_nowhere_else(
    person: Person, layout: str, variant: str, group: int, copy: int, paste: int
) -> None:
    person.layout(layout, variant)
    person.group(group)
    person.chord(CTRL, SHIFT, copy)
    assert chords(person) == [Chord.COPY]
    person.chord(SHIFT, CTRL, paste)
    assert chords(person) == [Chord.PASTE]
    assert {keycode for _, keycode in person.told()} <= {CTRL, SHIFT}
    others = {C_US, V_US, C_NEO, V_NEO} - {copy, paste}
    for keycode in sorted(others):
        person.chord(CTRL, SHIFT, keycode)
    assert chords(person) == []
    assert others <= {keycode for _, keycode in person.told()}


def test_chord_that_is_held_repeats_for_nobody(person: Person) -> None:
    for keycode in (CTRL, SHIFT, C_US):
        person.key(keycode, down=True)
    machine, repeats = person.shell.chords.machine, []
    press = machine.press

    def counted(keycode: int, state: int, now: float) -> Verdict:
        repeats.append(keycode)
        return press(keycode, state, now)

    machine.press = counted  # type: ignore[method-assign]
    person.pump_until(lambda: len(repeats) >= 3, "repeats")
    machine.press = press  # type: ignore[method-assign]
    assert set(repeats) == {C_US}
    assert chords(person) == [Chord.COPY]
    assert person.told() == [(X.KeyPress, CTRL)]


def test_modifiers_that_wait_in_vain_are_told_when_the_time_is_over(person: Person) -> None:
    person.key(CTRL, down=True)
    began = time.monotonic()
    person.key(SHIFT, down=True)
    told: list[tuple[int, int]] = []

    def look() -> bool:
        told.extend(person.told())
        return (X.KeyPress, SHIFT) in told

    person.pump_until(look, "the press that waited")
    assert time.monotonic() - began >= 0.149
    assert told == [(X.KeyPress, CTRL), (X.KeyPress, SHIFT)]
    person.chord(C_US)
    assert chords(person) == [Chord.COPY]
    assert person.told() == []


def test_chord_that_the_person_chooses_anew_is_struck_by_its_new_keys_alone(person: Person) -> None:
    person.shell.change_options(Options(secure_copy_sequence="Super-c", secure_paste_sequence="none"))
    try:
        person.chord(SUPER, C_US)
        assert chords(person) == [Chord.COPY]
        for key in (C_US, V_US):
            person.chord(CTRL, SHIFT, key)
        assert chords(person) == []
        assert {C_US, V_US} <= {keycode for _, keycode in person.told()}
    finally:
        person.shell.change_options(Options())
