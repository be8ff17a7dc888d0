"""How long things take across the boundary. Under emulation: only ratios mean anything.

In a domain, `python3 -m tests.vm.inside.measure echo` answers on a channel of its own, `… flip :0` shows a window that
changes its colour with every key. The rest is called in dom0.
"""

from __future__ import annotations

import select
import sys
import threading
import time
from statistics import median, quantiles
from typing import Any, Final

from Xlib import X, display

from shm.errors import ChannelClosed, TransportError
from shm.vchan.xen import XenChannel, XenListener, connect
from tests.harness.wait import wait_until
from tests.vm.inside import desktop, dom0

PORT: Final = 6002
PING_BYTES: Final = 32
BULK_BYTES: Final = 1 << 20
ROUND_TRIPS: Final = 100
KEYS: Final = 15
COLOURS: Final = (0x204080, 0x80C040)
DRAWINGS: Final = 20
DRAWS_AFTER_S: Final = 0.3
"""Longer than the answer to the call takes: dom0 looks already when the domain draws."""
DRAWING: Final[dict[str, Any]] = {}


def echo() -> None:
    """Return what comes; an "L" is answered by a long answer."""
    listener = XenListener(0, PORT)
    select.select([listener.fileno()], [], [])
    channel = listener.accept()
    while channel is not None:
        select.select([channel.fileno()], [], [])
        try:
            data = channel.receive()
        except ChannelClosed:
            return
        if data:
            channel.send(bytes(BULK_BYTES) if data == b"L" else data)


def flip(screen: str) -> None:
    """Change the window's colour with every key."""
    server = display.Display(screen)
    root = server.screen().root
    mask = X.KeyPressMask | X.ExposureMask
    window = root.create_window(
        0, 0, 300, 200, 0, server.screen().root_depth, background_pixel=COLOURS[0], event_mask=mask
    )
    window.set_wm_name("flip")
    window.map()
    context = window.create_gc()
    number = 0
    while True:
        event = server.next_event()
        if event.type == X.KeyPress:
            number += 1
            context.change(foreground=COLOURS[number % 2])
            window.fill_rectangle(context, 0, 0, 300, 200)
            server.flush()


def channel_times(domain: int) -> dict[str, float]:
    """Round trips of a small message, ms; bytes a second of a long one."""
    channel = wait_until(lambda: _connected(domain), 60.0, "the echo of the domain")
    times = []
    for _ in range(ROUND_TRIPS):
        began = time.perf_counter()
        channel.send(bytes(PING_BYTES))
        _receive(channel, PING_BYTES)
        times.append(1000 * (time.perf_counter() - began))
    began = time.perf_counter()
    channel.send(b"L")
    _receive(channel, BULK_BYTES)
    took = time.perf_counter() - began
    channel.close()
    return {
        "round trip, 32 bytes, ms: middle": round(median(times), 2),
        "round trip, 32 bytes, ms: 95 %": round(quantiles(times, n=20)[-1], 2),
        "throughput, to the desktop, MiB/s": round(BULK_BYTES / took / (1 << 20), 2),
    }


def _connected(domain: int) -> Any:
    try:
        return connect(domain, PORT)
    except TransportError:
        return None


def _receive(channel: XenChannel, count: int) -> None:
    while count:
        select.select([channel.fileno()], [], [], 30.0)
        count -= len(channel.receive())


def key_to_pixel(name: str) -> dict[str, float]:
    """From a key on the desktop, through the program in the domain, to the pixel on the desktop, ms."""
    desktop.focus(name, "flip")
    x, y, _width, _height = desktop.wait_window(name, "flip")["content"]
    root = desktop.STATE["server"].screen().root
    times = []
    for _ in range(KEYS):
        before = root.get_image(x + 100, y + 100, 1, 1, X.ZPixmap, 0xFFFFFFFF).data[:3]
        began = time.perf_counter()
        desktop.press("a")
        while root.get_image(x + 100, y + 100, 1, 1, X.ZPixmap, 0xFFFFFFFF).data[:3] == before:
            if time.perf_counter() - began > 20:
                raise AssertionError("a key changed nothing")
        times.append(1000 * (time.perf_counter() - began))
    return {
        "key to pixel, ms: middle": round(median(times), 1),
        "key to pixel, ms: 95 %": round(quantiles(times, n=20)[-1], 1),
    }


# Damage to pixel. The two domains have two clocks; their distance is the middle of the shortest call.


def show(screen: str) -> None:
    """In the domain: a window that `draw_soon` draws into."""
    server = DRAWING["server"] = display.Display(screen)
    root = server.screen().root
    window = DRAWING["window"] = root.create_window(0, 0, 300, 200, 0, server.screen().root_depth, background_pixel=0)
    window.set_wm_name("drawn")
    window.map()
    DRAWING["context"] = window.create_gc()
    server.sync()


def clock() -> float:
    """In the domain: its clock, s."""
    return time.monotonic()


def draw_soon(colour: int) -> None:
    """In the domain: draw once whoever asked for it is looking."""
    timer = threading.Timer(DRAWS_AFTER_S, _draw, (colour,))
    timer.daemon = True
    timer.start()


def _draw(colour: int) -> None:
    DRAWING["context"].change(foreground=colour)
    DRAWING["at"] = time.monotonic()
    DRAWING["window"].fill_rectangle(DRAWING["context"], 0, 0, 300, 200)
    DRAWING["server"].flush()


def drawn_at() -> float:
    """In the domain: when it drew last, s."""
    return float(DRAWING["at"])


def damage_to_pixel(name: str, domain: int) -> dict[str, float]:
    """From a drawing in the domain to its pixel on the desktop, ms; and how wrong the distance of the clocks may be."""
    x, y, _width, _height = desktop.wait_window(name, "drawn")["content"]
    root = desktop.STATE["server"].screen().root
    shortest, ahead, times = 1e9, 0.0, []
    for number in range(1, DRAWINGS + 1):
        began = time.monotonic()
        there = dom0.call(domain, "tests.vm.inside.measure:clock", {})
        took = time.monotonic() - began
        if took < shortest:
            shortest, ahead = took, there - (began + took / 2)
        dom0.call(domain, "tests.vm.inside.measure:draw_soon", {"colour": number})
        wanted, late = number.to_bytes(3, "little"), time.monotonic() + 20
        while root.get_image(x + 100, y + 100, 1, 1, X.ZPixmap, 0xFFFFFFFF).data[:3] != wanted:
            if time.monotonic() > late:
                raise AssertionError("nothing was drawn")
        seen = time.monotonic()
        times.append((seen, dom0.call(domain, "tests.vm.inside.measure:drawn_at", {})))
    found = [1000 * (seen - (drawn - ahead)) for seen, drawn in times]
    return {
        "damage to pixel, ms: middle": round(median(found), 1),
        "damage to pixel, ms: 95 %": round(quantiles(found, n=20)[-1], 1),
        "damage to pixel, ms: clocks uncertain by": round(500 * shortest, 1),
    }


if __name__ == "__main__":
    echo() if sys.argv[1] == "echo" else flip(sys.argv[2])
