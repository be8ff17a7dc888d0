"""An X program with known pictures, in the process that answers calls. Knows no agent.

Its windows are painted from a seed, and painted anew when they change their size; what happens to them is remembered.
"""

from __future__ import annotations

import random
import select
import time
from typing import Any, Final

from Xlib import X, display
from Xlib.protocol import rq

from scripts.vm.inside.programs import start
from tests.vm.inside.pixels import checksum

TILE_PX: Final = 16
MASK: Final = X.KeyPressMask | X.ButtonPressMask | X.StructureNotifyMask | X.ExposureMask | X.EnterWindowMask
WINDOWS: Final[dict[str, Window]] = {}
EVENTS: Final[list[dict[str, Any]]] = []
SERVER: Final[list[Any]] = []


class Window:
    """One window. seed: of its picture."""

    def __init__(self, name: str, seed: int, rect: tuple[int, int, int, int], *, popup: bool) -> None:
        self.name, self.seed = name, seed
        x, y, self.width, self.height = rect
        screen = SERVER[0].screen()
        self.window = screen.root.create_window(
            x,
            y,
            self.width,
            self.height,
            0,
            screen.root_depth,
            background_pixel=0x404040,
            override_redirect=popup,
            event_mask=MASK,
        )
        self.context = self.window.create_gc(graphics_exposures=False)
        self.window.set_wm_name(name)
        self.window.set_wm_class(name, name)
        self.window.set_wm_protocols([SERVER[0].intern_atom("WM_DELETE_WINDOW")])
        self.window.map()

    def paint(self) -> None:
        """Tiles of colours that only the seed and the place decide."""
        for x in range(0, self.width, TILE_PX):
            for y in range(0, self.height, TILE_PX):
                colour = random.Random((self.seed << 32) | (x << 16) | y).getrandbits(24)
                self.context.change(foreground=colour)
                self.window.fill_rectangle(self.context, x, y, TILE_PX, TILE_PX)


def open_display(display_name: str) -> None:
    """Connect to the X server of this domain."""
    SERVER[:] = [display.Display(display_name)]
    WINDOWS.clear()
    EVENTS.clear()


def show(window: str, seed: int, rect: list[int], *, popup: bool = False) -> None:
    """Map a window and paint it."""
    WINDOWS[window] = Window(window, seed, (rect[0], rect[1], rect[2], rect[3]), popup=popup)
    settle()


def repaint(window: str, seed: int) -> None:
    """Give a window another picture."""
    WINDOWS[window].seed = seed
    WINDOWS[window].paint()
    settle()


def close(window: str) -> None:
    """Destroy a window."""
    WINDOWS.pop(window).window.destroy()
    settle()


def settle(wait_s: float = 0.3) -> list[dict[str, Any]]:
    """Take events until none comes for a while; returns everything that ever came."""
    server = SERVER[0]
    server.sync()
    deadline = time.monotonic() + wait_s
    while True:
        while server.pending_events():
            _take(server.next_event())
            server.flush()
            deadline = time.monotonic() + wait_s
        left = deadline - time.monotonic()
        quiet = left <= 0 or not select.select([server.fileno()], [], [], left)[0]
        if quiet and not server.pending_events():
            return EVENTS


def _take(event: rq.Event) -> None:
    target = event.window.id if hasattr(event, "window") else 0
    window = next((each for each in WINDOWS.values() if each.window.id == target), None)
    if window is None:
        return
    if event.type == X.Expose:
        window.paint()
    elif event.type == X.ConfigureNotify:
        if (event.width, event.height) != (window.width, window.height):
            window.width, window.height = event.width, event.height
            EVENTS.append({"resized": window.name, "size": [event.width, event.height]})
            window.paint()
    elif event.type == X.KeyPress:
        EVENTS.append({"key": event.detail, "window": window.name})
    elif event.type == X.ButtonPress:
        EVENTS.append({"button": event.detail, "window": window.name, "x": event.event_x, "y": event.event_y})
    elif event.type == X.ClientMessage:
        EVENTS.append({"closed": window.name})


def events() -> list[dict[str, Any]]:
    """What happened so far."""
    return settle(0.05)


def picture(name: str) -> dict[str, Any]:
    """Size and checksum of a window as this domain's X server has it."""
    settle(0.05)
    window = WINDOWS[name]
    size = window.window.get_geometry()
    return {
        "size": [size.width, size.height],
        "checksum": checksum(window.window, 0, 0, size.width, size.height),
    }


def load(screen: str) -> int:
    """Start a program that paints without end; returns its pid."""
    return start(
        ["/usr/bin/python3", "-c", LOAD, screen],
        log="/tmp/load.log",
    )


LOAD: Final = """
import sys
from Xlib import X, display
server = display.Display(sys.argv[1])
screen = server.screen()
window = screen.root.create_window(0, 0, 500, 400, 0, screen.root_depth, background_pixel=0)
window.set_wm_name("load")
window.map()
context = window.create_gc()
number = 0
while True:
    number += 1
    context.change(foreground=number * 7919 & 0xFFFFFF)
    window.fill_rectangle(context, number * 13 % 450, number * 17 % 350, 50, 50)
    if number % 50 == 0:
        server.sync()
"""
