"""What each recording presumes, and what the person does in it; knows nothing of the messages.

A recording does not say where the windows lay before: that is read from its numbers (pointer positions, damaged parts).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from Xlib import X
from Xlib.xobject.drawable import Window

from protocol.messages import MessageType
from tests.harness.wait import wait_until
from tests.integration.daemon_desk import Four, Person, Qube

XTERM, SECOND_XTERM, APP, MENU = 0x20000C, 0x80000C, 0x80000A, 0x200038
XTERM_HINTS = (337, 10, 17, 0, 0, 6, 13, 4, 4)
"""As recorded: position given, at least 10x17, in steps of 6x13 from 4x4."""
PLAIN_HINTS = (1, *[0] * 8)

SMALL, LARGE, DRAGGED = (101, 100, 484, 316), (150, 120, 700, 446), (221, 190, 604, 407)
BESIDE = (1700, 900)
"""No window of the qube is there."""

CONTROL, C, V = 37, 54, 55
"""Keycodes."""
REMOVE, ADD, PAGER = 0, 1, 2
FULLSCREEN = "_NET_WM_STATE_FULLSCREEN"
MAXIMISED = ("_NET_WM_STATE_MAXIMIZED_VERT", "_NET_WM_STATE_MAXIMIZED_HORZ")


@dataclass(frozen=True, slots=True)
class Presumed:
    """A window that is there before; content: px, root coordinates; first_page: of its picture, 0: it is not mapped."""

    window: int
    content: Four
    first_page: int = 0
    popup: bool = False
    hints: tuple[int, ...] = XTERM_HINTS


class Desk:
    """The person's side of one recording."""

    def __init__(self, person: Person, qube: Qube) -> None:
        self.person, self.qube = person, qube
        self._keys: set[int] = set()
        self._buttons: set[int] = set()
        self._cover: Window | None = None

    def outer_id(self, window: int) -> int:
        """The X id."""
        found: int = self.qube.daemon.window(window)["local_xid"]
        return found

    def point_into(self, window: int, x: int, y: int) -> None:
        """Move the pointer; px, content-relative."""
        left, top, _, _ = self.qube.content(window)
        self.person.point(left + x, top + y)

    def key(self, keycode: int, *, down: bool) -> None:
        """Press or release a key."""
        (self._keys.add if down else self._keys.discard)(keycode)
        self.person.key(keycode, down=down)

    def button(self, number: int, *, down: bool) -> None:
        """Press or release a button; nothing, if it is so already."""
        if (number in self._buttons) != down:
            (self._buttons.add if down else self._buttons.discard)(number)
            self.person.button(number, down=down)

    def focus_elsewhere(self) -> None:
        """Give the focus to another program's window, with the pointer on it."""
        self._cover = self.person.cover((*BESIDE, 100, 100))
        self._cover.set_input_focus(X.RevertToParent, X.CurrentTime)
        self.person.x.sync()

    def leave(self) -> None:
        """Let everything go."""
        for number in sorted(self._buttons):
            self.person.button(number, down=False)
        for keycode in sorted(self._keys):
            self.person.key(keycode, down=False)
        if self._cover is not None:
            self.person.uncover(self._cover)

    def place(self, window: int, content: Four) -> None:
        """Move and resize through the window manager, so that the content lies there."""
        x, y, width, height = content
        frame = self.qube.daemon.window(window)["frame_px"]
        self.person.managed_place(self.outer_id(window), (x - frame, y - frame, width + 2 * frame, height + 2 * frame))

    def state(self, window: int, action: int, *names: str) -> None:
        """Ask the window manager as a pager does."""
        atoms = [self.person.x.intern_atom(name) for name in names]
        self.person.ask(self.outer_id(window), "_NET_WM_STATE", action, *atoms, *[0] * (2 - len(atoms)), PAGER)

    def wait_content(self, window: int, content: Four) -> None:
        """Wait until the daemon knows the content there."""
        wait_until(lambda: self.qube.content(window) == content, what=f"the content of {window:#x} at {content}")

    def close(self, window: int) -> None:
        """The title bar's cross."""
        self.person.ask(self.outer_id(window), "_NET_CLOSE_WINDOW", X.CurrentTime, PAGER)


