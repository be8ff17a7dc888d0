"""How long things take across the boundary. Under emulation: only ratios mean anything.

In a domain, `python3 -m tests.vm.inside.measure echo` answers on a channel of its own, `… flip :0` shows a window that
changes its colour with every key. The rest is called in dom0.
"""

from __future__ import annotations

import select
import sys
import time
from statistics import median, quantiles
from typing import Any, Final

from Xlib import X, display

from shm.errors import ChannelClosed, TransportError
from shm.vchan.xen import XenChannel, XenListener, connect
from tests.harness.wait import wait_until
from tests.vm.inside import desktop

PORT: Final = 6002
PING_BYTES: Final = 32
BULK_BYTES: Final = 1 << 20
ROUND_TRIPS: Final = 100
KEYS: Final = 15
COLOURS: Final = (0x204080, 0x80C040)


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
        "round_trip_median_ms": round(median(times), 2),
        "round_trip_p95_ms": round(quantiles(times, n=20)[-1], 2),
        "throughput_mib_s": round(BULK_BYTES / took / (1 << 20), 2),
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
        "key_to_pixel_median_ms": round(median(times), 1),
        "key_to_pixel_p95_ms": round(quantiles(times, n=20)[-1], 1),
    }


if __name__ == "__main__":
    echo() if sys.argv[1] == "echo" else flip(sys.argv[2])
