"""Monitors on the one output of a test's X server; knows nothing of what is shown there."""

from typing import Any

from Xlib import display as xdisplay
from Xlib.ext import randr
from Xlib.protocol import rq

Four = tuple[int, int, int, int]


class SetMonitor(rq.Request):
    """python-xlib's own cannot be packed. Source: RandR 1.5, RRSetMonitor."""

    _request = rq.Struct(
        rq.Card8("opcode"),
        rq.Opcode(43),
        rq.RequestLength(),
        rq.Window("window"),
        rq.Card32("name"),
        rq.Bool("primary"),
        rq.Bool("automatic"),
        rq.Card16("many"),
        rq.Int16("x"),
        rq.Int16("y"),
        rq.Card16("width"),
        rq.Card16("height"),
        rq.Card32("width_mm"),
        rq.Card32("height_mm"),
        rq.List("outputs", rq.Card32Obj),
    )


class Monitors:
    """Lays monitors out on the one output of a test's X server."""

    def __init__(self, display: str) -> None:
        self._x: Any = xdisplay.Display(display)
        self._root = self._x.screen().root
        self._names: list[int] = []

    def set(self, *rects: Four, dots_per_mm: int = 4) -> None:
        """These and no others; none: one as large as the screen."""
        for name in self._names:
            self._root.xrandr_delete_monitor(name)
        self._names = [self._x.intern_atom(f"monitor-{number}") for number, _ in enumerate(rects)]
        outputs = list(self._root.xrandr_get_screen_resources().outputs)
        for name, (x, y, width, height) in zip(self._names, rects, strict=True):
            SetMonitor(
                display=self._x.display,
                opcode=self._x.display.get_extension_major(randr.extname),
                window=self._root,
                name=name,
                primary=False,
                automatic=False,
                many=len(outputs),
                x=x,
                y=y,
                width=width,
                height=height,
                width_mm=width // dots_per_mm,
                height_mm=height // dots_per_mm,
                outputs=outputs,
            )
            outputs = []  # an output belongs to one monitor
        self._x.sync()

    def close(self) -> None:
        self._x.close()
