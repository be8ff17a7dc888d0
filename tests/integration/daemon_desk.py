"""A person, other programs and qubes on one real desktop, for the tests of the daemon; knows nothing of its inside."""

import contextlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from Xlib import X, Xatom, error
from Xlib import display as xdisplay
from Xlib.ext import xtest
from Xlib.protocol import event
from Xlib.xobject.drawable import Window

from colors.labels import label_named
from protocol.messages import MessageType
from tests.harness.agent import ScriptedAgent
from tests.harness.daemon import DaemonProcess
from tests.harness.frames import lay, wearing
from tests.harness.pixels import Pixels, first_difference, screenshot
from tests.harness.wait import TimedOut, wait_until

Four = tuple[int, int, int, int]

US_POSITION = 1

COVER_RGB = 0x123456
"""The colour of other programs' windows: no label's."""

GRAVITY_STATIC, WITH_X, WITH_Y, WITH_WIDTH, WITH_HEIGHT, FROM_PAGER = 10, 1 << 8, 1 << 9, 1 << 10, 1 << 11, 2 << 12
"""Source: EWMH, _NET_MOVERESIZE_WINDOW."""


class Person:
    """Devices, window manager's tools and other programs, all on one connection to the desktop."""

    def __init__(self, display: str) -> None:
        self.x = xdisplay.Display(display)
        self.root = self.x.screen().root

    def close(self) -> None:
        self.x.close()

    # Devices

    def point(self, x: int, y: int) -> None:
        xtest.fake_input(self.x, X.MotionNotify, x=x, y=y)
        self.x.sync()

    def key(self, keycode: int, *, down: bool) -> None:
        xtest.fake_input(self.x, X.KeyPress if down else X.KeyRelease, keycode)
        self.x.sync()

    def type(self, *keycodes: int) -> None:
        for keycode in keycodes:
            self.key(keycode, down=True)
            self.key(keycode, down=False)

    def button(self, number: int, *, down: bool) -> None:
        xtest.fake_input(self.x, X.ButtonPress if down else X.ButtonRelease, number)
        self.x.sync()

    def click(self, x: int, y: int, number: int = 1) -> None:
        self.point(x, y)
        self.button(number, down=True)
        self.button(number, down=False)

    # The window manager's tools

    def ask(self, window: int, message: str, *data: int) -> None:
        """A client message to the root window."""
        kind = self.x.intern_atom(message)
        numbers = [*data, *[0] * (5 - len(data))]
        what = event.ClientMessage(window=self.window(window), client_type=kind, data=(32, numbers))
        self.root.send_event(what, event_mask=X.SubstructureNotifyMask | X.SubstructureRedirectMask)
        self.x.sync()

    def activate(self, window: int) -> None:
        """Give the window the focus, and wait until it has it."""
        self.ask(window, "_NET_ACTIVE_WINDOW", 2, X.CurrentTime)
        wait_until(lambda: self.focus() == window, what=f"focus on {window:#x}")

    def focus(self) -> int:
        found = self.x.get_input_focus().focus
        return int(found if isinstance(found, int) else found.id)

    def managed_place(self, window: int, outer: Four) -> None:
        """Move and resize through the window manager (a pager does this), and wait until it is done."""
        x, y, width, height = outer
        flags = GRAVITY_STATIC | WITH_X | WITH_Y | WITH_WIDTH | WITH_HEIGHT | FROM_PAGER
        self.ask(window, "_NET_MOVERESIZE_WINDOW", flags, x & 0xFFFFFFFF, y & 0xFFFFFFFF, width, height)
        wait_until(lambda: self.outer(window) == outer, what=f"{window:#x} at {outer}")

    # Other programs

    def window(self, window: int) -> Window:
        found: Window = self.x.create_resource_object("window", window)
        return found

    def place(self, window: int, outer: Four) -> None:
        """Another client's ConfigureWindow."""
        x, y, width, height = outer
        self.window(window).configure(x=x, y=y, width=width, height=height)
        self.x.sync()

    def cover(self, rect: Four, rgb: int = COVER_RGB) -> Window:
        """A window of another program on top of everything."""
        x, y, width, height = rect
        window: Window = self.root.create_window(
            x, y, width, height, 0, X.CopyFromParent, background_pixel=rgb, override_redirect=True
        )
        window.map()
        window.raise_window()
        self.x.sync()
        return window

    def uncover(self, window: Window) -> None:
        window.destroy()
        self.x.sync()

    # What the X server says

    def outer(self, window: int) -> Four:
        """Where a window really is: px, root coordinates."""
        found = self.window(window)
        size, place = found.get_geometry(), found.translate_coords(self.root, 0, 0)
        return (-place.x, -place.y, size.width, size.height)

    def tree(self) -> list[Window]:
        return list(self.root.query_tree().children)

    def property(self, window: int, name: str) -> bytes:
        """The raw value of a property, b"" if there is none."""
        found = self.window(window).get_full_property(self.x.intern_atom(name), X.AnyPropertyType)
        if found is None:
            return b""
        value = found.value
        return value if isinstance(value, bytes) else bytes(value.tobytes())

    def numbers(self, window: int, name: str) -> list[int]:
        found = self.window(window).get_full_property(self.x.intern_atom(name), X.AnyPropertyType)
        return [int(number) for number in found.value] if found is not None else []

    def set_work_area(self, area: Four) -> None:
        self.root.change_property(self.x.intern_atom("_NET_WORKAREA"), Xatom.CARDINAL, 32, list(area))
        self.x.sync()

    def picture(self) -> Pixels:
        return screenshot(self.x)


