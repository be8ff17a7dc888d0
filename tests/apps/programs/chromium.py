"""Chromium, with a page of our own that says in its title what was done to it."""

from contextlib import suppress
from typing import Final

import numpy as np
import numpy.typing as npt

from tests.apps.case import App, Column
from tests.apps.clipboard import exchanges
from tests.apps.probes import at, framed, no_popups, opens, painted, popup, resizes, title_text, types
from tests.apps.seat import STILL_PX, Seat, unequal
from tests.harness.pixels import Pixels
from tests.harness.wait import TimedOut

WHEEL_DOWN: Final = 5
SHADE: Final = 16
TRIES: Final = 6
"""Now and then a tab stays where it is, at home too: of 110 tabs pulled like this in a Chromium on a bare openbox, 15
did, up to three in a row, whether or not the hand rested before or after it pressed."""
DRAG_S: Final = 5.0
"""A tab that follows does so within one; one that does not, never."""
LEAST_MARK_PX: Final = 150
MARK_RGB: Final = 0x12FE34
"""Of a square in the page's upper left corner, by which it is found below the browser's own bars."""
PAGE: Final = """<!doctype html><meta charset="utf-8"><title>a page</title>
<style>body { margin: 0; height: 3000px; background: linear-gradient(#fff, #36a) } * { font: 18px sans-serif }
#mark { position: absolute; left: 0; top: 0; width: 16px; height: 16px; background: #12fe34 }
#text, #choice, #file { position: absolute; left: 40px; width: 400px; height: 40px; box-sizing: border-box }
a { position: absolute; left: 40px; top: 200px }
#text { top: 20px } #choice { top: 80px } #file { top: 140px; background: #ddd }</style>
<div id="mark"></div>
<a href="second.html" target="_blank">a second page</a>
<input id="text">
<select id="choice"><option>one<option>two<option>three</select>
<input id="file" type="file">
<script>
const say = what => document.title = "a page: " + what;
text.oninput = () => say(text.value);
choice.onchange = () => say("chose " + choice.value);
file.onchange = () => say("file " + file.files[0].name);
onscroll = () => say(scrollY > 200 ? "far down" : "a little down");
</script>
"""
TEXT, CHOICE, FILE, LINK, NOTHING = (200, 40), (200, 100), (70, 160), (80, 210), (500, 300)
"""Places in the page, px."""


def near(picture: Pixels, rgb: int) -> npt.NDArray[np.bool_]:
    """Where a picture has about this colour: the browser's own shadow lies over the mark."""
    off = [np.abs((picture >> shift & 0xFF).astype(int) - (rgb >> shift & 0xFF)) for shift in (0, 8, 16)]
    return np.maximum.reduce(off) <= SHADE  # type: ignore[no-any-return]


def on_page(seat: Seat, place: tuple[int, int]) -> tuple[int, int]:
    """A place of the page on the root, px; the page must not be scrolled."""
    main = seat.main

    def look() -> tuple[int, int] | None:
        rows, columns = np.nonzero(near(seat.content(main), MARK_RGB))
        return (int(columns.min()), int(rows.min())) if len(rows) >= LEAST_MARK_PX else None

    corner = seat.until(look, "the page's corner")
    return main.content[0] + corner[0] + place[0], main.content[1] + corner[1] + place[1]


def into_the_field(seat: Seat) -> None:
    """Click the text field, and mark all that is in it."""
    seat.activate()
    seat.mouse.click(*on_page(seat, TEXT))
    seat.keyboard.press("ctrl+a")


def typing(seat: Seat) -> None:
    into_the_field(seat)
    types(read=title_text)(seat)


