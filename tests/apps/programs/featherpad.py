"""FeatherPad, an editor: Qt 5 with menus and Qt's own dialogs."""

from tests.apps.case import App, Column
from tests.apps.clipboard import exchanges
from tests.apps.probes import at, dialog_opens_file, file_text, no_popups, opens, popup, resizes, title_text, types
from tests.apps.seat import Seat


def menu(seat: Seat) -> None:
    """File > New, by the pointer, opens a second page; Ctrl-Shift-Q closes it."""
    main = seat.activate()
    found = popup(seat, lambda: seat.mouse.click(*at(main, 20, 12)))
    seat.photograph("menu")
    seat.hover(found, 60, 14)
    seat.mouse.click(*at(found, 60, 14))
    no_popups(seat)
    seat.until(lambda: "Untitled" in title_text(seat), "a new page")
    seat.keyboard.press("ctrl+shift+q")
    seat.until(lambda: "letter.txt" in title_text(seat), "the page before")


APP = App(
    name="FeatherPad (Qt 5)",
    packages=("featherpad", "xclip"),
    argv=("featherpad", "letter.txt"),
    title="",
    files={"letter.txt": "Dear reader\n", "other.txt": "Another\n"},
    probes={
        Column.OPENS: opens(least_colours=8),
        Column.MENUS: menu,
        Column.TYPING: types(read=file_text("letter.txt"), after="ctrl+s"),
        Column.CLIPBOARD: exchanges(
            copies="ctrl+Home shift+End ctrl+c",
            copied="Hello, Vitrail! (42 > 7)Dear reader",
            pastes="ctrl+End ctrl+v",
            keeps="ctrl+s",
            read=file_text("letter.txt"),
        ),
        Column.DIALOGS: dialog_opens_file("ctrl+o", "/home/user/other.txt", "other.txt"),
        Column.RESIZE: resizes(),
    },
    light=True,
)
