"""Everything the agent remembers, in one place. It must not decide: `reports` and `orders` do."""

from __future__ import annotations

from dataclasses import dataclass, field

from guiagent.core.asking import Asking
from guiagent.core.cursorpace import CursorPace
from guiagent.core.dragging import Dragging
from guiagent.core.icons import Icons
from guiagent.core.keyboard import Keyboard
from guiagent.core.pixels import Pixels
from guiagent.core.pointer import Pointer
from guiagent.core.scaling import Scaling
from guiagent.core.stacking import Stacking
from guiagent.core.states import StateAtoms
from guiagent.core.values import Geometry, WindowId
from guiagent.core.waiting import WaitingInput
from guiagent.core.window import Window
from protocol.limits import MAX_WINDOW_HEIGHT_PX, MAX_WINDOW_WIDTH_PX

EVERYWHERE = Geometry(0, 0, MAX_WINDOW_WIDTH_PX, MAX_WINDOW_HEIGHT_PX)


@dataclass(slots=True)
class Qube:
    """`windows` live in the qube, in order of creation; `ended` are ids that the daemon has not let go of yet."""

    pixels: Pixels
    atoms: StateAtoms
    windows: dict[WindowId, Window] = field(default_factory=dict)
    ended: dict[WindowId, Window] = field(default_factory=dict)
    keyboard: Keyboard = field(default_factory=Keyboard)
    cursors: CursorPace = field(default_factory=CursorPace)
    icons: Icons = field(default_factory=Icons)
    stacking: Stacking = field(init=False)
    pointer: Pointer = field(init=False)
    waiting: WaitingInput = field(default_factory=WaitingInput)
    asking: Asking = field(default_factory=Asking)
    dragging: Dragging = field(default_factory=Dragging)
    area: Geometry = EVERYWHERE
    """Where windows may be: what panels leave free of the root; all of it where nobody says."""
    work_area: Geometry | None = None
    """What the desktop says of that, whatever root there is by now."""
    monitors: tuple[Geometry, ...] = ()
    """Where the desktop's are; px, root coordinates."""
    scaling: Scaling = field(default_factory=Scaling)
    focused: WindowId | None = None
    minor: int | None = None
    """The negotiated minor version; None while no daemon listens."""
    greeted: bool = False
    """The daemon knows extensions, and with that what ours adds to the meaning of MAP."""
    settling: dict[Window, None] = field(default_factory=dict)
    """Windows whose real geometry is told when the daemon has been quiet for a while."""

    def __post_init__(self) -> None:
        self.stacking = Stacking(self.windows)
        self.pointer = Pointer(self.stacking)

    def announced(self, window: int) -> Window | None:
        """The window under this id, if the daemon may speak of it and be told of it."""
        found = self.windows.get(WindowId(window))
        return found if found is not None and found.announced else None

    def deadline(self) -> float | None:
        """When `Reports.due` must be asked next; None if nothing waits for time to pass."""
        waiting = [
            window.place.quiet_at
            for window in self.settling
            if window.place.quiet_at is not None and not window.place.unconfirmed
        ]
        others = (
            *(self.keyboard.release_at, self.waiting.until, self.dragging.deadline(), self.cursors.until),
            *(self.asking.deadline(), self.pixels.deadline(), self.scaling.awaited_until, self.icons.deadline()),
        )
        waiting += [at for at in others if at is not None]
        return min(waiting, default=None)
