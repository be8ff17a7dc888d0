"""The size of the qube's screen, and its monitors, by RandR. It must not know where they come from.

The server is held while they change: programs look once, and see the new ones.
"""

from __future__ import annotations

import logging
from typing import Any, Final

from Xlib import X, Xatom
from Xlib.error import CatchError, XError
from Xlib.ext import randr

from guiagent.core.outputs import MODE_PREFIX, mode_name, plan
from guiagent.x11.randr import CreateMode, SetMonitor
from protocol.monitors import INCH_MM, Area, Monitor, MonitorLayout, plain_layout
from protocol.scale import PLAIN_DPI
from shm.x11.connection import XConnection

LOG = logging.getLogger(__name__)

NO_MODE: Final = 0
ROTATE_0: Final = 1
REFRESH_HZ: Final = 60
MAX_DOT_CLOCK_HZ: Final = 300_000_000
"""Of the dummy driver. Source: xf86-video-dummy, dummy_driver.c; a slower refresh is implied, and harmless."""
WIDTH_ROUNDED_TO: Final = 8
"""The width that a daemon says in its handshake. Source: the C daemon."""

UNABLE: Final = "the screen stays as it is: it cannot be %dx%d as the desktop is (%s)"


class Outputs:
    """Those of one X server."""

    def __init__(self, connection: XConnection) -> None:
        self._connection = connection
        self._display: Any = connection.display
        self._lower: Any = self._display.display
        self._root: Any = self._display.screen().root
        self._extension = 0
        self._named: list[int] = []
        self._mm: tuple[int, ...] = ()
        self._used: MonitorLayout | None = None

    def resize(self, width: int, height: int) -> None:
        """The desktop has this size, px, its width rounded up; whatever more is to be said of it comes later."""
        size = self._root.get_geometry()
        rounded = size.width + -size.width % WIDTH_ROUNDED_TO
        if (rounded, size.height) != (width, height):
            self.use(plain_layout(width, height, PLAIN_DPI))

    def use(self, layout: MonitorLayout) -> None:
        """This is the screen, and these are its monitors; what the server refuses stays as it is."""
        layout = layout._replace(work_area=Area(0, 0, layout.width, layout.height))
        if layout == self._used:
            return
        self._used = layout
        try:
            self._change(layout)
        except XError as error:
            LOG.warning(UNABLE, layout.width, layout.height, type(error).__name__)
        self._connection.drain()

    def _change(self, layout: MonitorLayout) -> None:
        found = self._display.query_extension("RANDR")
        if found is None or not found.present:
            LOG.warning("the X server cannot change its screen: it has no RandR")
            return
        self._extension = int(found.major_opcode)
        self._ask(randr.QueryVersion, major_version=1, minor_version=5)
        least = self._ask(randr.GetScreenSizeRange, window=self._root)
        if layout.width < least.min_width or layout.height < least.min_height:
            LOG.warning(UNABLE, layout.width, layout.height, "too small")
            return
        self._display.grab_server()
        try:
            self._lay(layout)
        finally:
            self._display.ungrab_server()
            self._display.flush()

    def _lay(self, layout: MonitorLayout) -> None:
        resources = self._ask(randr.GetScreenResourcesCurrent, window=self._root)
        outputs = list(resources.outputs)
        self._mm = self._sides(outputs[0])
        todo = plan(layout, len(outputs), sized=bool(self._mm))
        before = self._root.get_geometry()
        self._grow(max(layout.width, before.width), max(layout.height, before.height))  # refused: all is as it was
        for name in self._named:
            self._tell(randr.DeleteMonitor, window=self._root, name=name)
        self._named = []
        for crtc in resources.crtcs:
            self._show(crtc, (0, 0), NO_MODE, [])
        self._grow(layout.width, layout.height)
        modes = _modes(resources)
        for output, monitor in zip(outputs, todo.shown, strict=False):
            self._light(output, monitor, modes)
        for number, monitor in enumerate(todo.named):
            self._name(number, monitor, outputs[:1] if number == 0 else [], primary=number == todo.primary)
        if not todo.named:
            self._tell(randr.SetOutputPrimary, window=self._root, output=outputs[todo.primary])
        if self._mm:  # sizes count from the next time on that somebody asks for more than what is known
            self._ask(randr.GetScreenResources, window=self._root)
        self._drop_modes(outputs, modes, {mode_name(*monitor[2:4]) for monitor in todo.shown})

    def _grow(self, width: int, height: int) -> None:
        """The whole screen. Raises XError if it cannot be as large."""
        self._tell(
            randr.SetScreenSize,
            window=self._root,
            width=width,
            height=height,
            width_in_millimeters=max(1, round(width * INCH_MM / PLAIN_DPI)),
            height_in_millimeters=max(1, round(height * INCH_MM / PLAIN_DPI)),
        )

    def _light(self, output: int, monitor: Monitor, modes: dict[str, int]) -> None:
        """Show this part of the screen on an output. modes: ids by name; one that is made is put in."""
        name = mode_name(*monitor[2:4])
        if name not in modes:
            modes[name] = self._make_mode(monitor.width, monitor.height, name)
        info = self._ask(randr.GetOutputInfo, output=output, config_timestamp=X.CurrentTime)
        if modes[name] not in info.modes:
            self._tell(randr.AddOutputMode, output=output, mode=modes[name])
        self._write_mm(output, monitor)
        self._show(info.crtcs[0], monitor[:2], modes[name], [output])

    def _make_mode(self, width: int, height: int, name: str) -> int:
        """A mode whose numbers are all different, as servers demand; nothing is ever refreshed by them."""
        h_total, v_total = width + 3, height + 3
        made = self._ask(
            CreateMode,
            window=self._root,
            id=0,
            width=width,
            height=height,
            dot_clock=min(h_total * v_total * REFRESH_HZ, MAX_DOT_CLOCK_HZ),
            h_sync_start=width + 1,
            h_sync_end=width + 2,
            h_total=h_total,
            h_skew=0,
            v_sync_start=height + 1,
            v_sync_end=height + 2,
            v_total=v_total,
            name=name,
            flags=0,
        )
        return int(made.mode)

    def _write_mm(self, output: int, monitor: Monitor) -> None:
        """How large an output is, if that may be said."""
        for side, value in zip(self._mm, monitor[4:], strict=False):
            self._tell(
                randr.ChangeOutputProperty,
                output=output,
                property=side,
                type=Xatom.INTEGER,
                mode=X.PropModeReplace,
                value=(32, [value]),
            )

    def _sides(self, output: int) -> tuple[int, ...]:
        """The properties of an output that say how wide and how high it is; () if it has none."""
        sides = tuple(self._display.intern_atom(side) for side in ("WIDTH_MM", "HEIGHT_MM"))
        return sides if set(sides) <= set(self._ask(randr.ListOutputProperties, output=output).atoms) else ()

    def _show(self, crtc: int, place: tuple[int, ...], mode: int, outputs: list[int]) -> None:
        """Let a CRTC show a mode at a place; NO_MODE: nothing. Raises XError."""
        x, y = place
        self._ask(
            randr.SetCrtcConfig,
            crtc=crtc,
            timestamp=X.CurrentTime,
            config_timestamp=X.CurrentTime,
            x=x,
            y=y,
            mode=mode,
            rotation=ROTATE_0,
            outputs=outputs,
        )

    def _name(self, number: int, monitor: Monitor, outputs: list[int], *, primary: bool) -> None:
        """Call a part of the screen a monitor."""
        name = self._display.intern_atom(f"vitrail-{number}")
        x, y, width, height, width_mm, height_mm = monitor
        self._tell(
            SetMonitor,
            window=self._root,
            name=name,
            primary=primary,
            automatic=False,
            x=x,
            y=y,
            width=width,
            height=height,
            width_mm=width_mm,
            height_mm=height_mm,
            outputs=outputs,
        )
        self._named.append(name)

    def _drop_modes(self, outputs: list[int], modes: dict[str, int], kept: set[str]) -> None:
        """Forget the modes of earlier monitors: a desktop may change for ever."""
        old = {mode for name, mode in modes.items() if name.startswith(MODE_PREFIX) and name not in kept}
        for output in outputs if old else ():
            info = self._ask(randr.GetOutputInfo, output=output, config_timestamp=X.CurrentTime)
            for mode in old.intersection(info.modes):
                self._tell(randr.DeleteOutputMode, output=output, mode=mode)
        for mode in old:
            self._tell(randr.DestroyMode, mode=mode)

    def _ask(self, request: Any, **fields: Any) -> Any:
        """Send a request of RandR and wait for its reply. Raises XError."""
        return request(display=self._lower, opcode=self._extension, **fields)

    def _tell(self, request: Any, **fields: Any) -> None:
        """Send a request of RandR that has no reply, and wait until it is done. Raises XError."""
        refused = CatchError()
        request(display=self._lower, opcode=self._extension, onerror=refused, **fields)
        self._display.sync()
        error = refused.get_error()
        if error is not None:
            raise error


def _modes(resources: Any) -> dict[str, int]:
    """Ids of modes by their names."""
    found: dict[str, int] = {}
    at = 0
    for mode in resources.modes:
        found[resources.names[at : at + mode.name_length]] = int(mode.id)
        at += mode.name_length
    return found
