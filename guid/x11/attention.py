"""The panel that says whose window has the focus, as a window above all others; must not decide what a key does.

No qube can hide, delay or answer it: it is no daemon's, it has the keyboard to itself while it is shown, daemons keep
their popups below it, and it comes back to the top when something else lies above. Screen lockers go before it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from Xlib import XK, X, Xatom
from Xlib.error import XError
from Xlib.protocol import rq

from colors.attention import NO_BAND, Band, Card, Drawn, Listed, Offer, draw
from guid.core.attention import Deed, Focus, Held, Key, Panel, Row, Whose
from guid.core.geometry import Rect, intersection
from guid.core.options import DEFAULT_OPTIONS
from guid.core.scale import Said, desktop_scale, resources_of
from guid.core.stacking import ATTENTION
from guid.x11.focusowner import focus_owner
from guid.x11.keyboard import Keyboard
from guid.x11.monitors import Monitors
from guid.x11.visual import DEPTH
from shm.x11.connection import XConnection

ROWS_PER_REQUEST = 32
RAISE_S = 0.05
"""It goes to the top again at most so often, whatever the others do."""
LOOK_S = 0.1
"""So often it is looked what lies above: where something composes the screen, the X server tells nobody of it."""
GRAB_S = 0.05
"""Another program may have the keyboard now: a menu of the desktop. It is asked for again so often."""
PATIENCE_S = 30.0
"""Without a key or a click it goes by itself: a screen locker may be waiting for the keyboard."""
MARGIN_PX = 24
RESOURCE_LONGS = 16_384
KEYSYMS = {
    Key.UP: (XK.XK_Up, XK.XK_KP_Up),
    Key.DOWN: (XK.XK_Down, XK.XK_KP_Down, XK.XK_Tab),
    Key.HIDE: (XK.XK_h,),
    Key.PAUSE: (XK.XK_p,),
    Key.STOP: (XK.XK_s,),
    Key.LEAVE: (XK.XK_Escape,),
}
BY_NAME = {key.value: key for key in Key}
NO_KEYBOARD = "Another program holds the keyboard: use the mouse."


class AttentionWindow:
    """Shown from `show` until the person leaves it. do: what the person wants done; told outside of any wait."""

    def __init__(self, x: XConnection, keyboard: Keyboard, do: Callable[[Deed], None]) -> None:
        self._x = x
        self._keyboard = keyboard
        self._do = do
        self._root = x.display.screen().root
        self._monitors = Monitors(x.display, self._root.id)
        self._panel: Panel | None = None
        self._window: Any = None
        self._gc: Any = None
        self._drawn: Drawn | None = None
        self._held = Held(b"")
        self._grabbed = False
        self._raise_at = self._grab_at = self._look_at = 0.0
        self._until = 0.0
        self._wants_raise = False

    @property
    def shown(self) -> bool:
        """Whether it is on the screen."""
        return self._panel is not None

    def show(self, rows: tuple[Row, ...]) -> None:
        """Say who has the focus now; nothing, if the screen is locked."""
        if self.shown or self._locked():
            return
        focus = focus_owner(self._x, rows)
        self._panel = Panel(rows, focus)
        self._place = self._monitor()
        self._scale = self._wanted_scale()
        self._make()
        self._draw()
        self._window.map()
        self._window.configure(stack_mode=X.Above)
        self._grabbed = False
        self._wants_raise = False
        now = time.monotonic()
        self._until, self._grab_at, self._look_at = now + PATIENCE_S, now, now + LOOK_S
        self.due(now)

    def update(self, rows: tuple[Row, ...]) -> None:
        """There are other qubes, or other states."""
        if self._panel is not None and rows != self._panel.rows:
            self._panel.update(rows)
            self._draw()

    def say(self, line: str) -> None:
        """A line for the person: why something was not done."""
        if self._panel is not None:
            self._panel.said = line
            self._draw()

    def close(self) -> None:
        """Take it off the screen, and give the keyboard back."""
        if self._panel is None:
            return
        self._panel = None
        if self._grabbed:
            self._x.display.ungrab_keyboard(X.CurrentTime)
        self._gc.free()
        self._window.destroy()

    # Time

    def wait_s(self, now: float) -> float | None:
        """When `due` has something to do, s from `now`; None: nothing waits."""
        if not self.shown:
            return None
        waits = [self._until, self._look_at]
        if not self._grabbed:
            waits.append(self._grab_at)
        if self._wants_raise:
            waits.append(self._raise_at)
        return max(0.0, min(waits) - now)

    def due(self, now: float) -> None:
        """Time has passed."""
        if not self.shown:
            return
        if now >= self._until:
            self.close()
            return
        if now >= self._look_at:
            self._look_at = now + LOOK_S
            self._wants_raise = self._wants_raise or self._root.query_tree().children[-1:] != [self._window]
        if self._wants_raise and now >= self._raise_at:
            self._raise(now)
        if self.shown and not self._grabbed and now >= self._grab_at:
            self._grab(now)

    def _raise(self, now: float) -> None:
        self._wants_raise, self._raise_at = False, now + RAISE_S
        if self._locked():
            self.close()
        else:
            self._window.configure(stack_mode=X.Above)

    def _grab(self, now: float) -> None:
        self._grab_at = now + GRAB_S
        status = self._window.grab_keyboard(False, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime)  # noqa: FBT003
        self._grabbed = status == X.GrabSuccess
        self._held = Held(self._x.display.query_keymap())
        assert self._panel is not None  # noqa: S101 - it is shown
        if self._grabbed and self._panel.said == NO_KEYBOARD:
            self.say("")
        elif not self._grabbed and not self._panel.said:
            self.say(NO_KEYBOARD)
        self._x.drain()

    # Events

    def event(self, event: rq.Event) -> None:
        """Something of the connection, parsed; what is sent by a program counts for nothing."""
        panel = self._panel
        if panel is None or event.send_event or event.window != self._window:
            return
        if event.type == X.Expose and event.count == 0:
            self._put()
        elif event.type == X.VisibilityNotify and event.state != X.VisibilityUnobscured:
            self._wants_raise = True
        elif event.type == X.KeyRelease:
            self._held.released(event.detail)
        elif event.type == X.KeyPress and (self._held.pressed(event.detail)):
            self._press(self._key_of(event.detail))
        elif event.type == X.ButtonPress and event.detail == X.Button1:
            self._click(event.event_x, event.event_y)

    def _press(self, key: Key | None) -> None:
        panel = self._panel
        if key is None or panel is None:
            return
        self._until = time.monotonic() + PATIENCE_S
        deed = panel.press(key)
        if panel.left:
            self.close()
            return
        self._draw()
        if deed is not None:
            self._do(deed)

    def _click(self, x: int, y: int) -> None:
        assert self._drawn is not None  # noqa: S101 - it is shown
        for area, name in self._drawn.keys:
            if _inside(x, y, area):
                self._press(BY_NAME[name])
                return
        for area, name in self._drawn.names:
            if _inside(x, y, area) and self._panel is not None:
                self._until = time.monotonic() + PATIENCE_S
                self._panel.choose(name)
                self._draw()

    def _key_of(self, keycode: int) -> Key | None:
        """By the layout that is active; a letter that it has not is where a us keyboard has it."""
        group = self._keyboard.locked_group
        for key, keysyms in KEYSYMS.items():
            if any(self._keyboard.keymap.keycodes_of(keysym)[group] == keycode for keysym in keysyms):
                return key
        return None

    # The picture

    def _make(self) -> None:
        self._window = self._root.create_window(
            *(0, 0, 1, 1, 0, DEPTH),
            X.InputOutput,
            X.CopyFromParent,
            border_pixel=0,
            background_pixel=0,
            override_redirect=True,
            event_mask=X.ExposureMask | X.VisibilityChangeMask | X.KeyPressMask | X.KeyReleaseMask | X.ButtonPressMask,
        )
        self._window.set_wm_class(ATTENTION, "Vitrail")
        self._window.set_wm_name("Vitrail: who has the focus")
        self._gc = self._window.create_gc()

    def _draw(self) -> None:
        assert self._panel is not None  # noqa: S101 - it is shown
        left, top, width, height = self._place
        room = width - 2 * MARGIN_PX, height - 2 * MARGIN_PX
        drawn = draw(card_of(self._panel), max_width=room[0], max_height=room[1], scale=self._scale)
        self._drawn, picture = drawn, drawn.picture
        at_x, at_y = left + (width - picture.width) // 2, top + (height - picture.height) // 3
        self._window.configure(x=at_x, y=at_y, width=picture.width, height=picture.height)
        self._put()

    def _put(self) -> None:
        assert self._drawn is not None  # noqa: S101 - it is shown
        picture = self._drawn.picture
        stride = 4 * picture.width
        for row in range(0, picture.height, ROWS_PER_REQUEST):
            rows = min(ROWS_PER_REQUEST, picture.height - row)
            self._window.put_image(
                self._gc,
                *(0, row, picture.width, rows, X.ZPixmap, DEPTH, 0),
                picture.pixels[row * stride : (row + rows) * stride],
            )

    # The desktop

    def _monitor(self) -> Rect:
        """The one that has the pointer; the screen, if there is none."""
        pointer = self._root.query_pointer()
        size = self._root.get_geometry()
        screen = Rect(0, 0, size.width, size.height)
        at = Rect(pointer.root_x, pointer.root_y, 1, 1)
        monitors = (intersection(each.rect, screen) for each in self._monitors.read())
        return next((each for each in monitors if each is not None and intersection(each, at) is not None), screen)

    def _wanted_scale(self) -> int:
        """As large as the desktop's programs draw."""
        found = self._root.get_property(Xatom.RESOURCE_MANAGER, X.AnyPropertyType, 0, RESOURCE_LONGS)
        resources = resources_of(bytes(found.value)) if found is not None and found.format == 8 else {}
        return desktop_scale(Said(resources, {}, self._monitors.read())).factor

    def _locked(self) -> bool:
        """Whether a window of a screen locker is on the screen."""
        for child in self._root.query_tree().children:
            try:
                told = child.get_wm_class()
                named = told is not None and told[0] in DEFAULT_OPTIONS.screensaver_name
                if named and child.get_attributes().map_state == X.IsViewable:
                    return True
            except XError:  # it has gone
                continue
        return False


def card_of(panel: Panel) -> Card:
    """What is drawn."""
    owner = panel.owner
    heading, below = _heading(panel.focus, owner)
    chosen = panel.chosen.name if panel.chosen is not None else ""
    rows = [Listed(row.name, row.label, row.rgb, row.words, row.name == chosen) for row in panel.rows]
    offers = [Offer(key.value, word, key is Key.STOP and panel.asking) for key, word in panel.offers().items()]
    band = Band(owner.rgb, owner.ink, owner.pattern) if owner is not None else NO_BAND
    return Card(heading, below, band, panel.focus.title, rows, offers, panel.said)


def _heading(focus: Focus, owner: Row | None) -> tuple[str, str]:
    if owner is not None:
        return owner.name, f"owns the focused window  ·  {owner.label}"
    if focus.whose is Whose.QUBE:
        return focus.qube, "owned the focused window, and has ended"
    if focus.whose is Whose.DESKTOP:
        return "No qube", "a program of your desktop has the focus"
    return "No qube", "no window has the focus"


def _inside(x: int, y: int, area: tuple[int, int, int, int]) -> bool:
    left, top, width, height = area
    return left <= x < left + width and top <= y < top + height