class Framed(NamedTuple):
    """One window: its outer's X id, its id in the qube."""

    xid: int
    remote: int


class Qube:
    """An agent played by the test, and its real daemon. A context manager."""

    def __init__(
        self,
        display: str,
        *,
        name: str = "work",
        label: str = "blue",
        arguments: tuple[str, ...] = (),
        program: tuple[str, ...] = ("-m", "guid"),
    ) -> None:
        self.name = name
        self.rgb = label_named(label).rgb
        self._x = xdisplay.Display(display)
        self._folder = tempfile.TemporaryDirectory(prefix="vitrail-qube-")
        self.agent = ScriptedAgent(Path(self._folder.name))
        self.daemon = DaemonProcess(
            display,
            self.agent.path,
            self.agent.pool,
            name=name,
            label=label,
            arguments=arguments,
            program=program,
        )
        self._next = 0x400000
        self._echoed = 0

    def start(self) -> Self:
        self.agent.shake_hands()
        return self

    def new_id(self) -> int:
        self._next += 1
        return self._next

    def show(self, rect: Four, picture: Pixels, *, popup: bool = False) -> Framed:
        """A mapped window with its picture, where it is asked for; waits until it is mapped."""
        remote = self.new_id()
        self.agent.create(remote, rect, popup=popup)
        self.agent.send(MessageType.WINDOW_HINTS, remote, US_POSITION, *[0] * 8)
        self.agent.map(remote, popup=popup)
        self.agent.dump(remote, picture)
        self.agent.damage(remote, (0, 0, picture.shape[1], picture.shape[0]))
        return self.mapped(remote)

    def settle(self) -> None:
        """Take everything that the daemon says of what X has told it until now.

        Two questions: the first may be answered before what X told is looked at, but that is done in the same turn.
        """
        self.daemon.windows()
        self.daemon.windows()
        self.agent.poll()

    def informed(self) -> None:
        """`settle`, and the daemon also has X's answers to what it asked because of what X told.

        A server may serve us before it looks at the daemon's requests once, and not twice.
        """
        self.settle()
        self._x.sync()
        self._x.sync()
        self.settle()

    def agree(self) -> None:
        """Echo every CONFIGURE until no more comes, so that the next one of the agent is its own idea."""
        while True:
            self.settle()
            there = {each["remote_wid"] for each in self.daemon.windows()}
            if self._echoed == len(self.agent.received):
                return
            first, self._echoed = self._echoed, len(self.agent.received)
            for message in self.agent.received[first:]:
                if message.type == MessageType.CONFIGURE and message.window in there:
                    assert isinstance(message.body, tuple)
                    self.agent.configure(message.window, message.body[:4])

    def mapped(self, remote: int) -> Framed:
        found = wait_until(
            lambda: next(
                (each for each in self.daemon.windows() if each["remote_wid"] == remote and each["mapped"]), None
            ),
            what=f"window {remote:#x} mapped",
        )
        assert found is not None
        xid: int = found["local_xid"]
        wait_until(lambda: self._viewable(xid), what=f"window {remote:#x} on the screen")
        return Framed(xid, remote)

    def _viewable(self, xid: int) -> bool:
        try:
            state = self._x.create_resource_object("window", xid).get_attributes().map_state
        except error.BadWindow:  # the daemon has sent its creation, and X has not come to it yet
            return False
        return bool(state == X.IsViewable)

    def content(self, remote: int) -> Four:
        x, y, width, height = self.daemon.window(remote)["content"]
        return (x, y, width, height)

    def outer(self, remote: int) -> Four:
        x, y, width, height = self.daemon.window(remote)["outer"]
        return (x, y, width, height)

    def destroy(self, *windows: Framed) -> None:
        """Destroy windows of the agent, and take everything the daemon says until it has done so."""
        after = len(self.agent.received)
        for window in windows:
            self.agent.send(MessageType.DESTROY, window.remote)
        for window in windows:
            self.agent.expect(MessageType.DESTROY, window.remote, after=after)

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """The daemon stands still."""
        self.daemon.child.freeze()
        try:
            yield
        finally:
            self.daemon.child.thaw()

    def close(self) -> None:
        sys.stderr.write(self.daemon.child.output())  # pytest shows it with a failure
        self.daemon.__exit__(None, None, None)
        self.agent.__exit__(None, None, None)
        with contextlib.suppress(error.ConnectionClosedError):  # a test may end the X server
            self._x.close()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def sides_on(picture: Pixels, outer: Four, px: int) -> dict[str, Pixels]:
    """What of the four sides of a frame lies on the screen; a side that is not there is left out."""
    x, y, width, height = outer
    sides = {
        "left": (x, y, px, height),
        "right": (x + width - px, y, px, height),
        "top": (x, y, width, px),
        "bottom": (x, y + height - px, width, px),
    }
    found: dict[str, Pixels] = {}
    for name, (left, top, wide, high) in sides.items():
        # An outer smaller than its frame is all frame: no side reaches beyond it.
        first_x, first_y = max(left, x, 0), max(top, y, 0)
        end_x, end_y = min(left + wide, x + width), min(top + high, y + height)
        seen = picture[first_y : max(end_y, first_y), first_x : max(end_x, first_x)]
        if seen.size:
            found[name] = seen
    return found


