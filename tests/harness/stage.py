"""A desktop with a panel, qubes played by scripted agents, and the pixel oracle as judge; knows no attack."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from Xlib import X, Xatom, error
from Xlib.ext import xtest

from colors.labels import label_named, told
from guid.core.geometry import Rect
from guid.core.oracle import Fault, Finding, Owner, Report, examine
from guid.core.thickness import BARE, Style
from guid.x11.oracle import look
from protocol.messages import MessageType
from tests.harness.agent import ScriptedAgent
from tests.harness.daemon import DaemonProcess
from tests.harness.pixels import Pixels, screenshot
from tests.harness.playedtray import PlayedTray
from tests.harness.wait import POLL_S, pause, time_scale, wait_until
from tests.harness.wm import Compositor, WindowManager, nudge
from tests.harness.xserver import XServer

WIDTH, HEIGHT, PANEL_HEIGHT = 1000, 700, 30
WORK_AREA: Final = Rect(0, PANEL_HEIGHT, WIDTH, HEIGHT - PANEL_HEIGHT)
FENCE_WINDOW: Final = 0x7FFFFFF0

IN_A_MOMENT: Final = frozenset(
    {
        Fault.TORN_KIND,
        Fault.OFF_WORK_AREA,
        Fault.OFF_MONITORS,
        Fault.OVER_LOCKER,
        Fault.OVER_BANNER,
        Fault.TOO_LARGE,
        Fault.NO_TAG,
    }
)
"""What daemon or window manager may still be about to mend. Everything else must not be seen at any moment."""

PATIENCE_S: Final = 2.0
PAINT_ANEW_S: Final = 0.5
"""As often a compositor is made to paint everything while something is wrong."""

BY_MANAGER: Final = 'frame="wm"'
"""After --option, for a qube whose managed windows the window manager may frame."""

WITHOUT_WORK_AREA: Final = frozenset({"i3", "awesome", "awesome-tiling", "awesome-plain"})
"""Window managers that do not tell what their panels leave free."""


class Misframed(AssertionError):
    """The oracle's first finding, with the step at which it was found."""

    def __init__(self, step: str, finding: Finding | None, text: str) -> None:
        super().__init__(f"{step}: {text}")
        self.step, self.finding = step, finding


class ActedQube:
    """A scripted agent and its real daemon on the stage."""

    def __init__(self, stage: "Stage", agent: ScriptedAgent, daemon: DaemonProcess, owner: Owner) -> None:
        self.stage, self.agent, self.daemon, self.owner = stage, agent, daemon, owner
        self._echoed = 0

    def settle(self) -> None:
        """Return when the daemon has done every message so far, and has drawn.

        Twice, because what is damaged is drawn after the last message that was there at the same time.
        """
        for _ in range(2):
            before = len(self.agent.received)
            self.agent.create(FENCE_WINDOW, (0, 0, 1, 1))
            self.agent.send(MessageType.DESTROY, FENCE_WINDOW)
            self.agent.expect(MessageType.DESTROY, FENCE_WINDOW, after=before)

    def agree(self) -> None:
        """Echo every CONFIGURE once, as an agent does, until the daemon has nothing more to say."""
        while True:
            self.settle()
            there = {each["remote_wid"] for each in self.daemon.windows()}
            self.settle()
            fresh, self._echoed = self.agent.received[self._echoed :], len(self.agent.received)
            configures = [each for each in fresh if each.type is MessageType.CONFIGURE and each.window in there]
            for each in configures:
                self.agent.configure(each.window, each.body[:4])  # type: ignore[index]
            if not configures:
                return

    def outer(self, window: int) -> Any:
        """The outer as an X window of the stage's own connection."""
        return self.stage.x.create_resource_object("window", self.daemon.window(window)["local_xid"])

    def viewable(self, window: int) -> Any:
        """The outer, once it is on the screen."""
        outer = self.outer(window)

        def on_the_screen() -> bool:
            try:
                return bool(outer.get_attributes().map_state == X.IsViewable)
            except error.BadWindow:  # the daemon knows it already, the X server does not yet
                return False

        wait_until(on_the_screen, what=f"window {window:#x} on the screen")
        return outer

    def relabel(self, label: str) -> None:
        """Another label, as the supervisor tells it; from now on the oracle expects its colour."""
        chosen = label_named(label)
        wears = self.owner._replace(rgb=chosen.rgb, pattern=chosen.pattern)
        self.stage.change_owner(self.owner, wears)
        self.owner = wears
        self.daemon.tell({"label": told(chosen)})
        self.settle()

    def lives(self) -> None:
        """The daemon runs and answers."""
        assert self.daemon.child.alive, self.daemon.child.output()
        self.daemon.windows()

    def drawn(self, window: int, picture: Pixels) -> bool:
        """Whether the screen shows the pixel in the middle of what content and picture have in common."""
        x, y, width, height = self.daemon.window(window)["content"]
        column, row = min(width, picture.shape[1]) // 2, min(height, picture.shape[0]) // 2
        return bool(self.stage.picture()[y + row, x + column] == picture[row, column])


