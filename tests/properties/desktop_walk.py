"""A random walk of one qube and one person on a real desktop, judged after each step; expects frames, nothing else.

The qube's agent says what the protocol allows; the person, the window manager and other programs do what they like.
"""

import random
from collections.abc import Callable
from typing import Any, Final

from Xlib import X, Xatom, error

from protocol.codec import encode
from protocol.messages import MessageType as M
from tests.harness.pixels import pseudo_random
from tests.harness.stage import HEIGHT, IN_A_MOMENT, PANEL_HEIGHT, WIDTH, ActedQube
from tests.harness.wait import wait_until
from tests.integration.daemon_desk import Person

STATIC_WITH_ALL: Final = 10 | 15 << 8 | 2 << 12
"""Static gravity, all four numbers, from a pager. Source: EWMH, _NET_MOVERESIZE_WINDOW."""

MAX_WINDOWS: Final = 8
CHORD: Final = (37, 64, 9)
"""Keycodes of Ctrl, Alt and Escape."""

PATIENCE_S: Final = 20.0
PICTURES: Final = {size: pseudo_random(*size) for size in ((1, 1), (40, 30), (301, 203), (600, 400))}
STATES: Final = ("FULLSCREEN", "MAXIMIZED_VERT", "MAXIMIZED_HORZ", "ABOVE", "BELOW", "SHADED", "DEMANDS_ATTENTION")
TITLES: Final = (b"plain", b"[other] 0xCC0000", "\N{RIGHT-TO-LEFT OVERRIDE}x".encode(), b"\x1b]0;a\x07", b"\xff" * 128)

Rect = tuple[int, int, int, int]


