"""A small editor of our own in Java: AWT, which draws its menus and dialogs itself."""

from pathlib import Path

from tests.apps.case import App, Column
from tests.apps.clipboard import exchanges
from tests.apps.probes import at, file_text, framed, no_popups, opens, painted, popup, resizes, title_text, types
from tests.apps.seat import Seat

SOURCE = Path(__file__).resolve().parent.parent / "sources" / "Editor.java"


def menu(seat: Seat) -> None:
    """File > Save, by the pointer."""
    main = seat.activate()
    found = popup(seat, lambda: seat.mouse.click(*at(main, 20, 12)))
    seat.photograph("menu")
    seat.mouse.click(*at(found, 30, 14))
    no_popups(seat)
    seat.until(lambda: "saved" in title_text(seat), "the program to have saved")


def dialog(seat: Seat) -> None:
    """A modal dialog takes an answer."""
    main = seat.activate()
    seat.keyboard.press("ctrl+d")
    asked = seat.dialog()
    assert asked.transient_for == main.xid, "the dialog belongs to no window"
    painted(seat, asked)
    framed(seat, asked)
    seat.photograph("dialog")
    seat.until(lambda: seat.focused() == asked.xid, "the focus on the dialog")
    seat.keyboard.type("Yes, please\n")
    seat.until(lambda: "Yes, please" in title_text(seat), "the answer")
    seat.until(lambda: all(each.xid != asked.xid for each in seat.windows()), "the dialog's end")


APP = App(
    name="Java (AWT)",
    packages=("default-jre", "default-jdk-headless", "xclip"),
    argv=("java", "Editor.java"),
    title="a Java editor",
    files={"Editor.java": SOURCE.read_text()},
    probes={
        Column.OPENS: opens(least_colours=4),
        Column.TYPING: types(read=file_text("letter.txt"), before="ctrl+Home", after="ctrl+s"),
        Column.CLIPBOARD: exchanges(
            copies="ctrl+Home shift+End ctrl+c",
            copied="Hello, Vitrail! (42 > 7)Dear reader",
            pastes="ctrl+End ctrl+v",
            keeps="ctrl+s",
            read=file_text("letter.txt"),
        ),
        Column.MENUS: menu,
        Column.DIALOGS: dialog,
        Column.RESIZE: resizes(),
    },
    note="`tests/apps/sources/Editor.java`, compiled in the qube when it starts.",
)