def frame_faults(picture: Pixels, outer: Four, px: int, rgb: int) -> list[str]:
    """What is wrong with a frame on the screen; nothing if every pixel of it is as the label of that colour has it."""
    found: list[str] = []
    right = picture.copy()
    lay(right, wearing(rgb), outer, (px,) * 4)
    expected = sides_on(right, outer, px)
    for name, side in sides_on(picture, outer, px).items():
        wrong = side[side != expected[name]]
        if wrong.size:
            found.append(f"{name}: {wrong.size} of {side.size} pixels, the first is {int(wrong[0]):06x}")
    return found


def wait_framed(person: Person, window: int, px: int, rgb: int, *, sides: int = 4) -> None:
    """Wait until the frame is whole where X has the window now; `sides` of it must be on the screen.

    With the daemon stopped nothing but X and the window manager can make it so. Raises AssertionError with the faults.
    """
    last: list[str] = ["never looked"]

    def look() -> bool:
        outer = person.outer(window)
        picture = person.picture()
        last[:] = frame_faults(picture, outer, px, rgb)
        there = len(sides_on(picture, outer, px))
        if there < sides:
            last.append(f"only {there} sides of {outer} on the screen")
        return not last

    try:
        wait_until(look, timeout_s=4.0, what="a whole frame")
    except TimedOut:
        raise AssertionError(f"frame of {person.outer(window)}: {'; '.join(last)}") from None


def wait_shown(qube: Qube, person: Person, remote: int, picture: Pixels) -> None:
    """Wait until the screen shows exactly `picture` at the content of the window. Raises AssertionError."""
    last = [""]

    def look() -> bool:
        x, y, _, _ = qube.content(remote)
        height, width = picture.shape
        last[0] = first_difference(person.picture()[y : y + height, x : x + width], picture)
        return not last[0]

    try:
        wait_until(look, timeout_s=4.0, what="the picture")
    except TimedOut:
        raise AssertionError(f"window {remote:#x} at {qube.content(remote)}: {last[0]}") from None