class Walk:
    """One qube's way over the stage, where others have `others` windows.

    steps: what was done, for whoever has to do it again.
    """

    def __init__(self, qube: ActedQube, person: Person, seed: int, *, others: int = 0) -> None:
        self.qube, self.person, self._others = qube, person, others
        self.chance = random.Random(seed)
        self.steps: list[str] = [f"seed {seed}"]
        self.windows: list[int] = []
        self._next = 0x100
        self._covers: list[Any] = []

    def step(self) -> None:
        """Do one thing and judge the desktop. Raises Misframed, or TimedOut when a window is not accounted for."""
        act = self.chance.choice(ACTS)
        self.steps.append(act.__name__.strip("_").replace("_", " "))
        try:
            act(self)
        except error.BadWindow:  # the window went meanwhile: the agent's will is done in its own time
            self.steps[-1] += " (too late)"
        self.judge()

    def judge(self) -> None:
        """Every outer on the screen is framed, and there are as many as the daemon has on the screen."""
        self.qube.settle()
        stage = self.qube.stage
        report = stage.clean("; ".join(self.steps[-12:]), patience_s=PATIENCE_S)
        assert report.windows <= len(self.windows) + self._others, f"more windows than the qubes have: {report}"

        def all_there() -> bool:
            before = self._viewable()
            return stage.report().windows == before + self._others == self._viewable() + self._others

        wait_until(all_there, PATIENCE_S, f"all windows: {self.steps[-12:]}")

    def end(self) -> None:
        """Take away what belongs to the person, and put the panel back."""
        self.qube.stage.unlock()
        for cover in self._covers:
            self.person.uncover(cover)
        self._reserve(PANEL_HEIGHT)

    def _viewable(self) -> int:
        mapped = [each["local_xid"] for each in self.qube.daemon.windows() if each["mapped"]]
        return sum(self._is_viewable(window) for window in mapped)

    def _is_viewable(self, window: int) -> bool:
        try:
            return bool(self.person.window(window).get_attributes().map_state == X.IsViewable)
        except error.BadWindow:
            return False

    # What is chosen

    def rect(self) -> Rect:
        chance = self.chance
        if chance.random() < 0.1:
            return (chance.choice((-16384, -2000, 0, 900)), chance.choice((-6144, -50, 0, 690)), 1, 1)
        size = chance.choice(((1, 1), (40, 30), (301, 203), (600, 400), (WIDTH, HEIGHT), (3000, 2000)))
        return (chance.randrange(-200, WIDTH), chance.randrange(-200, HEIGHT), *size)

    def one(self) -> int:
        """A window of the qube; a new one if there is none."""
        if not self.windows:
            self._create()
        return self.chance.choice(self.windows)

    def outer(self) -> int:
        """The outer of one of its windows."""
        found: int = self.qube.daemon.window(self.one())["local_xid"]
        return found

    def flip(self) -> bool:
        return self.chance.random() < 0.5

    # The agent

    def _create(self) -> None:
        if len(self.windows) >= MAX_WINDOWS:
            self._destroy()
        self._next += 1
        self.windows.append(self._next)
        self.qube.agent.create(self._next, self.rect(), popup=self.flip())

    def _show(self) -> None:
        self._create()
        self.qube.agent.map(self.windows[-1], popup=self.flip())
        self._draw_in(self.windows[-1])

    def _destroy(self) -> None:
        window = self.one()
        self.windows.remove(window)
        self.qube.agent.send(M.DESTROY, window)

    def _map(self) -> None:
        self.qube.agent.map(self.one(), popup=self.flip(), transient_for=self.chance.choice([0, 0, *self.windows]))

    def _unmap(self) -> None:
        self.qube.agent.send(M.UNMAP, self.one())

    def _configure(self) -> None:
        self.qube.agent.send_raw(encode(M.CONFIGURE, self.one(), *self.rect(), int(self.flip())))

    def _echo(self) -> None:
        self.qube.agree()

    def _draw(self) -> None:
        self._draw_in(self.one())

    def _draw_in(self, window: int) -> None:
        picture = PICTURES[self.chance.choice(list(PICTURES))]
        pages = -(-4 * picture.size // 4096)
        refs = [number * 2 % 3000 for number in range(pages)] if self.flip() else None
        self.qube.agent.dump(window, picture, refs or range(pages))
        self.qube.agent.damage(window, (0, 0, 16384, 6144))

    def _entitle(self) -> None:
        self.qube.agent.send(M.WMNAME, self.one(), self.chance.choice(TITLES))

    def _hint(self) -> None:
        numbers = [self.chance.choice((0, 1, 7, 200, 16384)) for _ in range(8)]
        self.qube.agent.send(M.WINDOW_HINTS, self.one(), self.chance.choice((0, 16, 32, 64, 256, 0x175)), *numbers)

    def _ask_for_states(self) -> None:
        to_set = self.chance.randrange(8)
        self.qube.agent.send(M.WINDOW_FLAGS, self.one(), to_set, self.chance.randrange(8) & ~to_set)

    def _point(self) -> None:
        self.qube.agent.send(M.CURSOR, self.one(), 0x100 + self.chance.randrange(154))

    def _dock(self) -> None:
        self.qube.agent.send(M.DOCK, self.one())

    # The desktop

    def _somebody_configures(self) -> None:
        self.person.place(self.outer(), self.rect())

    def _pager_moves(self) -> None:
        x, y, width, height = self.rect()
        self.person.ask(
            self.outer(),
            "_NET_MOVERESIZE_WINDOW",
            10 | 15 << 8 | 2 << 12,
            x & 0xFFFFFFFF,
            y & 0xFFFFFFFF,
            width,
            height,
        )

    def _pager_changes_states(self) -> None:
        atom = self.person.x.intern_atom(f"_NET_WM_STATE_{self.chance.choice(STATES)}")
        self.person.ask(self.outer(), "_NET_WM_STATE", self.chance.randrange(3), atom, 0, 2)

    def _person_minimises(self) -> None:
        self.person.ask(self.outer(), "WM_CHANGE_STATE", 3)

    def _person_activates(self) -> None:
        self.person.ask(self.outer(), "_NET_ACTIVE_WINDOW", 2, X.CurrentTime)

    def _person_clicks(self) -> None:
        self.person.click(self.chance.randrange(WIDTH), self.chance.randrange(PANEL_HEIGHT, HEIGHT))
        self.person.type(38)

    def _another_program_covers(self) -> None:
        if len(self._covers) < 3:
            self._covers.append(self.person.cover((*self.rect()[:2], 300, 200)))

    def _another_program_goes(self) -> None:
        if self._covers:
            self.person.uncover(self._covers.pop())

    def _panel_changes(self) -> None:
        """Its strip, and the work area with it."""
        self._reserve(self.chance.choice((PANEL_HEIGHT, 10, 120)))

    def _reserve(self, rows: int) -> None:
        stage = self.qube.stage
        strut = [0, 0, rows, 0, 0, 0, 0, 0, 0, WIDTH - 1, 0, 0]
        stage.panel.change_property(stage.x.intern_atom("_NET_WM_STRUT_PARTIAL"), Xatom.CARDINAL, 32, strut)
        stage.x.sync()

    def _screen_locks(self) -> None:
        self.qube.stage.unlock()
        self.qube.stage.lock()

    def _screen_unlocks(self) -> None:
        self.qube.stage.unlock()

    def _person_ends_fullscreen(self) -> None:
        """By the chord, wherever the focus is. Source: guid/core/options.py, leave_fullscreen_sequence."""
        for keycode in CHORD:
            self.person.key(keycode, down=True)
        for keycode in reversed(CHORD):
            self.person.key(keycode, down=False)

    def _daemon_stands_still(self) -> None:
        """Whatever happens meanwhile, X alone keeps the frame."""
        outer = self.outer()
        self.qube.daemon.child.freeze()
        try:
            self._another_program_goes()
            self.person.window(outer).configure(
                width=self.chance.randrange(1, 500), height=self.chance.randrange(1, 400)
            )
            self.person.x.sync()
            stage = self.qube.stage
            stage.clean("; ".join([*self.steps[-12:], "frozen"]), patience_s=PATIENCE_S, without=IN_A_MOMENT)
        finally:
            self.qube.daemon.child.thaw()


ACTS: Final[tuple[Callable[[Walk], None], ...]] = (
    Walk._create,
    Walk._show,
    Walk._show,
    Walk._destroy,
    Walk._map,
    Walk._map,
    Walk._unmap,
    Walk._configure,
    Walk._configure,
    Walk._echo,
    Walk._draw,
    Walk._entitle,
    Walk._hint,
    Walk._ask_for_states,
    Walk._point,
    Walk._dock,
    Walk._somebody_configures,
    Walk._pager_moves,
    Walk._pager_changes_states,
    Walk._person_minimises,
    Walk._person_activates,
    Walk._person_clicks,
    Walk._another_program_covers,
    Walk._another_program_goes,
    Walk._panel_changes,
    Walk._screen_locks,
    Walk._screen_unlocks,
    Walk._person_ends_fullscreen,
    Walk._daemon_stands_still,
)