Act = Callable[[Desk], None]


@dataclass(frozen=True, slots=True)
class Scene:
    """One recording's circumstances.

    windows: there before. focus: the window that has it; None: another program's. pointer: px, root coordinates.
    before: what the person has done already. later: windows that came after that. acts: what the person does, by the
    number of the first recorded message that follows from it; keys, buttons and motions that the recording names are
    done without being listed.
    """

    windows: tuple[Presumed, ...] = ()
    focus: int | None = XTERM
    pointer: tuple[int, int] = BESIDE
    before: Act | None = None
    later: tuple[Presumed, ...] = ()
    acts: Mapping[int, Act] = field(default_factory=dict)


def at(content: Four, x: int, y: int) -> tuple[int, int]:
    """Where a place in a content is on the screen."""
    return content[0] + x, content[1] + y


def _xterm(content: Four, first_page: int) -> tuple[Presumed, ...]:
    return (Presumed(XTERM, content, first_page),)


def _owner(window: int) -> Presumed:
    """A window that owns a selection in the qube; it is never mapped."""
    return Presumed(window, (0, 0, 1, 1))


def _press_for_menu(desk: Desk) -> None:
    desk.key(CONTROL, down=True)
    desk.button(1, down=True)


def _drag(desk: Desk) -> None:
    """A little first, until openbox has taken hold of the window: it does not see all of a jump."""
    outer, person = desk.outer_id(XTERM), desk.person
    start, (x, y) = person.outer(outer), at(DRAGGED, 421, 310)
    desk.button(1, down=True)
    steps = itertools.cycle((20, 30))

    def taken() -> bool:
        step_px = next(steps)
        person.point(x - step_px, y - step_px)
        return person.outer(outer) != start

    wait_until(taken, what="a window that is held")
    person.point(x, y)
    wait_until(lambda: person.outer(outer)[:2] == (DRAGGED[0] - 3, DRAGGED[1] - 3), what="the window dragged")


def _drop(desk: Desk) -> None:
    """The person holds the key until the window has the pointer again."""
    desk.qube.settle()
    after = len(desk.qube.agent.received)
    desk.button(1, down=False)
    desk.qube.agent.expect(MessageType.CROSSING, XTERM, after=after)


def _maximise(desk: Desk) -> None:
    desk.state(XTERM, ADD, *MAXIMISED)
    desk.wait_content(XTERM, (3, 22, 1914, 1055))


def _fill_screen(desk: Desk) -> None:
    desk.state(XTERM, ADD, FULLSCREEN)
    desk.wait_content(XTERM, (3, 3, 1914, 1074))


WIDENED, MOVED = (101, 100, 598, 394), (301, 270, 700, 446)
SMALL_XTERM, LARGE_XTERM, DRAGGED_XTERM = _xterm(SMALL, 14), _xterm(LARGE, 1058), _xterm(DRAGGED, 6430)
OPEN_MENU = Presumed(MENU, (174, 199, 256, 696), 344, popup=True)
SQUARE = Presumed(APP, (701, 120, 200, 200), 8, hints=PLAIN_HINTS)
IN_SMALL, IN_LARGE, IN_DRAGGED = at(SMALL, 201, 120), at(LARGE, 101, 80), at(DRAGGED, 421, 310)
BELOW_LARGE = at(LARGE, 622, 449)

