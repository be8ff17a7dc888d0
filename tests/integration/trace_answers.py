"""What our daemon is to answer to each recording: what the C daemon answered, but for a table of differences.

Knows nothing of X or of processes. Messages of one window in one stream come in the recorded order; between the streams
order is chance, because X's events and the agent's messages reach a daemon by different ways.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from protocol.limits import KEYMAP_BYTES
from protocol.messages import MessageType
from tests.integration.daemon_desk import Four
from tests.integration.trace_scenes import LARGE, XTERM, C, V
from tests.integration.traces import Line, Said

STREAMS: Mapping[MessageType, str] = {
    MessageType.WINDOW_DUMP_ACK: "acknowledgements",
    MessageType.DESTROY: "acknowledgements",
    MessageType.CONFIGURE: "geometry",
    MessageType.WINDOW_FLAGS: "state",
    MessageType.CLOSE: "state",
    MessageType.KEYPRESS: "input",
    MessageType.BUTTON: "input",
    MessageType.MOTION: "input",
    MessageType.CROSSING: "input",
    MessageType.CLIPBOARD_REQ: "input",
    MessageType.CLIPBOARD_DATA: "input",
    MessageType.KEYMAP_NOTIFY: "keymap",
    MessageType.FOCUS: "focus",
}
"""A message that is in no stream (EXT_HELLO) is no answer."""

FRAME_PX = 3
SCREEN, WORK_AREA = (0, 0, 1920, 1080), (0, 19, 1920, 1061)
"""Where openbox puts outers that are fullscreen and maximised: below the title bar, without a border."""

SHIFT_CONTROL_STATE, ALT = 5, 64


def inside_frame(outer: Four) -> Four:
    """The content of an outer that a window manager placed."""
    x, y, width, height = outer
    return (x + FRAME_PX, y + FRAME_PX, width - 2 * FRAME_PX, height - 2 * FRAME_PX)


@dataclass(frozen=True, slots=True)
class Difference:
    """Where ours differs from one recorded message.

    first: what ours sends before it. instead: what ours sends in its place; None: the same. chance: the message shows a
    state that lasts for a moment, which a daemon sees or does not. near_px: how far away a place may be, px.
    """

    why: str
    first: tuple[Said, ...] = ()
    instead: tuple[Said, ...] | None = None
    chance: bool = False
    near_px: int = 0


def _configure(window: int, content: Four) -> Said:
    return Said(MessageType.CONFIGURE, window, (*content, 0))


def _keymap(*keycodes: int) -> Said:
    return Said(
        MessageType.KEYMAP_NOTIFY, 0, (sum(1 << keycode for keycode in keycodes).to_bytes(KEYMAP_BYTES, "little"),)
    )


def _taken_and_given_back(x: int, y: int, state: int, *, had_focus: int = 1) -> Difference:
    leave = Said(MessageType.CROSSING, XTERM, (8, x, y, state, 1, 0, had_focus))
    enter = Said(MessageType.CROSSING, XTERM, (7, x, y, state, 2, 0, 1))
    return Difference(CLICK_GRAB, first=(leave, _keymap(), enter))


def _placed(outer: Four) -> Difference:
    return Difference(FRAMED, instead=(_configure(XTERM, inside_frame(outer)),))


def _half_way(x: int, y: int, outer: Four) -> Difference:
    _, _, width, height = inside_frame(outer)
    return Difference(HALF_WAY, instead=(_configure(XTERM, (x, y, width, height)),), chance=True)


def _plain_key(x: int, y: int, keycode: int) -> Difference:
    pressed = Said(MessageType.KEYPRESS, XTERM, (2, x, y, SHIFT_CONTROL_STATE, keycode))
    return Difference(CLIPBOARD, instead=(pressed,))


FRAMED = "the frame is inside what the window manager places: the content is smaller by it"
HALF_WAY = "openbox sets size and place one after the other; a daemon that asks between them sees the first alone"
LATE = "the display tells of an agent's step when the next one was heard already; who hears of it later tells less"
CLIPBOARD = "the clipboard's chords are turned off here: its keys are keys like others"
CLICK_GRAB = "openbox's grab for clicks is on the outer, so for X the content inside loses the pointer for a moment"
RELEASED = "a grab of the keyboard takes the releases of held keys away, so they are sent before it (bulletin 104)"
RETURNED = "the keyboard comes back from a grab: which keys are down is told, though a focus that never went is not"
GONE = "the window that had the focus is gone, and X tells nobody: without this a held key would stay held"
STATIC = "the hints say StaticGravity: openbox puts its title bar above the place that was asked for, and moves nothing"
SMART = "openbox puts the window with its frame into the middle of a gap: the content is off by half of what we add"

DIFFERENCES: Mapping[str, Mapping[int, Difference]] = {
    "xterm_open": {
        13: Difference(LATE, chance=True),
        15: Difference(LATE, chance=True),
        58: Difference(STATIC, instead=()),
    },
    "xterm_fullscreen_app": {
        12: Difference(LATE, chance=True),
        14: Difference(LATE, chance=True),
        26: Difference(SMART, near_px=FRAME_PX),
        70: Difference(GONE, first=(_keymap(),)),
    },
    "focus_click": {1: _taken_and_given_back(201, 120, 256)},
    "wheel_and_buttons": {4: _taken_and_given_back(201, 120, 512)},
    "maximize_by_user": {0: _half_way(149, 119, WORK_AREA), 8: _placed(WORK_AREA)},
    "unmaximize_by_user": {0: _half_way(*LARGE[:2], WORK_AREA)},
    "fullscreen_by_user": {
        1: _half_way(149, 100, SCREEN),
        3: _placed(SCREEN),
    },
    "unfullscreen_by_user": {
        1: _half_way(*LARGE[:2], SCREEN),
    },
    "move_by_user_drag": {
        2: Difference(RETURNED, first=(_keymap(ALT),)),
        3: Difference(RELEASED, first=(Said(MessageType.KEYPRESS, XTERM, (3, 0, 0, 0, ALT)),)),
    },
    "window_close_by_user": {4: Difference(GONE, first=(_keymap(),))},
    "app_destroys_window": {3: Difference(GONE, first=(_keymap(),))},
    "clipboard_copy": {11: _taken_and_given_back(101, 80, 256, had_focus=0), 19: _plain_key(101, 80, C)},
    "clipboard_copy_100k": {5: _plain_key(421, 310, C)},
    "clipboard_copy_60k": {5: _plain_key(421, 310, C)},
    "clipboard_copy_empty": {3: _plain_key(101, 80, C)},
    "clipboard_paste": {2: _plain_key(101, 80, V)},
    "clipboard_paste_60k": {2: _plain_key(421, 310, V)},
}
"""Slice → number of the recorded message → what differs. Whatever is not here is the same."""


@dataclass(frozen=True, slots=True)
class Expected:
    """One message that ours is to send; line: the number of the recorded message it stands for."""

    said: Said
    line: int
    chance: bool
    near_px: int

    def matches(self, heard: Said) -> bool:
        """Whether this is it."""
        if heard[:2] != self.said[:2]:
            return False
        if not self.near_px:
            return heard == self.said
        (x, y, *rest), (other_x, other_y, *other_rest) = self.said.fields, heard.fields
        assert all(isinstance(number, int) for number in (x, y, other_x, other_y))
        return rest == other_rest and max(abs(int(x) - int(other_x)), abs(int(y) - int(other_y))) <= self.near_px


def expected_of(lines: Sequence[Line], differences: Mapping[int, Difference]) -> list[Expected]:
    """What ours is to send for a recording: what is `to_agent` in it (see `traces.mirrored`), and the differences."""
    assert all(lines[at].to_agent or each.first for at, each in differences.items()), "only answers can differ"
    found: list[Expected] = []
    for number, line in enumerate(lines):
        difference = differences.get(number, Difference(""))
        found += [Expected(said, number, difference.chance, 0) for said in difference.first]
        if not line.to_agent:
            continue
        instead = (line.said,) if difference.instead is None else difference.instead
        found += [Expected(said, number, difference.chance, difference.near_px) for said in instead]
    return found


class Answers:
    """The answers to one recording, compared with what was expected."""

    def __init__(
        self,
        lines: Sequence[Line],
        differences: Mapping[int, Difference],
        streams: Mapping[MessageType, str] = STREAMS,
    ) -> None:
        self._streams = streams
        self._expected: dict[tuple[int, str], list[Expected]] = {}
        for each in expected_of(lines, differences):
            if each.said.type in streams:
                self._expected.setdefault(self._stream(each.said), []).append(each)
        self._own_steps = {line.said for line in lines if line.said.type == MessageType.CONFIGURE and not line.to_agent}
        self._may_be_late = any(difference.why is LATE for difference in differences.values())

    def missing(self, heard: Iterable[Said], *, until: int | None = None) -> list[Expected]:
        """What has not come yet of the expected messages up to line `until`; raises AssertionError for a wrong one."""
        streams: dict[tuple[int, str], list[Said]] = {}
        for said in heard:
            if said.type in self._streams:
                streams.setdefault(self._stream(said), []).append(said)
        found: list[Expected] = []
        for stream in self._expected.keys() | streams.keys():
            left = self._left(stream, streams.get(stream, []))
            found += [each for each in left if not each.chance and (until is None or each.line <= until)]
        return sorted(found, key=lambda each: each.line)

    def _left(self, stream: tuple[int, str], heard: Sequence[Said]) -> list[Expected]:
        """What of the stream is still to come."""
        left = list(self._expected.get(stream, []))
        for number, said in enumerate(heard):
            skipped = 0
            while skipped < len(left) and left[skipped].chance and not left[skipped].matches(said):
                skipped += 1
            if skipped < len(left) and left[skipped].matches(said):
                del left[: skipped + 1]
            elif not (self._may_be_late and said in self._own_steps):
                raise AssertionError(
                    f"{stream[1]} of {stream[0]:#x}: message {number} is {said}, expected "
                    f"{left[0].said if left else 'nothing more'}; all: {', '.join(map(str, heard))}"
                )
        return left

    def _stream(self, said: Said) -> tuple[int, str]:
        return said.window, self._streams[said.type]
