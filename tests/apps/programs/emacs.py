"""Emacs with the Lucid toolkit: menus and dialogs of Athena's kind."""

from tests.apps.case import App, Column
from tests.apps.clipboard import exchanges
from tests.apps.probes import at, file_text, framed, no_popups, opens, painted, popup, press_all, resizes, types
from tests.apps.seat import Seat

ASK = '(insert (x-popup-dialog t (list "Sure?" (cons "Yes" "agreed") (cons "No" "refused"))))'


def menu(seat: Seat) -> None:
    """The File menu opens by a click, marks what is under the pointer, and goes with a click beside it."""
    main = seat.activate()
    found = popup(seat, lambda: seat.mouse.click(*at(main, 20, 12)))
    seat.photograph("menu")
    seat.hover(found, 60, 40, by_px=100)
    seat.keyboard.press("ctrl+g")
    no_popups(seat)


def dialog(seat: Seat) -> None:
    """A question with buttons, asked from a line of Lisp; the left button is clicked."""
    main = seat.activate()
    seat.keyboard.press("ctrl+g")
    before = seat.still()
    seat.keyboard.press("alt+colon")
    seat.changes(before, by_px=100)
    seat.still()
    seat.keyboard.type(ASK + "\n")
    asked = seat.dialog()
    painted(seat, asked)
    framed(seat, asked)
    seat.photograph("dialog")
    seat.mouse.click(*at(asked, 24, -16))
    seat.until(lambda: all(each.xid != asked.xid for each in seat.windows()), "the dialog's end")
    seat.until(lambda: seat.focused() == main.xid, "the focus back on the text")
    press_all(seat, "ctrl+x ctrl+s")
    seat.until(lambda: "agreed" in file_text("letter.txt")(seat), "the answer in the text")


APP = App(
    name="Emacs (Lucid)",
    packages=("emacs-lucid", "xclip"),
    argv=("emacs", "-q", "--no-splash", "letter.txt"),
    title="GNU Emacs",
    files={"letter.txt": "Dear reader\n"},
    probes={
        Column.OPENS: opens(least_colours=8),
        Column.TYPING: types(read=file_text("letter.txt"), after="ctrl+x ctrl+s"),
        Column.CLIPBOARD: exchanges(
            copies="ctrl+Home ctrl+space ctrl+e alt+w",
            copied="Hello, Vitrail! (42 > 7)Dear reader",
            pastes="alt+shift+greater ctrl+y",
            keeps="ctrl+x ctrl+s",
            read=file_text("letter.txt"),
        ),
        Column.MENUS: menu,
        Column.DIALOGS: dialog,
        Column.RESIZE: resizes(),
    },
)