SCENES: Mapping[str, Scene] = {
    "xterm_open": Scene(focus=None),
    "focus_click": Scene(SMALL_XTERM, pointer=at(SMALL, 71, 90)),
    "typing": Scene(SMALL_XTERM, pointer=IN_SMALL),
    "wheel_and_buttons": Scene(SMALL_XTERM, pointer=IN_SMALL),
    "pointer_enter_motion": Scene(SMALL_XTERM),
    "menu_popup": Scene(SMALL_XTERM, pointer=IN_SMALL),
    "menu_move_select": Scene(SMALL_XTERM, pointer=IN_SMALL, before=_press_for_menu, later=(OPEN_MENU,)),
    "menu_close": Scene(SMALL_XTERM, pointer=IN_SMALL, before=_press_for_menu, later=(OPEN_MENU,)),
    "title_change": Scene(SMALL_XTERM, pointer=at(SMALL, 21, 90)),
    "title_change_msg": Scene(SMALL_XTERM, pointer=at(SMALL, 21, 90)),
    "resize_by_user": Scene(SMALL_XTERM, acts={0: lambda desk: desk.place(XTERM, WIDENED)}),
    "resize_by_app": Scene(_xterm(WIDENED, 518)),
    "move_by_app": Scene(_xterm(MOVED, 1058), focus=None, pointer=BELOW_LARGE),
    "move_by_user": Scene(
        _xterm((*SMALL[:2], *LARGE[2:]), 1058),
        focus=None,
        pointer=BELOW_LARGE,
        acts={0: lambda desk: desk.place(XTERM, MOVED)},
    ),
    "move_by_user_drag": Scene(
        _xterm((101, 100, *DRAGGED[2:]), 6430),
        pointer=at((101, 100, 0, 0), 421, 310),
        acts={1: _drag, 2: _drop},
    ),
    "maximize_by_user": Scene(LARGE_XTERM, pointer=IN_LARGE, acts={0: lambda desk: desk.state(XTERM, ADD, *MAXIMISED)}),
    "unmaximize_by_user": Scene(
        LARGE_XTERM,
        pointer=IN_LARGE,
        before=_maximise,
        acts={0: lambda desk: desk.state(XTERM, REMOVE, *MAXIMISED)},
    ),
    "fullscreen_by_user": Scene(
        LARGE_XTERM, pointer=IN_LARGE, acts={0: lambda desk: desk.state(XTERM, ADD, FULLSCREEN)}
    ),
    "unfullscreen_by_user": Scene(
        LARGE_XTERM,
        pointer=IN_LARGE,
        before=_fill_screen,
        acts={0: lambda desk: desk.state(XTERM, REMOVE, FULLSCREEN)},
    ),
    "xterm_fullscreen_app": Scene(LARGE_XTERM, pointer=IN_LARGE),
    "urgent_flag": Scene((*LARGE_XTERM, SQUARE), focus=APP),
    "app_destroys_window": Scene((*LARGE_XTERM, SQUARE), focus=APP, pointer=IN_LARGE),
    "window_close_by_user": Scene(
        (*SMALL_XTERM, Presumed(MENU, OPEN_MENU.content, popup=True)), acts={0: lambda desk: desk.close(XTERM)}
    ),
    "clipboard_copy": Scene(
        LARGE_XTERM,
        focus=None,
        acts={6: lambda desk: desk.button(1, down=True), 19: lambda desk: desk.key(C, down=True)},
    ),
    "clipboard_copy_100k": Scene(
        (*DRAGGED_XTERM, _owner(0x600001)), pointer=IN_DRAGGED, acts={5: lambda desk: desk.key(C, down=True)}
    ),
    "clipboard_copy_60k": Scene(
        (*DRAGGED_XTERM, _owner(0x800001)), pointer=IN_DRAGGED, acts={5: lambda desk: desk.key(C, down=True)}
    ),
    "clipboard_copy_empty": Scene(LARGE_XTERM, pointer=IN_LARGE, acts={3: lambda desk: desk.key(C, down=True)}),
    "clipboard_paste": Scene(
        (*LARGE_XTERM, _owner(0x600001)), pointer=IN_LARGE, acts={2: lambda desk: desk.key(V, down=True)}
    ),
    "clipboard_paste_60k": Scene(DRAGGED_XTERM, pointer=IN_DRAGGED, acts={2: lambda desk: desk.key(V, down=True)}),
}
