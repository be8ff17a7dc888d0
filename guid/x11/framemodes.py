"""Who frames the managed windows of one session now, as the person has chosen; must not know how it is looked at."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from colors.labels import Label
from guid.core import effects as fx
from guid.core.options import FrameMode
from guid.core.session import Session
from guid.core.values import RemoteId
from guid.x11.desktop import Desktop
from guid.x11.frame import Frame

if TYPE_CHECKING:
    from guid.x11.managerframes import ManagerFrames


class Framed(NamedTuple):
    """The windows of one qube, and who does what about them.

    frames: all that there are, by the agent's ids. perform: does effects. complain: called when the window manager is
    to paint frames and does not. spend: takes what a look costs, µs.
    """

    desktop: Desktop
    session: Session
    frames: Mapping[RemoteId, Frame]
    qube: str
    perform: Callable[[Iterable[fx.Effect]], None]
    complain: Callable[[], None]
    spend: Callable[[int], None]


class FrameModes:
    """by_manager: what leaves windows to the window manager's frame; None while all frames are ours."""

    def __init__(self, of: Framed, label: Label) -> None:
        self.by_manager: ManagerFrames | None = None
        self._of = of
        self._label = label

    def use(self, mode: FrameMode) -> None:
        """From now on, and for the windows that there are."""
        if mode is FrameMode.OWN:
            self.close()
        elif self.by_manager is None:
            from guid.x11.managerframes import ManagerFrames  # noqa: PLC0415 - few want it

            self.by_manager = ManagerFrames(self._of, self._label.rgb)

    def close(self) -> None:
        """All frames are ours again."""
        if self.by_manager is not None:
            self.by_manager.close()
            self.by_manager = None

    def stop(self) -> None:
        """The agent is gone, and all windows go: nothing is looked at any more."""
        if self.by_manager is not None:
            self.by_manager.stop()
            self.by_manager = None

    def relabel(self, label: Label) -> None:
        """The qube wears another label."""
        self._label = label
        if self.by_manager is not None:
            self.by_manager.relabel(label.rgb)

    def touched(self, remote: RemoteId) -> None:
        """A window was moved or resized, or has other states."""
        if self.by_manager is not None:
            self.by_manager.touched(remote)

    def reparented(self, remote: RemoteId | None, *, orphaned: bool) -> None:
        """What is round a window is another thing, or may be. orphaned: nothing is. remote: None for none of ours."""
        if self.by_manager is not None and remote is not None:
            self.by_manager.reparented(remote, orphaned=orphaned)

    def take_back(self, remote: RemoteId) -> None:
        """We frame it until another frame is seen."""
        if self.by_manager is not None:
            self.by_manager.take_back(remote)

    def gone(self, remote: RemoteId) -> None:
        """Its outer is destroyed."""
        if self.by_manager is not None:
            self.by_manager.gone(remote)
