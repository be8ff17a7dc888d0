"""mpv with a clip of its own making, in which every frame carries its number."""

import subprocess
import time
from functools import cache
from typing import Final

from tests.apps.case import App, Column
from tests.apps.probes import framed, painted, resizes
from tests.apps.seat import Seat
from tests.harness.pixels import window_pixels
from tests.harness.processes import ROOT
from tests.harness.wait import pause

WIDTH_PX, HEIGHT_PX, RATE_HZ, SECONDS = 1280, 720, 30, 12
BITS: Final = 16
MEASURED_S: Final = 10.0
LEAST_SHOWN: Final = 0.95
TRIES: Final = 3
CLIP: Final = ROOT / "build" / "apps" / "clip.mkv"
SOURCE: Final = f"testsrc2=size={WIDTH_PX}x{HEIGHT_PX}:rate={RATE_HZ}:duration={SECONDS}"
COUNTER: Final = (
    f"color=black:size={BITS}x2:rate={RATE_HZ}:duration={SECONDS},format=gray,"
    "geq=lum='255*mod(floor(N/pow(2,X)),2)',"
    f"scale={WIDTH_PX}x48:flags=neighbor,format=yuv420p"
)
"""The number in sixteen fields, the lowest bit to the left, white for one."""


@cache
def clip() -> bytes:
    """Twelve seconds of ffmpeg's test picture with the counter above it."""
    CLIP.parent.mkdir(parents=True, exist_ok=True)
    inputs = ["-f", "lavfi", "-i", SOURCE, "-f", "lavfi", "-i", COUNTER]
    how = [
        "-filter_complex",
        "[0][1]overlay=0:0,format=yuv420p",
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-crf",
        "18",
    ]
    argv = ["ffmpeg", "-y", "-loglevel", "error", *inputs, *how, str(CLIP)]
    subprocess.run(argv, check=True, timeout=300, stdin=subprocess.DEVNULL)
    return CLIP.read_bytes()


def counter(seat: Seat, left: int, top: int) -> int:
    """The number that the screen shows now."""
    root = seat.session.x.screen().root.id
    row = window_pixels(seat.session.x, root, left, top + 24, WIDTH_PX, 1)[0] & 0xFF
    step = WIDTH_PX // BITS
    return sum(1 << bit for bit in range(BITS) if row[bit * step + step // 2] > 128)


def frames(seat: Seat) -> str:
    """At its own size again (Alt-1), enough frames of ten seconds are shown; a busy machine has three tries."""
    seat.activate()
    seat.keyboard.press("alt+1")
    seat.until(lambda: seat.main.size == (WIDTH_PX, HEIGHT_PX), "the window at the clip's own size")
    seat.keyboard.type(" ")
    best = 0.0
    for _ in range(TRIES):
        if best < LEAST_SHOWN:
            best = max(best, shown(seat))
    assert best >= LEAST_SHOWN, f"only {best:.1%} of the frames were shown"
    return f"{best:.1%} of the frames of 720p at {RATE_HZ} a second"


def shown(seat: Seat) -> float:
    """The part of all frames of some seconds that the screen showed."""
    main = seat.activate()
    left, top, width, height = main.content
    assert (width, height) == (WIDTH_PX, HEIGHT_PX), "the clip is scaled"
    seen: set[int] = set()
    start = time.monotonic()
    while time.monotonic() - start < MEASURED_S:
        seen.add(counter(seat, left, top))
        pause(0.002)
    return len(seen) / (MEASURED_S * RATE_HZ)


def opens(seat: Seat) -> None:
    """The window comes with a moving picture in it."""
    seat.activate()
    seat.changes(seat.content(), by_px=5000)
    framed(seat, seat.main)


def pauses(seat: Seat) -> None:
    """Space stops it, and lets it go on."""
    seat.activate()
    seat.keyboard.type(" ")
    before = seat.still()
    painted(seat, seat.main, least_colours=100)
    seat.keyboard.type(" ")
    seat.changes(before, by_px=5000)


def resizes_paused(seat: Seat) -> None:
    seat.activate()
    seat.keyboard.type(" ")
    seat.still()
    resizes(least_colours=100)(seat)


APP = App(
    name="mpv",
    packages=("mpv", "ffmpeg"),
    argv=("mpv", "--no-config", "--vo=x11", "--loop", "--no-osc", "--osd-level=0", "clip.mkv"),
    title="mpv",
    files={"clip.mkv": clip},
    probes={Column.OPENS: opens, Column.TYPING: pauses, Column.RESIZE: resizes_paused},
    also={"frames": frames},
    note="`--vo=x11`: without a graphics card mpv's own choice, OpenGL, is slower.",
)