def menu(seat: Seat) -> None:
    """The page's own menu, by the right button: Escape closes it; the browser's main menu, by its key."""
    seat.activate()
    found = popup(seat, lambda: seat.mouse.click(*on_page(seat, NOTHING), button=3))
    seat.hover(found, 60, found.size[1] // 2, by_px=100)
    seat.photograph("menu")
    seat.keyboard.press("esc")
    no_popups(seat)
    popup(seat, lambda: seat.keyboard.press("alt+f"))
    seat.photograph("main menu")
    seat.keyboard.press("esc")
    no_popups(seat)


def dialog(seat: Seat) -> None:
    """The button of the page asks for a file; a name is typed, and the page has it."""
    seat.activate()
    seat.mouse.click(*on_page(seat, FILE))
    asked = seat.dialog()
    seat.until(lambda: seat.focused() == asked.xid, "the focus on the dialog")
    painted(seat, asked)
    framed(seat, asked)
    seat.photograph("dialog")
    before = seat.still(asked)
    seat.keyboard.type("/home/user/other.txt")
    seat.changes(before, asked)
    seat.still(asked)
    seat.mouse.click(*at(asked, *OPEN_BUTTON))
    seat.until(lambda: "file other.txt" in title_text(seat), "the file in the page")


def choose(seat: Seat) -> None:
    """The drop-down list opens by a click and takes a click on its last line."""
    seat.activate()
    found = popup(seat, lambda: seat.mouse.click(*on_page(seat, CHOICE)))
    seat.photograph("drop-down")
    seat.mouse.click(found.content[0] + 40, found.content[1] + found.size[1] - 12)
    no_popups(seat)
    seat.until(lambda: "chose three" in title_text(seat), "the choice in the page")


def scroll(seat: Seat) -> None:
    """The wheel moves the page down, and Home brings it back."""
    seat.activate()
    before = seat.still()
    seat.mouse.move(*on_page(seat, NOTHING))
    for _ in range(8):
        seat.mouse.down(WHEEL_DOWN)
        seat.mouse.up(WHEEL_DOWN)
    seat.until(lambda: "far down" in title_text(seat), "the page far down")
    seat.changes(before)
    seat.mouse.click(*seat.mouse.place)
    seat.keyboard.press("ctrl+Home")
    on_page(seat, (0, 0))


def pull_out_tab(seat: Seat) -> None:
    """Move the second tab a little to the right, then down out of its window."""
    before, main = seat.still(), seat.main
    x, y = at(main, *SECOND_TAB)
    aside = ((x + 60, y), lambda: unequal(before, seat.content(main)) > STILL_PX)
    out = ((x + 100, y + 300), lambda: own_windows(seat) == 2)
    with suppress(TimedOut):
        seat.drag((x, y), aside, out, patience_s=DRAG_S)


def drag_tab(seat: Seat) -> None:
    """A second tab is pulled down out of its window, and is a window of its own then."""
    seat.activate()
    seat.mouse.click(*on_page(seat, LINK))
    seat.until(lambda: "a second page" in title_text(seat), "a second tab")
    for _ in range(TRIES):
        if own_windows(seat) == 1:
            pull_out_tab(seat)
    assert own_windows(seat) == 2, "the tab stays where it is"
    seat.photograph("two windows")
    seat.keyboard.press("ctrl+w")
    seat.until(lambda: own_windows(seat) == 1, "its end")


OPEN_BUTTON: Final = (-50, -24)


def own_windows(seat: Seat) -> int:
    return sum(not window.popup for window in seat.windows())


SECOND_TAB: Final = (330, 20)
"""px from the upper left corner of the window."""


APP = App(
    name="Chromium",
    packages=("chromium", "xclip"),
    argv=("chromium", "--no-sandbox", "--no-first-run", "--window-size=900,640", "page.html"),
    title="Chromium",
    files={"page.html": PAGE, "second.html": "<title>a second page</title>", "other.txt": "Another\n"},
    probes={
        Column.OPENS: opens(least_colours=8),
        Column.TYPING: typing,
        Column.CLIPBOARD: exchanges(
            copies="ctrl+a ctrl+c", copied="Hello, Vitrail! (42 > 7)", pastes="ctrl+v", read=title_text
        ),
        Column.MENUS: menu,
        Column.DIALOGS: dialog,
        Column.RESIZE: resizes(least_colours=8),
    },
    also={"drop-down": choose, "scroll": scroll, "tab drag": drag_tab},
    note="Needs `--no-sandbox`: its own sandbox is made of user namespaces, which a local qube forbids to its "
    "programs. What is left around the pages is the qube; so one page that breaks out of its process reaches the "
    "others of that qube. Open what must stay apart in two qubes.",
)
