"""Damage to pixel: how long, and how many frames a second; knows windows and rectangles, nothing of how they travel.

Both sides of the comparison are driven the same way: an app fills a rectangle with a colour that was never there, and
the eye, a client of the desktop with DAMAGE on the window, stops the clock at the report of a drawing that covers the
last pixel, if GetImage then finds that pixel in that colour. The report leaves the server when it has drawn.
"""

import time
from collections.abc import Callable
from typing import Final, Protocol

from bench.client import (
    GET_INPUT_FOCUS,
    BenchError,
    Client,
    copy_area,
    damaged_rect,
    fill,
    get_image,
    map_window,
    shm_pixmap,
    shm_put,
)
from bench.scene import PICTURE_PX, Rect, Scene, colours
from shm.pool import Pool

FLOOR_AT: Final = Rect(2100, 60, *PICTURE_PX)
PICTURE: Final = Rect(0, 0, *PICTURE_PX)
PICTURE_AT: Final = Rect(40, 60, *PICTURE_PX)


def area(width: int, height: int) -> Rect:
    """A rectangle of the picture, somewhere inside, on no page boundary if it is small."""
    return Rect((PICTURE_PX[0] - width) // 3, (PICTURE_PX[1] - height) // 3, width, height)


class Eye:
    """Sees when a rectangle of one window of the desktop has been drawn."""

    def __init__(self, client: Client, window: int, damage_code: int) -> None:
        self._client = client
        self._window = window
        self._damage = damage_code

    def wait(self, rect: Rect) -> None:
        """Return at the report of a drawing that covers the last pixel of `rect`."""
        while not self._covers(self._client.event(), rect):
            pass

    def _covers(self, event: bytes, rect: Rect) -> bool:
        if event[0] & 0x7F != self._damage:
            return False
        drawable, x, y, width, height = damaged_rect(event)
        right, bottom = rect.x + rect.width, rect.y + rect.height
        return drawable == self._window and x < right <= x + width and y < bottom <= y + height

    def unseen(self, rect: Rect) -> int:
        """How many such drawings were reported and not waited for; forgets them."""
        return sum(self._covers(event, rect) for event in self._client.take_events())

    def proves(self, rect: Rect, pixel: int) -> bool:
        """Whether the last pixel of `rect` has this colour; a round trip."""
        return self._client.pixel(self._window, rect.x + rect.width - 1, rect.y + rect.height - 1) == pixel

    def ask_for_proof(self, rect: Rect) -> None:
        """Ask for the last pixel now; `proof` has the answer by the time of the next drawing."""
        self._client.send(get_image(self._window, rect.x + rect.width - 1, rect.y + rect.height - 1))

    def proof(self) -> int:
        """The oldest pixel that was asked for."""
        return self._client.picture()


class Way(Protocol):
    """From the app to the desktop."""

    eye: Eye

    def draw(self, rect: Rect, pixel: int) -> None:
        """The app fills `rect`; the floor also copies. Returns without having seen it."""


class Stack:
    """What is measured: the app draws, agent and daemon do the rest."""

    def __init__(self, scene: Scene, app: Client, desktop: Client) -> None:
        self._app = app
        self.shown = scene.show(app, PICTURE_AT)
        self._gc = app.gc(self.shown.window)
        self.eye = Eye(desktop, self.shown.content, desktop.watch_damage(self.shown.content))

    def draw(self, rect: Rect, pixel: int) -> None:
        """The app's part."""
        self._app.send(fill(self.shown.window, self._gc, rect, pixel))


class Floor:
    """The least that any such stack must do, by one client that knows when the app draws, since it is the app.

    The same fill, the same CopyArea from a redirected window to a pixmap in a sealed memfd, the same fence, the same
    PutImage from a segment of the desktop, the same fence: all packed ahead, nothing asked, nothing decided.
    """

    def __init__(self, app: Client, desktop: Client) -> None:
        self._app, self._desktop = app, desktop
        self._pool = Pool.create(1 << 24)
        self._source, create = app.window(PICTURE, screen=1)
        app.send(create + map_window(self._source))
        _redirect(app, self._source)
        self._fill_gc = app.gc(self._source)
        self._copy_gc = app.gc(self._source, include_inferiors=True)
        shm, segment = app.attach(self._pool.fd, read_only=False)
        self._pixmap = app.new_id()
        app.send(shm_pixmap(shm, self._pixmap, self._source, PICTURE_PX, app.depth, segment))
        read_only = self._pool.open_read_only()
        self._shm, self._segment = desktop.attach(read_only, read_only=True)
        self._target, create = desktop.window(FLOOR_AT, override_redirect=True)
        self._put_gc = desktop.gc(desktop.root)
        desktop.send(create + map_window(self._target))
        self.eye = Eye(desktop, self._target, desktop.watch_damage(self._target))
        self._packed: dict[Rect, tuple[bytes, bytes]] = {}

    def pack(self, rect: Rect) -> tuple[bytes, bytes]:
        """What is sent to the qube's server after the fill, and to the desktop's after the copy."""
        copy = copy_area(self._source, self._pixmap, self._copy_gc, rect) + GET_INPUT_FOCUS
        depth = self._desktop.depth
        put = shm_put(self._shm, self._target, self._put_gc, PICTURE_PX, rect, depth, self._segment) + GET_INPUT_FOCUS
        return self._packed.setdefault(rect, (copy, put))

    def draw(self, rect: Rect, pixel: int) -> None:
        """The app's part, then the copies."""
        copy, put = self._packed.get(rect) or self.pack(rect)
        self._app.send(fill(self._source, self._fill_gc, rect, pixel) + copy)
        self._app.reply()
        self._desktop.send(put)


def _redirect(client: Client, window: int) -> None:
    composite = client.extension("Composite")
    client.ask(b"".join((bytes((composite.opcode, 0)), b"\3\0", b"\0\0\0\0", b"\4\0\0\0")))
    client.send(bytes((composite.opcode, 1)) + b"\3\0" + window.to_bytes(4, "little") + b"\1\0\0\0")


def latency_ms(way: Way, rect: Rect, samples: int, gap_s: Callable[[], float]) -> list[float]:
    """From the app's request to the drawing's report, each after a pause in which everything falls idle."""
    taken: list[float] = []
    colour = colours()
    for _ in range(samples):
        time.sleep(gap_s())
        pixel = next(colour)
        began = time.perf_counter_ns()
        way.draw(rect, pixel)
        while True:
            way.eye.wait(rect)
            ended = time.perf_counter_ns()
            if way.eye.proves(rect, pixel):
                break
        taken.append((ended - began) / 1e6)
    return taken


def frames_per_second(way: Way, rect: Rect, duration_s: float) -> float:
    """A closed loop: the next frame is drawn when the last one was seen.

    Its proof travels with the next one, and may be overtaken by it, as the server takes its clients in any order. A
    drawing too many would open the loop: none is left from before, and none may be left over.
    """
    colour = colours()
    frames, before = 0, 0
    way.eye.unseen(rect)
    began = time.perf_counter()
    while time.perf_counter() < began + duration_s:
        pixel = next(colour)
        way.draw(rect, pixel)
        way.eye.wait(rect)
        if frames and way.eye.proof() not in (before, pixel):
            raise BenchError("a frame was reported that is not there")
        way.eye.ask_for_proof(rect)
        frames, before = frames + 1, pixel
    rate = frames / (time.perf_counter() - began)
    way.eye.proof()
    if way.eye.unseen(rect):
        raise BenchError("a frame was drawn twice")
    return rate


def paced(way: Way, rect: Rect, updates: int, per_second: float) -> None:
    """So many updates at a steady rate, whether or not the last one was seen in time."""
    colour = colours()
    due = time.perf_counter()
    for _ in range(updates):
        due += 1 / per_second
        time.sleep(max(0.0, due - time.perf_counter()))
        way.draw(rect, next(colour))


__all__ = ["Eye", "Floor", "Stack", "Way", "area", "frames_per_second", "latency_ms", "paced"]
