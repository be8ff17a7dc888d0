"""xeyes: a shaped window that draws by itself and follows the pointer."""

from tests.apps.case import App, Column
from tests.apps.probes import at, opens, resizes
from tests.apps.seat import Seat


def look(seat: Seat) -> None:
    """The pupils go where the pointer is."""
    main = seat.activate()
    seat.mouse.move(*at(main, 10, 10))
    before = seat.still()
    seat.mouse.move(*at(main, -10, -10))
    seat.changes(before, by_px=100)


APP = App(
    name="xeyes",
    packages=("x11-apps",),
    argv=("xeyes", "-geometry", "240x160"),
    title="xeyes",
    probes={Column.OPENS: opens(), Column.RESIZE: resizes()},
    also={"looks at the pointer": look},
    light=True,
    note="The pointer is known to it only where it is over a window of its own qube.",
)
