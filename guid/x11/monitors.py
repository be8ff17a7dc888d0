"""Where the desktop's monitors are, by RandR; must not know windows, or what the answer is for.

The requests are python-xlib's own kind, written down here: its module for all of RandR is not loaded for two of them.
Whoever changes a layout lets the root window be configured, so nothing is selected here.
Source: RandR 1.5, RRQueryVersion and RRGetMonitors.
"""

from __future__ import annotations

from Xlib.display import Display
from Xlib.protocol import rq

from guid.core.geometry import Rect
from guid.core.monitors import SeenMonitor

WANTED_VERSION = (1, 5)
MAX_MONITORS = 64
"""More are not looked at."""


class _QueryVersion(rq.ReplyRequest):
    _request = rq.Struct(
        rq.Card8("opcode"), rq.Opcode(0), rq.RequestLength(), rq.Card32("major_version"), rq.Card32("minor_version")
    )
    _reply = rq.Struct(
        rq.ReplyCode(),
        rq.Pad(1),
        rq.Card16("sequence_number"),
        rq.ReplyLength(),
        rq.Card32("major_version"),
        rq.Card32("minor_version"),
        rq.Pad(16),
    )


_MONITOR = rq.Struct(
    rq.Card32("name"),
    rq.Bool("primary"),
    rq.Bool("automatic"),
    rq.LengthOf("outputs", 2),
    rq.Int16("x"),
    rq.Int16("y"),
    rq.Card16("width"),
    rq.Card16("height"),
    rq.Card32("width_mm"),
    rq.Card32("height_mm"),
    rq.List("outputs", rq.Card32Obj),
)


class _GetMonitors(rq.ReplyRequest):
    _request = rq.Struct(
        rq.Card8("opcode"), rq.Opcode(42), rq.RequestLength(), rq.Window("window"), rq.Bool("active"), rq.Pad(3)
    )
    _reply = rq.Struct(
        rq.ReplyCode(),
        rq.Pad(1),
        rq.Card16("sequence_number"),
        rq.ReplyLength(),
        rq.Card32("timestamp"),
        rq.LengthOf("monitors", 4),
        rq.Card32("outputs"),
        rq.Pad(12),
        rq.List("monitors", _MONITOR),
    )


class Monitors:
    """Asks one X server for its monitors; knows none if the server has no RandR 1.5."""

    def __init__(self, display: Display, root: int) -> None:
        self._display = display.display
        self._root = root
        found = display.query_extension("RANDR")
        self._opcode = found.major_opcode if found is not None and found.present else 0
        if self._opcode and self._version() < WANTED_VERSION:
            self._opcode = 0

    def _version(self) -> tuple[int, int]:
        major, minor = WANTED_VERSION
        told = _QueryVersion(display=self._display, opcode=self._opcode, major_version=major, minor_version=minor)
        return told.major_version, told.minor_version

    def read(self) -> tuple[SeenMonitor, ...]:
        """Ask where they are (a round trip); in the server's order, which has the primary one first."""
        if not self._opcode:
            return ()
        told = _GetMonitors(display=self._display, opcode=self._opcode, window=self._root, active=True)
        return tuple(
            SeenMonitor(
                Rect(each.x, each.y, each.width, each.height), each.width_mm, each.height_mm, bool(each.primary)
            )
            for each in told.monitors[:MAX_MONITORS]
            if each.width and each.height
        )
