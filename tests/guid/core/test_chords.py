"""guid/core/chords.py, through guid/core/input.py: what a qube sees of what the person types."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guid.core.chords import FATES, WAIT_S, Chord, ChordMachine, Fate, Move, Verdict, bindings_of
from guid.core.input import FOCUS_IN, FOCUS_OUT, KEY_PRESS, KEY_RELEASE, NOTIFY_GRAB, NOTIFY_NORMAL, InputForwarder
from guid.core.keymap import Keymap
from guid.core.sequence import KeySequence
from guid.core.values import RemoteId
from protocol.codec import decode
from protocol.framing import FrameReader
from protocol.messages import MessageType as M
from protocol.messages import Role

WINDOW = RemoteId(0x200001)
CTRL_BIT, SHIFT_BIT, ALT_BIT = 4, 1, 8
CTRL, SHIFT_L, SHIFT_R, ALT, C, V, ESC, A = 37, 50, 62, 64, 54, 55, 9, 38
MODIFIERS = {CTRL: CTRL_BIT, SHIFT_L: SHIFT_BIT, SHIFT_R: SHIFT_BIT, ALT: ALT_BIT, 66: 2}
KEYSYMS = {C: 0x63, V: 0x76, ESC: 0xFF1B, A: 0x61}
KEYMAP = Keymap({code: ((sym,),) * 4 for code, sym in KEYSYMS.items()}, MODIFIERS)
SEQUENCES = {
    Chord.COPY: KeySequence(CTRL_BIT | SHIFT_BIT, 0x63),
    Chord.PASTE: KeySequence(CTRL_BIT | SHIFT_BIT, 0x76),
    Chord.LEAVE_FULLSCREEN: KeySequence(CTRL_BIT | ALT_BIT, 0xFF1B),
}
CHORD_KEYS = {(CTRL_BIT | SHIFT_BIT, C): Chord.COPY, (CTRL_BIT | SHIFT_BIT, V): Chord.PASTE,
              (CTRL_BIT | ALT_BIT, ESC): Chord.LEAVE_FULLSCREEN}  # fmt: skip

Seen = tuple[object, ...]


@dataclass
class Hands:
    """The person at a keyboard, the machine, and everything that the qube got; time passes only when told."""

    forwarder: InputForwarder = field(default_factory=lambda: InputForwarder(machine()))
    down: list[int] = field(default_factory=list)
    buttons: int = 0
    now: float = 100.0
    seen: list[Seen] = field(default_factory=list)
    struck: list[Chord] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._reader = FrameReader(Role.AGENT)
        self.focus(FOCUS_IN)

    @property
    def state(self) -> int:
        bits = self.buttons << 8
        for keycode in self.down:
            bits |= MODIFIERS.get(keycode, 0) & ~2
        return bits

    def press(self, keycode: int) -> None:
        """Also a repeat of a key that is down: the server sends it with the key's own bit set."""
        before = self.state
        if keycode not in self.down:
            self.down.append(keycode)
        self.take(self.forwarder.key(WINDOW, KEY_PRESS, 0, 0, before, keycode, self.now))
        if self.forwarder.chords.struck is not None:
            self.struck.append(self.forwarder.chords.struck)

    def release(self, keycode: int) -> None:
        before = self.state
        self.down.remove(keycode)
        self.take(self.forwarder.key(WINDOW, KEY_RELEASE, 0, 0, before, keycode, self.now))

    def move(self) -> None:
        self.take(self.forwarder.motion(WINDOW, 1, 2, self.state))

    def click(self, kind: int) -> None:
        self.take(self.forwarder.button(WINDOW, kind, 1, 2, self.state, 1))
        self.buttons = 1 if kind == 4 else 0

    def focus(self, kind: int, mode: int = NOTIFY_NORMAL) -> None:
        if kind == FOCUS_IN:
            keys = bytearray(32)
            for keycode in self.down:
                keys[keycode >> 3] |= 1 << (keycode & 7)
            self.take(self.forwarder.keymap(bytes(keys), with_focus=True))
        self.take(self.forwarder.focus(WINDOW, kind, mode, 3))

    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.take(self.forwarder.due(self.now))

    def take(self, data: bytes) -> None:
        self._reader.receive(data)
        for frame in self._reader.frames():
            self.seen.append((M(frame.type), *(decode(frame.type, frame.untrusted_body) or ())))

    def told(self) -> list[tuple[object, object, object]]:
        """(press or release, state, keycode) that the qube got."""
        return [(each[1], each[4], each[5]) for each in self.seen if each[0] == M.KEYPRESS]