class Stage:
    """Xvfb, a window manager, a panel at the top, and whatever qubes a test puts there. A context manager.

    manager, compositor: names of tests.harness.wm, or None for none.
    """

    def __init__(self, *, manager: str | None = "openbox", compositor: str | None = None) -> None:
        self._manager, self._compositor = manager, compositor
        self._composited = compositor is not None or manager == "xfwm4"
        self._folder = tempfile.TemporaryDirectory(prefix="vitrail-stage-")
        self.server = XServer(WIDTH, HEIGHT)
        self._owners: list[Owner] = []
        self._qubes = 0
        self._locker: Any = None
        self._tray: PlayedTray | None = None

    @contextmanager
    def qube(
        self,
        name: str,
        label: str,
        *,
        program: tuple[str, ...] = ("-m", "guid"),
        minor: int = 8,
        arguments: tuple[str, ...] = (),
        style: Style = BARE,
    ) -> Iterator[ActedQube]:
        """A connected qube, with frames as `style` has them; at the end its windows are gone."""
        self._qubes += 1
        folder = Path(self._folder.name) / f"{self._qubes}"
        folder.mkdir()
        with (
            ScriptedAgent(folder, pool_bytes=16 << 20) as agent,
            DaemonProcess(
                *(self.server.name, agent.path, agent.pool),
                name=name,
                label=label,
                program=program,
                arguments=(*arguments, *(("--option", "high_contrast = true") if style.contrast else ())),
                tagged=style.tag,
            ) as daemon,
        ):
            agent.shake_hands(minor=minor)
            chosen = label_named(label)
            by_manager = BY_MANAGER in arguments
            owner = Owner(name, chosen.rgb, daemon.child.pid, chosen.pattern, by_manager, style)
            self._owners.append(owner)
            qube = ActedQube(self, agent, daemon, owner)
            try:
                yield qube
            finally:
                self._owners.remove(qube.owner)

    def change_owner(self, before: Owner, after: Owner) -> None:
        """Expect something else of a qube."""
        self._owners[self._owners.index(before)] = after

    def report(self) -> Report:
        """What the oracle says now."""
        return examine(look(self.server.name, tuple(self._owners)))

    def judge(self, step: str, *, windows: int) -> Report:
        """Look until `windows` outers are right; raises Misframed with the first finding.

        A wrong pixel is wrong at any moment; what others have to mend first has PATIENCE_S. Under a compositor that is
        every pixel: it paints after the X server has changed its windows, and xcompmgr leaves a row out at times.
        """
        for late, report in self._looks(PATIENCE_S):
            lasting = [] if self._composited else [each for each in report.findings if each.what not in IN_A_MOMENT]
            if lasting or (late and report.findings):
                first = (lasting or report.findings)[0]
                raise Misframed(step, first, str(first))
            if not report.findings and report.windows == windows:
                return report
            if late:
                raise Misframed(step, None, f"{report.windows} windows on the screen instead of {windows}")
        raise AssertionError("there is always another look")

    def _looks(self, patience_s: float) -> Iterator[tuple[bool, Report]]:
        """One report after the other, and whether it is later than `patience_s`. A compositor is made to paint anew."""
        deadline = time.monotonic() + patience_s * time_scale()
        paint_at = time.monotonic() + PAINT_ANEW_S
        while True:
            if self._composited and time.monotonic() > paint_at:
                self._paint_anew()
                paint_at += PAINT_ANEW_S
            yield time.monotonic() > deadline, self.report()
            pause(POLL_S)

    def _paint_anew(self) -> None:
        """Let the compositor paint the whole screen: a window over all of it comes and goes.

        What a window itself lacks, it lacks afterwards.
        """
        screen = self.x.screen()
        size = screen.width_in_pixels, screen.height_in_pixels
        cover = screen.root.create_window(0, 0, *size, 0, X.CopyFromParent, override_redirect=True)
        cover.map()
        self.x.sync()
        cover.destroy()
        self.x.sync()

    def clean(self, step: str, *, patience_s: float = PATIENCE_S, without: frozenset[Fault] = frozenset()) -> Report:
        """As `judge`, for any number of windows. without: what does not count, because nobody could mend it now."""
        for late, report in self._looks(patience_s):
            found = [each for each in report.findings if each.what not in without]
            lasting = [] if self._composited else [each for each in found if each.what not in IN_A_MOMENT]
            if not found:
                return report
            if lasting or late:
                first = (lasting or found)[0]
                raise Misframed(step, first, str(first))
        raise AssertionError("there is always another look")

    def picture(self) -> Pixels:
        """The whole screen."""
        return screenshot(self.x)

    def point(self, x: int, y: int) -> None:
        """Move the pointer."""
        xtest.fake_input(self.x, X.MotionNotify, x=x, y=y)
        self.x.sync()

    def click(self, x: int, y: int) -> None:
        """Move the pointer and click."""
        xtest.fake_input(self.x, X.MotionNotify, x=x, y=y)
        xtest.fake_input(self.x, X.ButtonPress, 1)
        xtest.fake_input(self.x, X.ButtonRelease, 1)
        self.x.sync()

    def key(self, kind: int, keycode: int) -> None:
        """X.KeyPress or X.KeyRelease."""
        xtest.fake_input(self.x, kind, keycode)
        self.x.sync()

    def focus(self, qube: ActedQube, window: int) -> None:
        """Click into a content, and return when its outer has the focus."""
        x, y, width, height = qube.daemon.window(window)["content"]
        outer = qube.viewable(window)
        self.click(x + width // 2, y + height // 2)
        wait_until(lambda: getattr(self.x.get_input_focus().focus, "id", 0) == outer.id, what="the focus")

    def lock(self) -> None:
        """Cover the screen as xscreensaver does."""
        root = self.x.screen().root
        self._locker = root.create_window(0, 0, WIDTH, HEIGHT, 0, X.CopyFromParent, override_redirect=1)
        self._locker.set_wm_class("xscreensaver", "XScreenSaver")
        self._locker.map()
        self.x.sync()

    def unlock(self) -> None:
        """Uncover it; harmless when it is not locked."""
        if self._locker is not None:
            self._locker.destroy()
            self.x.sync()
            self._locker = None

    def put_tray(self) -> PlayedTray:
        """A tray at the bottom, above every window, until `take_tray`."""
        self._tray = PlayedTray(self.server.name, (200, HEIGHT - 26, 300, 26)).begin()
        return self._tray

    def take_tray(self) -> None:
        """End it; harmless when there is none."""
        if self._tray is not None:
            self._tray.end()
            self._tray = None

    def _put_panel(self) -> None:
        """A dock that reserves the top of the screen."""
        panel = self.panel = self.x.screen().root.create_window(0, 0, WIDTH, PANEL_HEIGHT, 0, X.CopyFromParent)
        cardinals = [0, 0, PANEL_HEIGHT, 0, 0, 0, 0, 0, 0, WIDTH - 1, 0, 0]
        panel.change_property(self.x.intern_atom("_NET_WM_STRUT_PARTIAL"), Xatom.CARDINAL, 32, cardinals)
        dock = self.x.intern_atom("_NET_WM_WINDOW_TYPE_DOCK")
        panel.change_property(self.x.intern_atom("_NET_WM_WINDOW_TYPE"), Xatom.ATOM, 32, [dock])
        panel.map()
        wait_until(lambda: self._work_area() == WORK_AREA, what="the panel's strip in the work area")

    def _work_area(self) -> Rect | None:
        nudge(self.x)
        found = self.x.screen().root.get_full_property(self.x.intern_atom("_NET_WORKAREA"), Xatom.CARDINAL)
        return Rect(*found.value[:4]) if found is not None else None

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.enter_context(self._folder)
            stack.enter_context(self.server)
            self.x: Any = stack.enter_context(closing(self.server.connect()))
            if self._manager is not None:
                stack.enter_context(WindowManager(self._manager, self.server.name))
                if self._manager not in WITHOUT_WORK_AREA:
                    self._put_panel()
            if self._compositor is not None:
                stack.enter_context(Compositor(self._compositor, self.server.name))
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()
