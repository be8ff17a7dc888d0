"""Small X programs that tests run inside qubes: `python3 programs.py NAME ARGUMENT…`, with nothing but python-xlib.

Inside a qube python-xlib comes out of the agent's archive, and this file lies in the qube's home.
"""

import random
import sys
from collections.abc import Callable

sys.path.insert(0, "/run/vitrail/agent.pyz")

from Xlib import X, Xatom, display
from Xlib.ext import xinput
from Xlib.protocol import event

BAND_BYTES = 200_000


def pixels(width: int, height: int, seed: int) -> bytes:
    """A pseudo-random picture, BGRX, the same for the same seed everywhere; X is 0."""
    data = bytearray(random.Random(seed).randbytes(4 * width * height))
    data[3::4] = bytes(width * height)
    return bytes(data)


class Painter:
    """A window that shows pseudo-random pixels of its own size."""

    def __init__(
        self, dpy: display.Display, parent: object, rect: tuple[int, int, int, int], *, depth: int = 24
    ) -> None:
        self.dpy, self.depth = dpy, depth
        screen = dpy.screen()
        options: dict[str, object] = {}
        visual: object = X.CopyFromParent
        if depth == 32:
            visual = next(
                visual.visual_id for each in screen.allowed_depths if each.depth == 32 for visual in each.visuals
            )
            options = {
                "colormap": screen.root.create_colormap(visual, X.AllocNone),
                "border_pixel": 0,
                "background_pixel": 0,
            }
        mask = X.ExposureMask | X.StructureNotifyMask | X.ButtonPressMask | X.KeyPressMask
        self.window = parent.create_window(*rect, 0, depth, X.InputOutput, visual, event_mask=mask, **options)  # type: ignore[attr-defined]
        self.gc = self.window.create_gc(graphics_exposures=0)

    def paint(self, width: int, height: int, seed: int) -> None:
        """Fill the window; the seed is mixed with the size."""
        data = pixels(width, height, seed + width * 65537 + height)
        rows = max(1, BAND_BYTES // (4 * width))
        for top in range(0, height, rows):
            count = min(rows, height - top)
            band = data[4 * width * top : 4 * width * (top + count)]
            self.window.put_image(self.gc, 0, top, width, count, X.ZPixmap, self.depth, 0, band)
        self.dpy.flush()


def paint(title: str, x: str, y: str, width: str, height: str, seed: str, depth: str = "24", child: str = "") -> None:
    """A window with random pixels, painted anew at each size, optionally with a child window at 10,10 (20x15)."""
    dpy = display.Display()
    painter = Painter(dpy, dpy.screen().root, (int(x), int(y), int(width), int(height)), depth=int(depth))
    painter.window.set_wm_name(title)
    painter.window.set_wm_class("paint", "Paint")
    painter.window.set_wm_protocols([dpy.intern_atom("WM_DELETE_WINDOW")])
    inner = Painter(dpy, painter.window, (10, 10, 20, 15), depth=int(depth)) if child else None
    if inner is not None:
        inner.window.map()
    painter.window.map()
    size = (int(width), int(height))
    while True:
        seen = dpy.next_event()
        if seen.type == X.ConfigureNotify and seen.window == painter.window:
            size = (seen.width, seen.height)
        if seen.type in (X.Expose, X.ConfigureNotify) and not dpy.pending_events():
            painter.paint(*size, int(seed))
            if inner is not None:
                inner.paint(20, 15, int(seed) + 1)
        if seen.type == X.ClientMessage and seen.data[1][0] == dpy.intern_atom("WM_DELETE_WINDOW"):
            print("closed", flush=True)
            return


def resize(title: str, width: str, height: str) -> None:
    """Resize another program's window, found by its title, as the program itself would."""
    dpy = display.Display()
    for window in dpy.screen().root.query_tree().children:
        if window.get_wm_name() == title:
            window.configure(width=int(width), height=int(height))
    dpy.sync()


def record(path: str) -> None:
    """Write one line for every key that any device of this X server types, `ready` first."""
    dpy = display.Display()
    dpy.xinput_query_version()
    dpy.screen().root.xinput_select_events(
        [(xinput.AllMasterDevices, xinput.RawKeyPressMask if hasattr(xinput, "RawKeyPressMask") else 1 << 13)]
    )
    dpy.sync()
    with open(path, "a", buffering=1, encoding="ascii") as out:  # noqa: PTH123
        out.write("ready\n")
        while True:
            dpy.next_event()
            out.write("key\n")


def menu(path: str) -> None:
    """A window that opens an override-redirect menu on a click, and notes which of three rows is clicked."""
    dpy = display.Display()
    root = dpy.screen().root
    owner = Painter(dpy, root, (0, 0, 301, 201))
    owner.window.set_wm_name("menu-owner")
    owner.window.map()
    popup = root.create_window(
        0, 0, 120, 90, 0, X.CopyFromParent, X.InputOutput, override_redirect=1, background_pixel=0x00FF00,
        event_mask=X.ButtonPressMask | X.ExposureMask,
    )  # fmt: skip
    with open(path, "a", buffering=1, encoding="ascii") as out:  # noqa: PTH123
        while True:
            seen = dpy.next_event()
            if seen.type == X.Expose and seen.window == owner.window:
                owner.paint(301, 201, 5)
            if seen.type != X.ButtonPress:
                continue
            if seen.window == popup:
                out.write(f"row {seen.event_y // 30}\n")
                popup.unmap()
            else:
                popup.set_wm_transient_for(owner.window)
                popup.configure(x=seen.root_x, y=seen.root_y)
                popup.map()
                out.write("opened\n")
            dpy.flush()


def fullscreen_flag(title: str) -> None:
    """Ask for fullscreen as programs do, by a client message to the root window."""
    dpy = display.Display()
    root = dpy.screen().root
    for window in root.query_tree().children:
        if window.get_wm_name() == title:
            data = (32, [1, dpy.intern_atom("_NET_WM_STATE_FULLSCREEN"), 0, 1, 0])
            message = event.ClientMessage(window=window, client_type=dpy.intern_atom("_NET_WM_STATE"), data=data)
            root.send_event(message, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)
    dpy.sync()


COMMANDS: dict[str, Callable[..., None]] = {
    "paint": paint,
    "resize": resize,
    "record": record,
    "menu": menu,
    "fullscreen": fullscreen_flag,
}

if __name__ == "__main__":
    assert Xatom is not None
    COMMANDS[sys.argv[1]](*sys.argv[2:])