def machine() -> ChordMachine:
    made = ChordMachine()
    made.bind(bindings_of(SEQUENCES, KEYMAP))
    return made


def chord(hands: Hands, *keycodes: int) -> None:
    for keycode in keycodes:
        hands.press(keycode)
    for keycode in reversed(keycodes):
        hands.release(keycode)


def test_chord_typed_at_once_shows_the_first_modifier_alone() -> None:
    hands = Hands()
    chord(hands, CTRL, SHIFT_L, C)
    assert hands.struck == [Chord.COPY]
    assert hands.told() == [(KEY_PRESS, 0, CTRL), (KEY_RELEASE, CTRL_BIT, CTRL)]


def test_chord_typed_slowly_shows_both_modifiers_and_not_the_key() -> None:
    hands = Hands()
    hands.press(SHIFT_L)
    hands.press(CTRL)
    hands.wait(WAIT_S - 0.001)
    assert hands.told() == [(KEY_PRESS, 0, SHIFT_L)]
    hands.wait(0.0011)
    assert hands.told() == [(KEY_PRESS, 0, SHIFT_L), (KEY_PRESS, SHIFT_BIT, CTRL)]
    chord(hands, V)
    hands.release(CTRL)
    hands.release(SHIFT_L)
    assert hands.struck == [Chord.PASTE]
    assert [key for _, _, key in hands.told()] == [SHIFT_L, CTRL, CTRL, SHIFT_L]


def test_another_key_after_the_modifiers_comes_after_them() -> None:
    hands = Hands()
    chord(hands, CTRL, SHIFT_L, A)
    assert hands.struck == []
    both = CTRL_BIT | SHIFT_BIT
    assert hands.told() == [
        (KEY_PRESS, 0, CTRL), (KEY_PRESS, CTRL_BIT, SHIFT_L), (KEY_PRESS, both, A),
        (KEY_RELEASE, both, A), (KEY_RELEASE, both, SHIFT_L), (KEY_RELEASE, CTRL_BIT, CTRL),
    ]  # fmt: skip


def test_chord_key_that_is_held_strikes_once_and_is_swallowed_until_it_goes_up() -> None:
    hands = Hands()
    for keycode in (CTRL, SHIFT_L, C, C, C):
        hands.press(keycode)
    hands.release(SHIFT_L)
    hands.press(C)
    hands.release(CTRL)
    hands.press(C)
    hands.release(C)
    assert hands.struck == [Chord.COPY]
    assert hands.told() == [(KEY_PRESS, 0, CTRL), (KEY_RELEASE, CTRL_BIT, CTRL)]
    chord(hands, C)
    assert hands.told()[2:] == [(KEY_PRESS, 0, C), (KEY_RELEASE, 0, C)]


def test_modifier_that_was_dropped_is_in_no_state_until_it_goes_up() -> None:
    hands = Hands()
    for keycode in (CTRL, SHIFT_L, C):
        hands.press(keycode)
    hands.move()
    hands.release(C)
    chord(hands, A)
    hands.release(SHIFT_L)
    hands.press(SHIFT_L)
    hands.move()
    states = [each[3] for each in hands.seen if each[0] == M.MOTION]
    assert states == [CTRL_BIT, CTRL_BIT | SHIFT_BIT]
    assert (KEY_PRESS, CTRL_BIT, A) in hands.told()


