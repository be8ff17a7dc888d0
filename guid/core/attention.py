"""The panel that says whose window has the focus: what is chosen in it, and what a key does; must not know X or cairo.

It knows qubes only as the supervisor lists them. Nothing in it waits for a qube, and nothing that a qube says goes in
but a title, which its daemon has made safe to show.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any, Final, NamedTuple

STANDING: Final = frozenset({"violated", "failed", "stopping"})
"""States of a qube in which there is nothing to hide or to pause."""


class Row(NamedTuple):
    """A qube.

    ink: the colour of letters on its label's. pattern: its name. anchors: X ids of its daemon's, and of daemons that
    crashed: all their windows have the same base.
    """

    name: str
    label: str
    rgb: int
    state: str
    ink: int = 0xFFFFFF
    pattern: str = "plain"
    hidden: bool = False
    paused: bool = False
    anchors: tuple[int, ...] = ()

    @property
    def words(self) -> str:
        """Its state, in words."""
        aside = [word for word, so in (("paused", self.paused), ("hidden", self.hidden)) if so]
        return ", ".join([self.state, *aside])


def rows_in(roster: Iterable[Mapping[str, Any]]) -> tuple[Row, ...]:
    """The supervisor's list."""
    return tuple(Row(**{**each, "anchors": tuple(each["anchors"])}) for each in roster)


class Whose(Enum):
    """What has the focus."""

    QUBE = "qube"
    DESKTOP = "desktop"
    """a program of the desktop"""
    NOBODY = "nobody"


class Focus(NamedTuple):
    """Who has the keyboard. qube: its name. title: of the window, safe to show."""

    whose: Whose = Whose.NOBODY
    qube: str = ""
    title: str = ""


NO_FOCUS: Final = Focus()


class Key(Enum):
    """What can be pressed or clicked. The value is what it is called on the screen."""

    UP = "Up"
    DOWN = "Down"
    HIDE = "H"
    PAUSE = "P"
    STOP = "S"
    LEAVE = "Esc"


class Deed(NamedTuple):
    """What the supervisor is asked to do with a qube: hide, show, pause, resume or stop."""

    do: str
    qube: str


class Panel:
    """What is on the screen. rows: all qubes. focus: as it was when the person asked. left: it is to be taken down.

    said: a line for the person, about what they did last. asking: the next press of STOP stops the chosen qube.
    """

    def __init__(self, rows: tuple[Row, ...], focus: Focus) -> None:
        self.rows = rows
        self.focus = focus
        self.left = False
        self.said = ""
        self.asking = False
        self._chosen = focus.qube if focus.whose is Whose.QUBE else next((row.name for row in rows), "")

    @property
    def chosen(self) -> Row | None:
        """The qube that keys mean."""
        return next((row for row in self.rows if row.name == self._chosen), None)

    @property
    def owner(self) -> Row | None:
        """The qube that has the focus, None if none has, or if it has ended meanwhile."""
        return next((row for row in self.rows if row.name == self.focus.qube), None)

    def offers(self) -> dict[Key, str]:
        """What keys do now; those that are not in it do nothing."""
        row = self.chosen
        found = {}
        if row is not None and row.state not in STANDING:
            found[Key.HIDE] = "Show" if row.hidden else "Hide"
            found[Key.PAUSE] = "Resume" if row.paused else "Pause"
        if row is not None and row.state != "stopping":
            found[Key.STOP] = "Stop" if not self.asking else "Stop!"
        return {**found, Key.LEAVE: "Close"}

    def update(self, rows: tuple[Row, ...]) -> None:
        """There are other qubes, or other states. Who has gone takes the choice along to the one beside it."""
        before = [row.name for row in self.rows]
        names = [row.name for row in rows]
        self.rows = rows
        if self._chosen in names or not names:
            return
        place = before.index(self._chosen) if self._chosen in before else 0
        self._chosen, self.asking = names[min(place, len(names) - 1)], False

    def choose(self, name: str) -> None:
        """The person points at a qube."""
        self._chosen, self.asking, self.said = name, False, ""

    def press(self, key: Key) -> Deed | None:
        """A key, or a click on what stands for it; what is to be done, if anything."""
        asked, self.asking, self.said = self.asking, False, ""
        row = self.chosen
        if key is Key.LEAVE:
            self.left = True
        elif key in (Key.UP, Key.DOWN):
            self._move(1 if key is Key.DOWN else -1)
        elif row is not None and key in self.offers():
            return self._do(key, row, asked=asked)
        return None

    def _move(self, by: int) -> None:
        names = [row.name for row in self.rows]
        if self._chosen in names:
            self._chosen = names[(names.index(self._chosen) + by) % len(names)]

    def _do(self, key: Key, row: Row, *, asked: bool) -> Deed | None:
        if key is Key.STOP and not asked:
            self.asking = True
            self.said = f"Press S again to stop {row.name}: its programs end, and what is not saved is lost."
            return None
        done = {Key.HIDE: "show" if row.hidden else "hide", Key.PAUSE: "resume" if row.paused else "pause"}
        return Deed(done.get(key, "stop"), row.name)


class Held:
    """Keys that were down when the panel came, or are: they count anew when they have been let go."""

    def __init__(self, keymap: Iterable[int]) -> None:
        bits = bytes(keymap)
        self._down = {code for code in range(8 * len(bits)) if bits[code >> 3] >> (code & 7) & 1}

    def pressed(self, keycode: int) -> bool:
        """Whether this press is a new one."""
        fresh = keycode not in self._down
        self._down.add(keycode)
        return fresh

    def released(self, keycode: int) -> None:
        """It may be pressed anew."""
        self._down.discard(keycode)
