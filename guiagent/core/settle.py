"""The rule of the configure echo for one window. It must not know messages, X or other windows.

The daemon keeps one CONFIGURE outstanding a window and waits for exactly its own numbers. So the echo goes out at once,
whatever X does; what the window really became is told once, after the daemon has been quiet, and only if it differs.
"""

from __future__ import annotations

from dataclasses import dataclass

from guiagent.core.values import Geometry

QUIET_S = 0.080
"""No further CONFIGURE of the daemon for so long: a drag is over. Longer than a frame (17 ms), too short to notice."""


@dataclass(slots=True)
class Place:
    """Where a window is in the qube, and where the daemon was last told (or said itself) that it is."""

    real: Geometry
    told: Geometry
    quiet_at: float | None = None
    """Set while the daemon is (or was just) moving the window."""
    unconfirmed: int = 0
    """Changes that were sent to X and not yet confirmed; until then an older event may still arrive."""
    observed: Geometry | None = None
    """The newest geometry that X reported while changes were unconfirmed."""

    def ordered(self, asked: Geometry, now: float) -> None:
        """The daemon asked for `asked`; it is echoed as it stands and sent to X."""
        self.told = asked
        self.real = asked.inside_limits()
        self.quiet_at = now + QUIET_S
        self.unconfirmed += 1

    def confirmed(self) -> None:
        """X has carried out one order: what it reported until here is the truth from here on."""
        self.unconfirmed -= 1
        if self.unconfirmed == 0 and self.observed is not None:
            self.real, self.observed = self.observed, None

    def reported(self, geometry: Geometry) -> Geometry | None:
        """X reported a geometry. Returns what the daemon must be told now, or None."""
        if self.unconfirmed:
            self.observed = geometry
            return None
        self.real = geometry
        return None if self.quiet_at is not None else self._difference()

    def due(self, now: float) -> Geometry | None:
        """Time has passed. Returns what the daemon must be told now, or None."""
        if self.quiet_at is None or now < self.quiet_at or self.unconfirmed:
            return None
        self.quiet_at = None
        return self._difference()

    def announced(self) -> Geometry:
        """The window is announced (again): the daemon starts from the real geometry."""
        self.quiet_at = None
        self.told = self.real.inside_limits()
        return self.told

    def _difference(self) -> Geometry | None:
        real = self.real.inside_limits()
        if real == self.told:
            return None
        self.told = real
        return real
