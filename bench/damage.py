"""From a drawing in a qube to its pixel on the desktop, where the two have different clocks; knows no engine.

The program in the qube draws now and then, and writes down when: beside its clock, which it writes all the time into
memory that both sides see. The distance of the two clocks is the smallest that was ever seen.
"""

from __future__ import annotations

import os
import struct
import time
from collections.abc import Callable
from statistics import median
from typing import Final

from bench.samples import percentile

SAMPLES: Final = 30
TIMEOUT_S: Final = 60.0
NOTE: Final = struct.Struct("<qqq")
"""The program's clock now; the number of its last drawing; its clock before it asked for that drawing. Nanoseconds."""

DEVICE: Final = "ivshmem"
"""As the program's argument: the last page of a machine's shared memory, instead of a file."""

DRAW: Final = """
import mmap, os, pathlib, struct, sys, threading, time
sys.path.insert(0, "/run/vitrail/agent.pyz")
from Xlib import X, display
path = sys.argv[1]
if path == "ivshmem":
    (device,) = (each for each in pathlib.Path("/sys/bus/pci/devices").iterdir()
                 if (each / "device").read_text().strip() == "0x1110")
    path = next(device / name for name in ("resource2_wc", "resource2") if (device / name).exists())
fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
if os.fstat(fd).st_size == 0:
    os.truncate(fd, 4096)
note = mmap.mmap(fd, 4096, offset=os.fstat(fd).st_size - 4096)
def tick():
    while True:
        note[:8] = struct.pack("<q", time.monotonic_ns())
        time.sleep(0.002)
dpy = display.Display()
screen = dpy.screen()
window = screen.root.create_window(0, 0, 200, 150, 0, screen.root_depth, background_pixel=0)
window.set_wm_name("draw")
gc = window.create_gc(graphics_exposures=0)
window.map()
dpy.sync()
threading.Thread(target=tick, daemon=True).start()
number = 0
while True:
    time.sleep(0.4)
    number += 1
    gc.change(foreground=number)
    before = time.monotonic_ns()
    window.fill_rectangle(gc, 0, 0, 200, 150)
    dpy.flush()
    note[8:24] = struct.pack("<qq", number, before)
"""


class Notes:
    """What the program writes down, read through a descriptor at an offset."""

    def __init__(self, fd: int, offset_bytes: int) -> None:
        self._fd, self._offset_bytes = fd, offset_bytes
        self.ahead_ns: float = float("inf")

    def read(self) -> tuple[int, int]:
        """Number and time of the last drawing, by the program's clock; looks at the distance of the clocks too."""
        clock, number, drawn = NOTE.unpack(os.pread(self._fd, NOTE.size, self._offset_bytes))
        # What is read here was written before: our clock minus the note is the distance, or a little more.
        self.ahead_ns = min(self.ahead_ns, time.monotonic_ns() - clock)
        return number, drawn


def damage_figures(notes: Notes, pixel: Callable[[], bytes]) -> dict[str, float]:
    """Watch the pixel: when it changes, the drawing with its number was seen. Raises TimeoutError."""
    seen: list[tuple[int, int]] = []
    for _ in range(SAMPLES):
        before, limit = pixel(), time.monotonic() + TIMEOUT_S
        while (now := pixel()) == before:
            notes.read()
            if time.monotonic() > limit:
                raise TimeoutError("nothing was drawn")
        arrived, number = time.monotonic_ns(), int.from_bytes(now[:3], "little")
        noted = notes.read()
        while noted[0] < number:
            if time.monotonic() > limit:
                raise TimeoutError("a drawing was not noted")
            noted = notes.read()
        if noted[0] == number:
            seen.append((arrived, noted[1]))
    times = [(arrived - drawn - notes.ahead_ns) / 1e6 for arrived, drawn in seen]
    return {"damage to pixel, ms: middle": median(times), "damage to pixel, ms: 95 %": percentile(times, 95)}
