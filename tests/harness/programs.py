"""Small X programs that tests run inside qubes: `python3 programs.py NAME ARGUMENT…`, with nothing but python-xlib.

Inside a qube python-xlib comes out of the agent's archive, and this file lies in the qube's home.
"""

import random
import select
import sys
from collections.abc import Callable
from typing import Any

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


def icon(title: str, rgb: str) -> None:
    """An icon of one colour in the tray, as soon as there is one; a click on it opens a window of that colour."""
    dpy = display.Display()
    selection, opcode = dpy.intern_atom("_NET_SYSTEM_TRAY_S0"), dpy.intern_atom("_NET_SYSTEM_TRAY_OPCODE")
    root, info = dpy.screen().root, dpy.intern_atom("_XEMBED_INFO")
    window = root.create_window(0, 0, 22, 22, 0, 24, background_pixel=int(rgb, 16), event_mask=X.ButtonPressMask)
    window.change_property(info, info, 32, [0, 1])
    while dpy.get_selection_owner(selection) == X.NONE:
        select.select([], [], [], 0.02)
    tray: Any = dpy.get_selection_owner(selection)
    data = 32, [X.CurrentTime, 0, window.id, 0, 0]
    tray.send_event(event.ClientMessage(window=tray, client_type=opcode, data=data))
    while True:
        if dpy.next_event().type == X.ButtonPress:
            opened = root.create_window(100, 100, 200, 150, 0, 24, background_pixel=int(rgb, 16))
            opened.set_wm_name(title)
            opened.map()


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


MAX_WINDOWS = 6
CHURN_STEP_S = 0.04


class Churn:
    """A program that never rests: windows and menus come, change in every way, and go."""

    def __init__(self, seed: str) -> None:
        self.chance = random.Random(int(seed))
        self.dpy = display.Display()
        self.root = self.dpy.screen().root
        self.font: Any = self.dpy.open_font("cursor")
        self.deletes = self.dpy.intern_atom("WM_DELETE_WINDOW")
        self.windows: list[Any] = []
        self.menus: list[Any] = []
        self.gc = self.root.create_gc()

    def rect(self) -> tuple[int, int, int, int]:
        return (*self._pair(600, 400), *(side + 1 for side in self._pair(500, 400)))  # type: ignore[return-value]

    def _pair(self, one: int, other: int) -> tuple[int, int]:
        return self.chance.randrange(one), self.chance.randrange(other)

    def open(self) -> None:
        if len(self.windows) < MAX_WINDOWS:
            mask = X.ExposureMask | X.KeyPressMask | X.ButtonPressMask
            window = self.root.create_window(*self.rect(), 0, X.CopyFromParent, X.InputOutput, event_mask=mask)
            window.set_wm_name(f"churn {self.chance.randrange(1000)}")
            window.set_wm_protocols([self.deletes])  # who closes a window without it ends the program
            window.map()
            self.windows.append(window)

    def open_menu(self) -> None:
        if len(self.menus) < 2:
            menu = self.root.create_window(*self.rect(), 0, X.CopyFromParent, override_redirect=1, background_pixel=7)
            menu.map()
            self.menus.append(menu)

    def close(self) -> None:
        if self.windows:
            self.windows.pop(self.chance.randrange(len(self.windows))).destroy()

    def close_menu(self) -> None:
        if self.menus:
            self.menus.pop().destroy()

    def resize(self) -> None:
        if self.windows:
            x, y, width, height = self.rect()
            self.chance.choice(self.windows).configure(x=x, y=y, width=width, height=height)

    def rename(self) -> None:
        if self.windows:
            self.chance.choice(self.windows).set_wm_name(f"churn {self.chance.randrange(1000)}")

    def hide_and_show(self) -> None:
        if self.windows:
            window = self.chance.choice(self.windows)
            window.unmap()
            window.map()

    def point(self) -> None:
        if self.windows:
            glyph = 2 * self.chance.randrange(77)
            cursor = self.font.create_glyph_cursor(self.font, glyph, glyph + 1, (0, 0, 0), (65535, 65535, 65535))
            self.chance.choice(self.windows).change_attributes(cursor=cursor)
            cursor.free()

    def draw(self) -> None:
        if self.windows:
            self.gc.change(foreground=self.chance.randrange(1 << 24))
            self.chance.choice(self.windows).fill_rectangle(self.gc, *self.rect())

    def resources(self) -> int:
        """What all clients of this X server have."""
        clients = self.dpy.res_query_clients().clients
        return sum(
            each.count for client in clients for each in self.dpy.res_query_client_resources(client.resource_base).types
        )


def churn(seed: str, path: str) -> None:
    """Do anything at all again and again; with no window open, tell `path` the turn and what the X server holds."""
    program = Churn(seed)
    actions = [Churn.open, Churn.close, Churn.open_menu, Churn.close_menu, Churn.resize, Churn.rename]
    actions += [Churn.hide_and_show, Churn.point, Churn.draw, Churn.draw, Churn.draw]
    turn = 0
    while True:
        turn += 1
        program.chance.choice(actions)(program)
        if turn % 200 == 0:
            while program.windows or program.menus:
                program.close()
                program.close_menu()
            program.dpy.sync()
            with open(path, "w", encoding="ascii") as out:  # noqa: PTH123
                out.write(f"{turn} {program.resources()}\n")
        program.dpy.flush()
        while program.dpy.pending_events():
            program.dpy.next_event()
        select.select([program.dpy.fileno()], [], [], CHURN_STEP_S)


COMMANDS: dict[str, Callable[..., None]] = {
    "paint": paint,
    "icon": icon,
    "resize": resize,
    "record": record,
    "menu": menu,
    "fullscreen": fullscreen_flag,
    "churn": churn,
}

if __name__ == "__main__":
    assert Xatom is not None
    COMMANDS[sys.argv[1]](*sys.argv[2:])
