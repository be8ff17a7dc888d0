"""One tracked window: what X says of it, and what the daemon was told. It must not know how messages are sent."""

from __future__ import annotations

from dataclasses import dataclass, field

from guiagent.core.cursorpace import Shown
from guiagent.core.effects import PlaceWindow
from guiagent.core.maximizing import Maximized
from guiagent.core.settle import Place
from guiagent.core.shadow import shadow_of
from guiagent.core.stage import ANNOUNCED, Stage, Step, next_stage
from guiagent.core.values import Facts, Geometry, Properties, WindowId


@dataclass(slots=True, eq=False)
class Window:
    """Facts of X, and apart from them the daemon's knowledge: `stage`, `told` and half of `place`."""

    window: WindowId
    depth: int
    override_redirect: bool
    mapped: bool
    properties: Properties
    place: Place
    stage: Stage = Stage.LOCAL
    shown: Shown = None
    """The cursor that the qube last showed over it; None for the default."""
    cursor: Shown = None
    """What of that the daemon can be told."""
    told: dict[int, bytes] = field(default_factory=dict)
    """The last message of each property type that was sent, so that nothing is said twice."""
    parent: WindowId | None = None
    """The shown window that it belongs to, when it was last shown."""
    unmaximized: Maximized | None = None
    """Set while its program has it maximised."""
    first_docked: bool | None = None
    """Whether it went into the tray when it was first shown; it never changes its kind."""
    border: int = 0
    """The border that its program believes it to have, px; it has none."""

    @classmethod
    def of(cls, facts: Facts) -> Window:
        """A window that nobody has told the daemon of."""
        place = Place.of(facts.geometry, shadow_of(facts.properties, facts.depth))
        return cls(facts.window, facts.depth, facts.override_redirect, facts.mapped, facts.properties, place)

    @property
    def announced(self) -> bool:
        """Whether a message may name this window."""
        return self.stage in ANNOUNCED

    @property
    def docks(self) -> bool:
        """Whether it is shown in the desktop's tray, and not as a window."""
        return self.properties.docks if self.first_docked is None else self.first_docked

    def is_popup(self, popup_types: frozenset[int]) -> bool:
        """Whether the desktop's window manager should leave it alone: it said so, or it is a menu that forgot to."""
        return self.override_redirect or bool(popup_types.intersection(self.properties.types[:1]))

    def grant(self, whole: Geometry) -> PlaceWindow:
        """Give the window this place, by a wish of its program."""
        self.place.grant(whole)
        return PlaceWindow(self.window, whole)

    def take(self, step: Step) -> None:
        """Go one step. Raises LocalProtocolError for a step that the stage does not allow."""
        self.stage = next_stage(self.stage, step)
        if step is Step.SEVER:
            self.told.clear()
