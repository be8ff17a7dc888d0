"""xterm: Xt and Athena widgets, menus that open while a button is held."""

from tests.apps.case import App, Column
from tests.apps.clipboard import exchanges
from tests.apps.probes import at, file_text, no_popups, opens, painted, resizes, types
from tests.apps.seat import Seat

SCROLLBAR_ROW = 0.076
"""Where the first entry of the VT Options is, below the menu's title; a part of the menu's height."""


def menu(seat: Seat) -> None:
    """Hold Ctrl and the middle button, let go on the first entry: a scroll bar comes, and goes the same way."""
    before = seat.still(seat.activate())
    for _ in range(2):
        seat.keyboard.hold("ctrl")
        seat.mouse.move(*at(seat.main, 60, 60))
        seat.mouse.down(2)
        popup = seat.until(seat.popups, "a menu")[-1]
        painted(seat, popup)
        seat.photograph("menu")
        seat.mouse.move(*at(popup, 60, round(popup.size[1] * SCROLLBAR_ROW)))
        seat.until(lambda menu=popup: seat.still(menu) is not None, "the entry under the pointer")  # type: ignore[misc]
        seat.mouse.up(2)
        seat.keyboard.let_go("ctrl")
        no_popups(seat)
        seat.changes(before)
        before = seat.still()


def select_first_word(seat: Seat) -> None:
    """A double click."""
    for _ in range(2):
        seat.mouse.click(*at(seat.main, 20, 10))


APP = App(
    name="xterm",
    packages=("xterm", "xclip"),
    argv=(
        *("xterm", "-T", "a terminal", "-fa", "DejaVu Sans Mono", "-fs", "10", "-xrm", "*selectToClipboard: true"),
        *("-e", "sh", "-c", "echo abcdefgh; cat >> typed.txt"),
    ),
    title="a terminal",
    probes={
        Column.OPENS: opens(),
        Column.MENUS: menu,
        Column.TYPING: types(read=file_text("typed.txt"), after="enter"),
        Column.CLIPBOARD: exchanges(
            copies=select_first_word,
            copied="abcdefgh",
            pastes="shift+Insert",
            keeps="enter",
            read=file_text("typed.txt"),
        ),
        Column.RESIZE: resizes(),
    },
    light=True,
    note="Copies to the clipboard with `-xrm '*selectToClipboard: true'`; without it, as anywhere, to PRIMARY only, "
    "which stays in its qube.",
)
