"""The rule of the configure echo for one window. It must not know messages, X or other windows.

The daemon keeps one CONFIGURE outstanding a window and waits for exactly its own numbers. So the echo goes out at once,
whatever X does; what the window really became is told once, after the daemon has been quiet, and only if it differs.
"""

from __future__ import annotations

from dataclasses import dataclass

from guiagent.core.crop import NO_CROP, Crop
from guiagent.core.shadow import InputBox, Shadow
from guiagent.core.values import Geometry

QUIET_S = 0.080
"""No further CONFIGURE of the daemon for so long: a drag is over. Longer than a frame (17 ms), too short to notice."""


@dataclass(slots=True)
class Place:
    """Where a window is in the qube, and where the daemon was last told (or said itself) that it is.

    Both are the visible part: this is the one place where it is told from the whole window, which X knows.
    """

    real: Geometry
    told: Geometry
    declared: Shadow = NO_CROP
    """The shadow that the program says its window has, or the box that its input shape leaves of it."""
    crop: Crop = NO_CROP
    """What that is at this size, or none while it would leave nothing of the window."""
    quiet_at: float | None = None
    """Set while the daemon is (or was just) moving the window."""
    unconfirmed: int = 0
    """Changes that were sent to X and not yet confirmed; until then an older event may still arrive."""
    observed: Geometry | None = None
    """The newest geometry (of the whole window) that X reported while changes were unconfirmed."""
    granted: Geometry | None = None
    """The newest place (of the whole window) that was granted to the program, until X has carried out all of them."""
    granting: int = 0
    """Places that were granted to the program, and that X has not yet carried out."""

    @classmethod
    def of(cls, whole: Geometry, declared: Shadow) -> Place:
        """A window that X has at `whole`, and that the daemon was told of as it is."""
        crop = declared.fitting(whole.size)
        visible = crop.inner(whole)
        return cls(visible, visible, declared, crop)

    @property
    def whole(self) -> Geometry:
        """The window as X has it, or will have it when it has carried out the newest order."""
        return self.crop.outer(self.real)

    @property
    def newest(self) -> Geometry:
        """The whole window as X will have it when it has carried out everything. The next wish is granted on top of it:
        a program that asks for a size and then for a corner, in two requests, gets both, however late they are read."""
        return self.granted or self.whole

    def cropped(self, declared: Shadow, *, shown: bool) -> bool:
        """The program declares another shadow. Returns whether X must be given `whole`; it is to be confirmed then.

        What the person sees of a shown window stays where it is, and its shadow grows or shrinks round that; so do
        Mutter and KWin. A window that is not shown yet stays as it is, and its visible part is another one; so does a
        window whose input shape changes, as its program has placed it with its shadow.
        """
        if declared == self.declared:
            return False
        if self.granted is not None:
            self._is_at(self.granted)
        before = self.whole
        stays = not shown or isinstance(declared, InputBox) or isinstance(self.declared, InputBox)
        self.declared = declared
        self.crop = declared.fitting(before.size)
        if stays:
            self.real = self.crop.inner(before)
        if self.whole == before:
            return False
        self.granted = None
        self.unconfirmed += 1
        self.quiet_at = self.quiet_at or 0.0
        return True

    def ordered(self, asked: Geometry, now: float) -> None:
        """The daemon asked for `asked`; it is echoed as it stands and sent to X."""
        self.told = asked
        self.real = asked.inside_limits()
        self.quiet_at = now + QUIET_S
        self.granted = None
        self.unconfirmed += 1

    def grant(self, whole: Geometry) -> None:
        """The program's wish is sent to X, which reports what comes of it."""
        self.granted = whole
        self.granting += 1

    def carried_out(self) -> None:
        """X has carried out one wish of the program."""
        self.granting -= 1
        if self.granting == 0:
            self.granted = None

    def confirmed(self) -> None:
        """X has carried out one order: what it reported until here is the truth from here on."""
        self.unconfirmed -= 1
        if self.unconfirmed == 0 and self.observed is not None:
            self._is_at(self.observed)
            self.observed = None

    def reported(self, whole: Geometry) -> Geometry | None:
        """X reported a geometry. Returns what the daemon must be told now, or None."""
        if self.unconfirmed:
            self.observed = whole
            return None
        self._is_at(whole)
        return None if self.quiet_at is not None else self._difference()

    def due(self, now: float) -> Geometry | None:
        """Time has passed. Returns what the daemon must be told now, or None."""
        if self.quiet_at is None or now < self.quiet_at or self.unconfirmed:
            return None
        self.quiet_at = None
        return self._difference()

    def unheard(self) -> Geometry | None:
        """What the daemon must be told at once of a place that changed without X; None while orders are under way."""
        return None if self.unconfirmed or self.quiet_at is not None else self._difference()

    def announced(self) -> Geometry:
        """The window is announced (again): the daemon starts from the real geometry."""
        self.quiet_at = None
        self.told = self.real.inside_limits()
        return self.told

    def _is_at(self, whole: Geometry) -> None:
        self.crop = self.declared.fitting(whole.size)
        self.real = self.crop.inner(whole)

    def _difference(self) -> Geometry | None:
        real = self.real.inside_limits()
        if real == self.told:
            return None
        self.told = real
        return real