def test_dropped_modifier_is_seen_when_another_key_of_it_was_told() -> None:
    hands = Hands()
    for keycode in (CTRL, SHIFT_L, C, SHIFT_R):
        hands.press(keycode)
    hands.move()
    assert hands.seen[-1][3] == CTRL_BIT | SHIFT_BIT
    hands.release(SHIFT_R)
    hands.move()
    assert hands.seen[-1][3] == CTRL_BIT


@pytest.mark.parametrize("held", ["key", "button"])
def test_with_something_else_down_no_press_waits_and_the_chord_strikes_still(held: str) -> None:
    hands = Hands()
    if held == "key":
        hands.press(A)
    else:
        hands.click(4)
    hands.press(CTRL)
    hands.press(SHIFT_L)
    assert [key for _, _, key in hands.told()][-2:] == [CTRL, SHIFT_L]
    hands.press(C)
    assert hands.struck == [Chord.COPY]
    assert C not in [key for _, _, key in hands.told()]


def test_repeats_of_a_key_that_was_down_before_the_modifiers_are_no_chord() -> None:
    hands = Hands()
    for keycode in (C, CTRL, SHIFT_L, C, C):
        hands.press(keycode)
    assert hands.struck == []
    assert [key for kind, _, key in hands.told() if kind == KEY_PRESS] == [C, CTRL, SHIFT_L, C, C]


def test_second_press_of_the_chords_key_strikes_again() -> None:
    hands = Hands()
    for keycode in (CTRL, SHIFT_L):
        hands.press(keycode)
    for keycode in (C, V, C):
        chord(hands, keycode)
    assert hands.struck == [Chord.COPY, Chord.PASTE, Chord.COPY]
    assert hands.told() == [(KEY_PRESS, 0, CTRL)]


@pytest.mark.parametrize("extra", [ALT, SHIFT_R])
def test_further_modifier_makes_another_mask_or_the_same(extra: int) -> None:
    hands = Hands()
    for keycode in (CTRL, SHIFT_L, extra, C):
        hands.press(keycode)
    assert hands.struck == ([Chord.COPY] if extra == SHIFT_R else [])


def test_wait_ends_with_the_focus_and_every_key_goes_up() -> None:
    hands = Hands()
    hands.press(CTRL)
    hands.press(SHIFT_L)
    hands.focus(FOCUS_OUT)
    told = [(kind, key) for kind, _, key in hands.told()]
    assert told == [(KEY_PRESS, CTRL), (KEY_PRESS, SHIFT_L), (KEY_RELEASE, CTRL), (KEY_RELEASE, SHIFT_L)]
    assert hands.forwarder.chords.waiting is None


def test_swallowed_keys_stay_so_over_a_change_of_focus_and_are_in_no_keymap() -> None:
    hands = Hands()
    for keycode in (CTRL, SHIFT_L, C):
        hands.press(keycode)
    hands.focus(FOCUS_OUT)
    hands.focus(FOCUS_IN)
    keymap = next(each[1] for each in reversed(hands.seen) if each[0] == M.KEYMAP_NOTIFY)
    assert isinstance(keymap, bytes)
    assert [code for code in range(256) if keymap[code >> 3] >> (code & 7) & 1] == [CTRL]
    before = len(hands.told())
    for keycode in (C, SHIFT_L):
        hands.release(keycode)
    assert hands.told()[before:] == []


def test_swallowed_key_that_went_up_elsewhere_is_ordinary_again() -> None:
    hands = Hands()
    for keycode in (CTRL, SHIFT_L, C):
        hands.press(keycode)
    hands.focus(FOCUS_OUT, NOTIFY_GRAB)
    hands.down.clear()
    hands.focus(FOCUS_IN)
    before = len(hands.told())
    chord(hands, C)
    chord(hands, SHIFT_L, A)
    assert hands.told()[before:][:2] == [(KEY_PRESS, 0, C), (KEY_RELEASE, 0, C)]
    assert (KEY_PRESS, SHIFT_BIT, A) in hands.told()


