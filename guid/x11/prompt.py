"""Asks the person a question that no qube can answer, hide or imitate; must not know what becomes of the answer.

The card lies on a plain window as large as the whole screen, above everything: a qube's windows have frames, and never
cover a screen. The keyboard is grabbed, the mouse does nothing. A key counts only if it was pressed after the card had
been on the screen for a while; a key that was down before must first be released.
"""

from __future__ import annotations

import select
import time
from collections.abc import Sequence

from Xlib import XK, X
from Xlib.protocol import rq

from colors.question import BACKGROUND, Question, draw
from guid.core.geometry import Rect, intersection
from guid.core.prompt import Answer, Keys
from guid.x11.keyboard import detect_auto_repeat
from guid.x11.monitors import Monitors
from shm.x11.connection import XConnection

GRAB_TIMEOUT_S = 2.0
"""Somebody else may have the keyboard: a menu that closes now, or a screen locker, above which nothing is asked."""
GRAB_RETRY_S = 0.02
MAX_RAISES = 200
"""Another window that always goes to the top again makes the question end with a refusal."""
ROWS_PER_REQUEST = 32
KEYS_TEXT = "Enter: paste      Esc: do not paste"
DEPTH = 24


class Prompt:
    """One question on the display called `display_name`. Raises DisplayLost, from any call."""

    def __init__(self, question: Question, display_name: str | None = None) -> None:
        self._x = x = XConnection(display_name, extensions=())
        detect_auto_repeat(x)
        screen = x.display.screen()
        self._root = screen.root
        self._size = (screen.width_in_pixels, screen.height_in_pixels)
        scale = max(1, min(screen.width_in_pixels // 1920, screen.height_in_pixels // 1080))
        self._pictures = {ready: draw(question, KEYS_TEXT, ready=ready, scale=scale) for ready in (False, True)}
        self._card = self._place_card([each.rect for each in Monitors(x.display, screen.root.id).read()])
        self._raises = 0
        self._answer: Answer | None = None
        self._window = self._root.create_window(
            *(0, 0, *self._size, 0, DEPTH),
            X.InputOutput,
            X.CopyFromParent,
            background_pixel=BACKGROUND,
            border_pixel=0,
            override_redirect=True,
            event_mask=X.ExposureMask | X.VisibilityChangeMask | X.KeyPressMask | X.KeyReleaseMask,
        )
        self._window.set_wm_class("vitrail-prompt", "Vitrail")
        self._window.set_wm_name("Vitrail asks")
        self._gc = self._window.create_gc()

    def ask(self, timeout_s: float) -> bool:
        """Show the question and wait for an answer; no answer in time is a no."""
        self._window.map()
        self._window.configure(stack_mode=X.Above)
        if not self._grab():
            return False
        self._keys = keys = Keys(self._names(), self._x.display.query_keymap(), now=time.monotonic())
        self._x.on_cold_event(self._event)
        self._show()
        deadline = time.monotonic() + timeout_s
        shown_ready = False
        while self._answer is None and self._raises < MAX_RAISES:
            now = time.monotonic()
            if now >= deadline:
                return False
            if keys.ready(now) and not shown_ready:
                shown_ready = True
                self._show()
            self._x.drain()
            self._x.flush()
            next_s = deadline if shown_ready else min(deadline, keys.ready_at)
            writes = [self._x] if self._x.wants_write else []
            readable, writable, _ = select.select([self._x], writes, [], max(0.0, next_s - now))
            if writable:
                self._x.writable()
            if readable:
                self._x.pump()
        return self._answer is Answer.YES

    def close(self) -> None:
        """Take the question off the screen and give the keyboard back."""
        self._x.close()

    def _event(self, event: rq.Event) -> None:
        if event.type == X.Expose and event.count == 0:
            self._show()
        elif event.type == X.VisibilityNotify and event.state != X.VisibilityUnobscured:
            self._raises += 1
            self._window.configure(stack_mode=X.Above)
        elif event.type == X.KeyPress and not event.send_event and self._answer is None:
            self._answer = self._keys.pressed(event.detail, now=time.monotonic())
        elif event.type == X.KeyRelease and not event.send_event:
            self._keys.released(event.detail)

    def _grab(self) -> bool:
        deadline = time.monotonic() + GRAB_TIMEOUT_S
        while True:
            status = self._window.grab_keyboard(False, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime)  # noqa: FBT003
            if status == X.GrabSuccess:
                return True
            if time.monotonic() > deadline:
                return False
            select.select([], [], [], GRAB_RETRY_S)

    def _names(self) -> dict[int, Answer]:
        """Keycode → what it says, by the current layout; the names of these keys are the same in all of them."""
        wanted = {XK.XK_Return: Answer.YES, XK.XK_KP_Enter: Answer.YES, XK.XK_Escape: Answer.NO}
        return {
            keycode: answer
            for keysym, answer in wanted.items()
            for keycode, _index in self._x.display.keysym_to_keycodes(keysym)
        }

    def _place_card(self, monitors: Sequence[Rect]) -> tuple[int, int]:
        """Its corner: in the middle of the monitor that has the pointer, of the screen if no monitor is known."""
        pointer = self._root.query_pointer()
        at = Rect(pointer.root_x, pointer.root_y, 1, 1)
        under = (monitor for monitor in monitors if intersection(monitor, at) is not None)
        left, top, width, height = next(under, Rect(0, 0, *self._size))
        picture = self._pictures[False]
        return left + max(0, width - picture.width) // 2, top + max(0, height - picture.height) // 2

    def _show(self) -> None:
        picture = self._pictures[self._keys.ready(time.monotonic())]
        left, top = self._card
        stride = 4 * picture.width
        for row in range(0, picture.height, ROWS_PER_REQUEST):
            rows = min(ROWS_PER_REQUEST, picture.height - row)
            self._window.put_image(
                self._gc,
                *(left, top + row, picture.width, rows, X.ZPixmap, DEPTH, 0),
                picture.pixels[row * stride : (row + rows) * stride],
            )
