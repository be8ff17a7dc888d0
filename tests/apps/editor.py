"""An editor of letters with a File menu and pages, whatever its toolkit is."""

from tests.apps.case import App, Column, Probe
from tests.apps.clipboard import exchanges
from tests.apps.probes import at, dialog_opens_file, file_text, no_popups, opens, popup, resizes, title_text, types
from tests.apps.seat import Seat


def new_page(closes: str) -> Probe:
    """File > New, by the pointer, opens a second page, and the keys `closes` close it."""

    def menu(seat: Seat) -> None:
        main = seat.activate()
        found = popup(seat, lambda: seat.mouse.click(*at(main, 20, 12)))
        seat.photograph("menu")
        seat.hover(found, 60, 14)
        seat.mouse.click(*at(found, 60, 14))
        no_popups(seat)
        seat.until(lambda: "Untitled" in title_text(seat), "a new page")
        seat.keyboard.press(closes)
        seat.until(lambda: "letter.txt" in title_text(seat), "the page before")

    return menu


def editor(name: str, *, program: str, title: str, closes: str) -> App:
    """One. program: its command and its package. closes: the keys that close a page."""
    return App(
        name=name,
        packages=(program, "xclip"),
        argv=(program, "letter.txt"),
        title=title,
        files={"letter.txt": "Dear reader\n", "other.txt": "Another\n"},
        probes={
            Column.OPENS: opens(least_colours=8),
            Column.MENUS: new_page(closes),
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
