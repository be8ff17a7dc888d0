"""What is tried with many programs, as probes; knows none of them."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np

from tests.apps.case import Probe
from tests.apps.seat import STILL_PX, Seat, unequal
from tests.apps.windows import Window
from tests.harness.frames import framed as wears
from tests.harness.pixels import Pixels, region

UNPAINTED_RGB: Final = 0xFE01FD
"""What a window shows where the qube has sent nothing; no program here has this colour."""
GRIP_FROM_CORNER_PX: Final = 6
LOOK: Final = Path(__file__).with_name("inside") / "look.py"
LARGER: Final = (140, 90)
SMALLER: Final = (-210, -150)
ROOM_AT: Final = (40, 40)
"""Where a window can grow on every screen that it fits on, px."""
TEXT: Final = "Hello, Vitrail! (42 > 7)"


def opens(*, least_colours: int = 2) -> Probe:
    """Its window comes, painted, with a frame on all four sides, and shows what it shows in the qube."""

    def probe(seat: Seat) -> None:
        window = seat.main
        seat.activate(window)
        painted(seat, window, least_colours=least_colours)
        framed(seat, seat.main)
        as_inside(seat)

    return probe


def painted(seat: Seat, window: Window, *, least_colours: int = 2) -> None:
    """Wait until a window is still, and no part of it lacks a picture."""

    def look() -> bool:
        picture = seat.still(window)
        return not (picture == UNPAINTED_RGB).any() and len(np.unique(picture)) >= least_colours

    seat.until(look, f"{window.title!r} to be painted")


def framed(seat: Seat, window: Window) -> None:
    """The frame is on the screen on all sides, and in the qube's colour."""

    def look() -> bool:
        now = next((each for each in seat.windows() if each.xid == window.xid), window)
        x, y, width, height = now.outer
        screen = seat.session.x.screen()
        if x < 0 or y < 0 or x + width > screen.width_in_pixels or y + height > screen.height_in_pixels:
            return False
        thick = now.content[0] - x
        return thick > 0 and wears(seat.screen(now.outer), (0, 0, width, height), thick, window.rgb)

    seat.until(look, f"the whole frame of {window.title!r} on the screen")


def as_inside(seat: Seat, window: Window | None = None) -> None:
    """Wait until the desktop shows what the qube's own X server has of the window, but for a blinking cursor."""
    chosen = window or seat.main
    seat.place("look.py", LOOK.read_text())

    def look() -> bool:
        inside = inside_picture(seat, chosen)
        return unequal(inside, seat.still(chosen)) <= STILL_PX

    seat.until(look, f"{chosen.title!r} to look as in the qube")


def inside_picture(seat: Seat, window: Window) -> Pixels:
    """What the qube's X server has of a window, without the shadow that the program draws around it."""
    seat.in_qube("/usr/bin/python3", "-I", "look.py", str(window.remote), "look.raw")
    raw = (seat.home / "look.raw").read_bytes()
    width, height, left, right, top, bottom = np.frombuffer(raw[:24], "<i4").tolist()
    picture: Pixels = np.frombuffer(raw[24:], "<u4").reshape(height, width) & np.uint32(0xFFFFFF)
    if picture.shape[::-1] == window.size:  # with the shadow
        return picture
    return region(picture, (left, top, width - left - right, height - top - bottom))


def resizes(*, ends: Callable[[Seat], None] = as_inside, least_colours: int = 2) -> Probe:
    """Pull the window's lower right corner out, then in; each time all of it is drawn, as in the qube."""

    def probe(seat: Seat) -> None:
        seat.move(seat.activate(), *ROOM_AT)
        for change in (LARGER, SMALLER):
            window = seat.activate()
            x, y, width, height = window.outer
            _left, right, _top, bottom = window.extents
            grip = (x + width + right - GRIP_FROM_CORNER_PX, y + height + max(0, bottom - 2))
            half, end = ((grip[0] + change[0] // by, grip[1] + change[1] // by) for by in (2, 1))
            seat.drag(
                grip,
                (half, lambda old=window: seat.main.size != old.size),  # type: ignore[misc]
                (end, lambda old=window, by=change: grown(old, seat.main, by)),  # type: ignore[misc]
            )
            painted(seat, seat.main, least_colours=least_colours)
            framed(seat, seat.main)
            ends(seat)

    return probe


def grown(old: Window, new: Window, change: tuple[int, int]) -> bool:
    """Whether both sides changed in the right direction by at least half of what was pulled (sizes may have steps)."""
    return all(
        (after - before) * np.sign(wanted) >= abs(wanted) / 2
        for before, after, wanted in zip(old.size, new.size, change, strict=True)
    )


def types(text: str = TEXT, *, read: Callable[[Seat], str], before: str = "", after: str = "") -> Probe:
    """Type `text` into the program and wait until it has it. before, after: keys, as in "ctrl+End ctrl+s"."""

    def probe(seat: Seat) -> None:
        seat.activate()
        press_all(seat, before)
        seat.keyboard.type(text)
        press_all(seat, after)
        seat.until(lambda: text in read(seat), "what was typed")

    return probe


def press_all(seat: Seat, chords: str) -> None:
    """Press chords one after the other."""
    for chord in chords.split():
        seat.keyboard.press(chord)


def file_text(name: str) -> Callable[[Seat], str]:
    """Reads a file of the qube's home, "" while there is none."""

    def read(seat: Seat) -> str:
        path = seat.home / name
        return path.read_text(errors="replace") if path.exists() else ""

    return read


def title_text(seat: Seat) -> str:
    """Reads the title of the program's window."""
    window = seat.main_if_there()
    return window.title if window is not None else ""


def popup(seat: Seat, open_it: Callable[[], None], *, besides: int = 0) -> Window:
    """Open a menu and wait until it is there, painted and framed. besides: so many popups are there already."""
    open_it()
    found = seat.until(lambda: seat.popups()[besides:], "a menu")[-1]
    painted(seat, found)
    framed(seat, found)
    return found


def no_popups(seat: Seat) -> None:
    seat.until(lambda: not seat.popups(), "the menu's end")


def at(window: Window, x: int, y: int) -> tuple[int, int]:
    """A place on the root, px from the content's upper left corner, or from the lower right one if negative."""
    left, top, width, height = window.content
    return (left + x if x >= 0 else left + width + x), (top + y if y >= 0 else top + height + y)


def dialog_opens_file(keys: str, path: str, title: str) -> Probe:
    """Ask for the file dialog by keys, name a file in it, and wait for the title that says that it was opened."""

    def probe(seat: Seat) -> None:
        main = seat.activate()
        press_all(seat, keys)
        dialog = seat.dialog()
        assert dialog.transient_for == main.xid, "the dialog belongs to no window"
        seat.until(lambda: seat.focused() == dialog.xid, "the focus on the dialog")
        painted(seat, dialog)
        framed(seat, dialog)
        seat.photograph("dialog")
        before = seat.still(dialog)
        seat.keyboard.type(path)
        seat.changes(before, dialog)
        seat.still(dialog)
        seat.keyboard.press("enter")
        seat.until(lambda: any(title in each.title for each in seat.windows()), f"{title!r} in a title")
        seat.until(lambda: all(each.xid != dialog.xid for each in seat.windows()), "the dialog's end")

    return probe