def test_window_that_goes_takes_the_waiting_press_with_it() -> None:
    hands = Hands()
    hands.press(CTRL)
    hands.press(SHIFT_L)
    hands.take(hands.forwarder.gone(WINDOW))
    hands.wait(1.0)
    hands.focus(FOCUS_IN)
    hands.release(SHIFT_L)
    assert [key for _, _, key in hands.told()] == [CTRL]


def test_chord_nobody_acts_on_is_not_swallowed() -> None:
    hands = Hands(InputForwarder(ChordMachine()))
    chord(hands, CTRL, SHIFT_L, C)
    assert [key for _, _, key in hands.told()] == [CTRL, SHIFT_L, C, C, SHIFT_L, CTRL]
    assert hands.struck == []


def test_chord_in_another_group_has_the_key_of_that_group() -> None:
    keymap = Keymap({C: ((0x63,), (0x6D3,)) * 2, 27: ((0x72,), (0x63,)) * 2}, MODIFIERS)
    bound = ChordMachine()
    bound.bind(bindings_of({Chord.COPY: SEQUENCES[Chord.COPY]}, keymap))
    both, second = CTRL_BIT | SHIFT_BIT, 1 << 13
    for group, keycode, strikes in ((0, C, True), (0, 27, False), (second, C, False), (second, 27, True)):
        assert bound.strikes(keycode, both | group) is strikes
    assert bound.strikes(C, both | 2 | 16 | 128), "Lock, NumLock and the third level do not matter"


def test_table_lets_no_release_through_that_had_no_press() -> None:
    assert {FATES[fate, Move.RELEASE][1] for fate in (None, Fate.TOLD)} == {Verdict.TELL}
    assert FATES[Fate.SWALLOWED, Move.RELEASE] == (None, Verdict.SWALLOW)
    assert (Fate.WAITING, Move.RELEASE) not in FATES, "it is settled first"


# Any typing at all, against another way to say what the qube should see

KEYS = st.sampled_from([CTRL, SHIFT_L, SHIFT_R, ALT, C, V, ESC, A])
STEPS = st.one_of(
    st.tuples(st.just("press"), KEYS),
    st.tuples(st.just("release"), KEYS),
    st.tuples(st.just("chord"), st.sampled_from([(CTRL, SHIFT_L, C), (SHIFT_R, CTRL, V), (CTRL, ALT, ESC)])),
    st.tuples(st.just("wait"), st.sampled_from([0.05, 0.1, 0.2])),
    st.tuples(st.sampled_from(["move", "click", "focus", "grab"]), st.none()),
)


def expected(events: list[tuple[str, int, int, float]]) -> Iterator[Seen]:
    """What the qube should see of (what, keycode, state before, when), read from the issue's words with hindsight.

    It knows what comes after each press, so it needs no waiting and no fates: a press is dropped if the event after it
    is its chord, in time; a key is hidden from such a press until its release.
    """
    hidden: set[int] = set()
    shown: list[int] = []
    for number, (what, keycode, state, when) in enumerate(events):
        following = events[number + 1] if number + 1 < len(events) else None
        if what == "press" and keycode in shown:
            yield ("repeat", keycode)
        elif what == "press" and keycode not in hidden:
            strikes = (state & 13, keycode) in CHORD_KEYS
            others = [*shown, *hidden]
            mask = state & 13 | MODIFIERS.get(keycode, 0)
            completes = mask != state & 13 and mask in {mask for mask, _ in CHORD_KEYS} and not state & 0x1F00
            completes = completes and all(MODIFIERS.get(other, 0) & mask for other in others)
            completes = completes and not any(MODIFIERS.get(other, 0) & ~mask for other in others)
            dropped = False
            if (
                completes
                and following is not None
                and following[0] == "press"
                and following[1] not in [*others, keycode]
            ):
                dropped = (mask, following[1]) in CHORD_KEYS and following[3] - when < WAIT_S
            if strikes:
                yield ("chord", CHORD_KEYS[state & 13, keycode])
            if strikes or dropped:
                hidden.add(keycode)
            else:
                shown.append(keycode)
                yield ("press", keycode)
        elif what == "release" and keycode in hidden:
            hidden.discard(keycode)
        elif what == "release":
            shown.remove(keycode)
            yield ("release", keycode)
        elif what == "move":
            bits = sum({MODIFIERS.get(key, 0) for key in shown})
            yield ("move", state & ~sum({MODIFIERS.get(key, 0) for key in hidden}) | bits)
        elif what == "click":
            yield ("click", keycode)


