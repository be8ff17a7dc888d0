"""What our agent owes to each recording: what the C agent sent, but for a table of differences.

Knows nothing of X or of processes. Messages about one window in one stream come in the recorded order. Damage is
compared as pixels and not as rectangles, because what a program draws in how many steps is chance; a cursor's glyph is
chosen by another table, with tests of its own.
"""

from __future__ import annotations

from collections.abc import Mapping

from protocol.limits import HEADER_BYTES, TITLE_BYTES
from protocol.messages import MessageType as T
from tests.integration.trace_answers import Difference
from tests.integration.trace_scenes import SECOND_XTERM, XTERM
from tests.integration.traces import Line, Said

STREAMS: Mapping[T, str] = {
    T.CREATE: "life",
    T.MAP: "life",
    T.UNMAP: "life",
    T.DESTROY: "life",
    T.CONFIGURE: "geometry",
    T.WINDOW_DUMP: "pictures",
    T.WINDOW_FLAGS: "state",
    T.WINDOW_HINTS: "hints",
    T.WMNAME: "title",
    T.WMCLASS: "class",
    T.CLIPBOARD_DATA: "clipboard",
}


def _left_out(why: str) -> Difference:
    return Difference(why, instead=())


def _moment(why: str) -> Difference:
    return Difference(why, chance=True)


SAID = "nothing has changed since it was said last; the C agent says it again at every event of X"
KEPT = "the picture lies where it lay: only another size or a new MAP needs a new dump"
RAISED = "raising a window moves nothing; the C agent tells of every ConfigureNotify"
HIDDEN = "it is hidden already: a popup that ends tells the root too, by a synthetic event"
GROWING = "a program sets up its window step by step; what is read after two steps is the second alone"
ASKED = "xterm -fullscreen asks the window manager by a message, which the C agent passes over"
EMPTY = "an empty clipboard is an answer too; the C agent leaves the daemon waiting"

HALF_GROWN = Said(T.WINDOW_DUMP, SECOND_XTERM, (0, 10, 17, 32))
GROWN = Said(T.WINDOW_DUMP, SECOND_XTERM, (0, 484, 316, 32))
"""xterm -fullscreen becomes small once more, and large again, perhaps when it has been mapped."""

NO_HINTS = Said(T.WINDOW_HINTS, XTERM, (0,) * 9)
"""xterm takes its hints back before it writes others."""

LATIN_TITLE = Said(T.WMNAME, XTERM, ("New title café ¤".encode().ljust(TITLE_BYTES, b"\0"),))
"""xterm writes the old property first, in which there is no euro sign."""

DIFFERENCES: Mapping[str, Mapping[int, Difference]] = {
    "xterm_open": {
        1: _moment(GROWING),
        4: _left_out(SAID),
        5: _moment(GROWING),
        6: _moment(GROWING),
        7: _left_out(SAID),
        8: Difference(GROWING, first=(NO_HINTS,), chance=True),
        9: _moment(GROWING),
        12: _left_out(SAID),
        60: _left_out(KEPT),
    },
    "menu_popup": {7: _left_out(RAISED), 12: _left_out(KEPT)},
    "menu_close": {8: _left_out(HIDDEN)},
    "title_change_msg": {3: Difference(GROWING, instead=(LATIN_TITLE,), chance=True)},
    "resize_by_user": {12: _left_out(SAID)},
    "resize_by_app": {11: _left_out(SAID), 65: _left_out(SAID)},
    "move_by_app": {1: _left_out(KEPT)},
    "move_by_user": {6: _left_out(KEPT)},
    "move_by_user_drag": {7: _left_out(KEPT)},
    "maximize_by_user": {14: _left_out(SAID), 35: _left_out(KEPT)},
    "unmaximize_by_user": {2: _left_out(KEPT), 11: _left_out(SAID)},
    "fullscreen_by_user": {12: _left_out(KEPT), 19: _left_out(SAID)},
    "unfullscreen_by_user": {3: _left_out(KEPT), 12: _left_out(SAID)},
    "xterm_fullscreen_app": {
        1: _moment(GROWING),
        4: _left_out(SAID),
        5: _left_out(SAID),
        6: _moment(GROWING),
        7: _left_out(SAID),
        8: _moment(GROWING),
        10: _moment(GROWING),
        11: Difference(GROWING, first=(HALF_GROWN,), chance=True),
        13: _moment(GROWING),
        15: _moment(GROWING),
        23: Difference(ASKED, first=(Said(T.WINDOW_FLAGS, SECOND_XTERM, (1, 0)),)),
        24: _left_out(SAID),
        29: Difference(GROWING, instead=(HALF_GROWN, GROWN), chance=True),
    },
    "clipboard_copy": {8: _left_out(RAISED), 9: _left_out(KEPT)},
    "clipboard_copy_empty": {3: Difference(EMPTY, first=(Said(T.CLIPBOARD_DATA, 0, (b"",)),))},
}
"""Slice → number of the recorded message → what differs. Whatever is not here is the same."""


def common(said: Said, tail: bytes) -> Said:
    """The part of a message that a daemon looks at, so that two agents can be compared."""
    if said.type == T.CREATE:
        return said._replace(fields=(*said.fields[:4], 0, said.fields[5]))
    if said.type == T.CLIPBOARD_DATA:
        return Said(said.type, 0, (tail,))
    return said


def mirrored(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """The recording as the agent's answers to it are judged: what went to the daemon is what is expected."""
    return tuple(
        line._replace(to_agent=not line.to_agent, said=common(line.said, line.raw[HEADER_BYTES:])) for line in lines
    )
