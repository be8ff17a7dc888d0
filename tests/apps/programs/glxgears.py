"""glxgears: OpenGL, computed without a graphics card."""

from tests.apps.case import App, Column
from tests.apps.probes import framed, opens, resizes
from tests.apps.seat import STILL_PX, Seat, unequal


def opens_and_turns(seat: Seat) -> None:
    """A second picture is another one."""
    seat.activate()
    seat.changes(seat.content())
    framed(seat, seat.main)


def stops(seat: Seat) -> None:
    """The key "a" stops the gears, and starts them again."""
    seat.activate()
    seat.keyboard.type("a")
    before = seat.still()
    assert unequal(before, seat.content()) <= STILL_PX
    opens()(seat)
    seat.keyboard.type("a")
    seat.changes(before)
    seat.keyboard.type("a")
    seat.still()


APP = App(
    name="glxgears (OpenGL)",
    packages=("mesa-utils", "libgl1-mesa-dri"),
    argv=("glxgears", "-geometry", "300x300+200+150"),
    title="glxgears",
    probes={Column.OPENS: opens_and_turns, Column.TYPING: stops, Column.RESIZE: resizes()},
    light=True,
    note="There is no graphics card in a local qube: Mesa computes the picture on the processor. Without `-geometry` "
    "it asks for the corner of the screen, and the window manager finds a place for it.",
)