def played(hands: Hands, steps: list[tuple[str, object]]) -> list[tuple[str, int, int, float]]:
    """Do the steps that hands can do; returns each as an event."""
    events: list[tuple[str, int, int, float]] = []

    def key(what: str, keycode: int) -> None:
        before = hands.state
        if what == "release" and keycode not in hands.down:
            return
        (hands.press if what == "press" else hands.release)(keycode)
        events.append((what, keycode, before, hands.now))

    for what, detail in steps:
        if what in ("press", "release"):
            assert isinstance(detail, int)
            key(what, detail)
        elif what == "chord":
            assert isinstance(detail, tuple)
            for keycode in detail:
                key("press", keycode)
            for keycode in detail:
                key("release", keycode)
        elif what == "wait":
            assert isinstance(detail, float)
            hands.wait(detail)
        elif what == "move":
            events.append(("move", 0, hands.state, hands.now))
            hands.move()
        elif what == "click":
            kind = 5 if hands.buttons else 4
            events.append(("click", kind, hands.state, hands.now))
            hands.click(kind)
    return events


@given(st.lists(STEPS, max_size=30))
def test_qube_sees_what_the_rules_say_of_any_typing(steps: list[tuple[str, object]]) -> None:
    hands = Hands()
    events = played(hands, [step for step in steps if step[0] not in ("focus", "grab")])
    hands.wait(1.0)
    want = list(expected(events))
    told: list[Seen] = []
    for each in hands.seen:
        if each[0] == M.KEYPRESS:
            told.append(("press" if each[1] == KEY_PRESS else "release", each[5]))
        elif each[0] == M.MOTION:
            told.append(("move", each[3]))
        elif each[0] == M.BUTTON:
            told.append(("click", each[1]))
    flat: list[Seen] = []
    for item in want:
        if item[0] == "repeat":
            flat += [("release", item[1]), ("press", item[1])]
        elif item[0] != "chord":
            flat.append(item)
    assert told == flat
    assert hands.struck == [item[1] for item in want if item[0] == "chord"]


@given(st.lists(STEPS, max_size=40))
def test_no_release_comes_without_its_press_and_no_state_has_a_modifier_that_is_not_held(
    steps: list[tuple[str, object]],
) -> None:
    """With focus changes and grabs: the qube's view of each key is one of a keyboard, and ends with the person's."""
    hands = Hands()
    for step in steps:
        if step[0] in ("focus", "grab"):
            hands.focus(FOCUS_OUT, NOTIFY_NORMAL if step[0] == "focus" else NOTIFY_GRAB)
            hands.focus(FOCUS_IN)
        else:
            played(hands, [step])
    for keycode in list(hands.down):
        hands.release(keycode)
    known: set[int] = set()
    for each in hands.seen:
        if each[0] == M.KEYMAP_NOTIFY:
            keys = each[1]
            assert isinstance(keys, bytes)
            known = {code for code in range(256) if keys[code >> 3] >> (code & 7) & 1}
        elif each[0] == M.KEYPRESS and each[1] == KEY_PRESS:
            assert isinstance(each[5], int)
            known.add(each[5])
        elif each[0] == M.KEYPRESS:
            assert each[5] in known, each
            known.discard(each[5])
        if each[0] == M.MOTION:
            held = {MODIFIERS.get(code, 0) for code in known}
            assert isinstance(each[3], int)
            assert each[3] & 13 == sum(held) & 13
    assert known == set()
    assert hands.forwarder.chords.hidden == 0
