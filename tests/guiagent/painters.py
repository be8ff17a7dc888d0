"""Programs of a qube that paint without end, as processes of their own; know nothing of agent, daemon or test.

`python -m tests.guiagent.painters NAME DISPLAY [arguments]` prints the window's id, and paints until it is stopped.
"""

import random
import sys
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from Xlib import X

from tests.guiagent.app import App
from tests.harness.pixels import Pixels
from tests.harness.wait import pause

STRIPES_AT: Final = (40, 40, 900, 600)
PERIOD_PX: Final = 32
FRAME_S: Final = 0.002
"""Between frames: more of them than any desktop takes, and some processor time is left for who looks."""
DARK, LIGHT, BACKGROUND = 0x102030, 0xF0E0D0, 0x30A060
"""What a painter's window is made of; nothing else is ever in it."""


def stripes(phase: int, width: int, height: int) -> Pixels:
    """Vertical stripes, `phase` px to the right."""
    row = np.where((np.arange(width) - phase) % PERIOD_PX < PERIOD_PX // 2, LIGHT, DARK).astype(np.uint32)
    return np.tile(row, (height, 1))


def moving_stripes(app: App) -> None:
    """Each frame is one CopyArea of the whole window, as of a program that draws in the background."""
    x, y, width, height = STRIPES_AT
    window = app.window(width, height, x=x, y=y, override_redirect=True)
    context = window.create_gc(graphics_exposures=False)
    frames = []
    for phase in range(PERIOD_PX):
        pixmap = window.create_pixmap(width, height, 24)
        app.paint(pixmap, stripes(phase, width, height))
        frames.append(pixmap)
    app.map(window)
    print(window.id, flush=True)
    while True:
        for pixmap in frames:
            window.copy_area(context, pixmap, 0, 0, width, height, 0, 0)
            app.sync()
            pause(FRAME_S)


def resizing(app: App, count: str, seed: str) -> None:
    """Sizes at random; in between all of the window, or a part of it, is painted in one of two colours."""
    chance = random.Random(int(seed))
    window = app.window(400, 300, x=100, y=60)
    window.change_attributes(background_pixel=BACKGROUND)
    contexts = [window.create_gc(foreground=colour) for colour in (DARK, LIGHT)]
    app.map(window)
    print(window.id, flush=True)
    for _ in range(int(count)):
        width, height = chance.randint(20, 800), chance.randint(20, 600)
        window.configure(width=width, height=height)
        for _ in range(chance.randint(0, 3)):
            part = (0, 0, 1000, 1000) if chance.random() < 0.5 else (width // 3, height // 3, width, height)
            window.fill_rectangle(chance.choice(contexts), *part)
        if chance.random() < 0.7:
            app.sync()
    app.sync()
    print("done", flush=True)
    sys.stdin.read()


def repainting(app: App) -> None:
    """Paints whatever size it is given, all of it, in one of two colours."""
    window = app.window(400, 300, x=100, y=60)
    window.change_attributes(background_pixel=BACKGROUND, event_mask=X.StructureNotifyMask | X.ExposureMask)
    contexts = [window.create_gc(foreground=colour) for colour in (DARK, LIGHT)]
    window.map()
    print(window.id, flush=True)
    while True:
        event = app.display.next_event()
        if event.type in (X.Expose, X.ConfigureNotify):
            window.fill_rectangle(random.choice(contexts), 0, 0, 2000, 2000)
            app.display.flush()


PAINTERS: Final[dict[str, Callable[..., Any]]] = {
    each.__name__: each for each in (moving_stripes, resizing, repainting)
}

if __name__ == "__main__":
    with App(sys.argv[2]) as connected:
        PAINTERS[sys.argv[1]](connected, *sys.argv[3:])
