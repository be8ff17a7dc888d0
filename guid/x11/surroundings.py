"""Watches what qubes are told of the desktop's monitors and scale; must not know what that leads to."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from guid.core.effects import Send
from guid.core.monitors import told_layout
from guid.core.options import Options
from guid.core.surroundings import Surroundings
from guid.x11.desktop import Desktop
from guid.x11.scale import ScaleWatch
from protocol.scale import Scale


class SurroundingsWatch:
    """One desktop, and what one agent knows of it. perform: what is to be done about a change.

    drawn: is told how many times as large the desktop draws.
    """

    def __init__(
        self,
        desktop: Desktop,
        told: Surroundings,
        perform: Callable[[Sequence[Send]], None],
        drawn: Callable[[float], None],
        options: Options,
    ) -> None:
        self._desktop = desktop
        self._told = told
        self._perform = perform
        self._scale = ScaleWatch(desktop, self._scale_read, drawn, options.scale)
        self.desktop_changed()

    def scale_changed(self) -> None:
        """Everything may be drawn at another size."""
        self._scale.ask()

    def desktop_changed(self) -> None:
        """The desktop's geometry was asked for again."""
        layout = told_layout(self._desktop.geometry, self._desktop.monitors)
        self._perform(self._told.monitors.show(layout))
        self._scale.look()

    def change_options(self, options: Options) -> None:
        """The person decides otherwise."""
        self._scale.want(options.scale)

    def _scale_read(self, scale: Scale) -> None:
        self._perform(self._told.scale.show(scale))
