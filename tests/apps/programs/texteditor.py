"""GNOME Text Editor: GTK 4 and libadwaita, which decorate their windows themselves."""

from tests.apps.case import App, Column
from tests.apps.clipboard import exchanges
from tests.apps.probes import dialog_opens_file, file_text, no_popups, opens, popup, resizes, types
from tests.apps.seat import Seat


def menu(seat: Seat) -> None:
    """The main menu opens by its key, follows the pointer and goes with Escape."""
    seat.activate()
    found = popup(seat, lambda: seat.keyboard.press("F10"))
    seat.photograph("menu")
    seat.hover(found, found.size[0] // 2, found.size[1] // 2, by_px=100)
    seat.keyboard.press("esc")
    no_popups(seat)


APP = App(
    name="GNOME Text Editor (GTK 4)",
    packages=("gnome-text-editor", "xclip"),
    argv=("gnome-text-editor", "letter.txt"),
    title="Text Editor",
    files={"letter.txt": "Dear reader\n", "other.txt": "Another\n"},
    probes={
        Column.OPENS: opens(least_colours=8),
        Column.TYPING: types(read=file_text("letter.txt"), after="ctrl+s"),
        Column.CLIPBOARD: exchanges(
            copies="ctrl+Home shift+End ctrl+c",
            copied="Hello, Vitrail! (42 > 7)Dear reader",
            pastes="ctrl+End ctrl+v",
            keeps="ctrl+s",
            read=file_text("letter.txt"),
        ),
        Column.MENUS: menu,
        Column.DIALOGS: dialog_opens_file("ctrl+o", "/home/user/other.txt", "other.txt"),
        Column.RESIZE: resizes(),
    },
)
