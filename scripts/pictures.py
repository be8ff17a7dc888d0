"""Takes the pictures of docs/tour.md: `make pictures`. Real programs in real qubes, on a screen of its own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from scripts.pictures_stage import HEIGHT_PX, WIDTH_PX, Rect, Scene, Stage

FOLDER: Final = Path(__file__).resolve().parent.parent / "docs" / "images" / "tour"
NOTE: Final = "The meeting is moved to Thursday, 10 o'clock,\nin the small room. Bring the figures.\n"
TERMINAL: Final[Rect] = (30, 50, 560, 210)
OWN_CATEGORY: Final = (85, 433)
"""Where the application finder shows the menu "Vitrail", below the desktop's own."""
EDITOR: Final[Rect] = (620, 50, 560, 300)


def first_run(stage: Stage, path: Path) -> None:
    """A command in a terminal of the desktop, and the window of the qube that it made."""
    stage.terminal(TERMINAL)
    stage.desktop.type_text("vitrail run -- xterm -fa Mono -fs 10\n")
    window = stage.window("untrusted")
    stage.put(window["local_xid"], EDITOR)
    stage.desktop.type_text("hostname; ls /home /root; id -un\n")
    stage.photograph(path, (10, 10, 1200, 390))


def clipboard(stage: Stage, path: Path) -> None:
    """A note copied in one qube and pasted in another; the notices say what was moved."""
    stage.notifications()
    stage.vitrail("create", "work", "--label", "blue")
    stage.vitrail("create", "personal", "--label", "yellow")
    write = ("python3", "-c", f"open('note.txt', 'w').write({NOTE!r})")
    stage.vitrail("run", "--qube", "work", "--wait", "--", *write)
    stage.vitrail("run", "--qube", "work", "--", "mousepad", "note.txt")
    work = stage.window("work", "note.txt")
    stage.put(work["local_xid"], (30, 50, 520, 240))
    stage.vitrail("run", "--qube", "personal", "--", "mousepad")
    personal = stage.window("personal", "Untitled")
    stage.put(personal["local_xid"], (590, 170, 520, 240))
    stage.focus(work["local_xid"])
    for keys in (("Control_L", "a"), ("Control_L", "c"), ("Control_L", "Shift_L", "c")):
        stage.chord(*keys)
        stage.still()
    stage.focus(personal["local_xid"])
    for keys in (("Control_L", "Shift_L", "v"), ("Control_L", "v")):
        stage.chord(*keys)
        stage.still()
    stage.photograph(path, (10, 10, 1262, 430))


def disposable(stage: Stage, path: Path) -> None:
    """A program in a qube that ends with its window."""
    stage.terminal(TERMINAL)
    stage.desktop.type_text("vitrail run --disposable --label purple -- mousepad\n")
    window = stage.window("disp")
    stage.put(window["local_xid"], EDITOR)
    stage.desktop.type_text("Gone when this window closes.")
    stage.photograph(path, (10, 10, 1200, 390))


def opened(stage: Stage, path: Path) -> None:
    """A file of the person's, changed in a disposable qube, and the question what is to become of the change."""
    (stage.here / "letter.txt").write_text("Dear Anna,\n\nthe garden is in bloom at last.\n")
    stage.terminal(TERMINAL)
    stage.desktop.type_text("vitrail open --disposable --with mousepad letter.txt\n")
    window = stage.window("disp", "letter")
    stage.put(window["local_xid"], EDITOR)
    stage.desktop.type_text("Sunday would be fine. ")
    stage.chord("Control_L", "s")
    stage.photograph(path, (10, 10, 1200, 390))


def fullscreen(stage: Stage, path: Path) -> None:
    """A window that was allowed to take the whole screen: its frame and a banner stay."""
    stage.vitrail("set", "work", "-o", "allow_fullscreen=true")
    stage.vitrail("run", "--qube", "work", "--", "mousepad", "note.txt")
    window = stage.window("work", "note.txt")
    stage.focus(window["local_xid"])
    stage.chord("F11")
    stage.photograph(path, (0, 0, 1280, 300))


def menu(stage: Stage, path: Path) -> None:
    """The programs of two qubes in the menu of a desktop."""
    stage.vitrail("set", "work", "--menu", "mousepad,featherpad,xterm")
    stage.vitrail("set", "personal", "--menu", "mousepad,zathura,xterm")
    stage.vitrail("set", "untrusted", "--menu", "xterm,chromium")
    stage.vitrail("menu", "sync")
    pane = ("-p", "/hide-category-pane", "-n", "-t", "bool", "-s", "false")
    stage.start("xfconf-query", "-c", "xfce4-appfinder", *pane).wait()
    stage.desktop.move_pointer(WIDTH_PX - 1, HEIGHT_PX - 1)
    finder = stage.client(lambda: stage.start("xfce4-appfinder", "--disable-server"))
    stage.put(finder, (30, 50, 640, 420))
    stage.desktop.click(*OWN_CATEGORY)
    stage.desktop.move_pointer(WIDTH_PX - 1, HEIGHT_PX - 1)
    stage.photograph(path, (10, 10, 680, 470))


def attention(stage: Stage, path: Path) -> None:
    """What the attention chord shows: whose window has the keys, and what can be done to its qube."""
    stage.vitrail("run", "--disposable", "--label", "orange", "--", "xterm", "-fa", "Mono", "-fs", "10")
    window = stage.window("disp")
    stage.put(window["local_xid"], EDITOR)
    stage.chord("Super_L", "Escape")
    stage.photograph(path, (330, 40, 860, 480))
    stage.chord("Escape")


def manager(stage: Stage, path: Path) -> None:
    """Every qube in one window: one that runs, one paused, one hidden, one that does not run."""
    for qube, label in (("work", "blue"), ("personal", "yellow"), ("untrusted", "red")):
        stage.vitrail("run", "--qube", qube, "--label", label, "--", "mousepad")
        stage.window(qube)
    stage.vitrail("run", "--qube", "bank", "--label", "green", "--", "true")
    stage.vitrail("stop", "bank")
    copied, pasted = ("Control_L", "Shift_L", "c"), ("Control_L", "Shift_L", "v")
    for qube, keys in (("work", copied), ("personal", pasted), ("work", copied)):
        stage.focus(stage.window(qube)["local_xid"])
        if keys == copied:
            stage.desktop.type_text("to be copied")
            stage.chord("Control_L", "a")
            stage.chord("Control_L", "c")
            stage.still()
        stage.chord(*keys)
        stage.still()
    stage.vitrail("pause", "personal")
    stage.vitrail("hide", "untrusted")
    window = stage.client(lambda: stage.start("vitrail", "manager"))
    stage.desktop.ask_place(window, (30, 40, 900, 500))
    stage.desktop.activate(window)  # which gives the focus to a window of its own
    stage.still()
    stage.chord("w")
    stage.chord("Escape")
    stage.photograph(path, (20, 10, 924, 560))


SCENES: Final[dict[str, Scene]] = {
    "first-run": first_run,
    "clipboard": clipboard,
    "fullscreen": fullscreen,
    "menu": menu,
    "disposable": disposable,
    "opened": opened,
    "attention": attention,
    "manager": manager,
}
"""Name of the picture → how it is taken; later ones use the qubes of earlier ones."""


def main() -> None:
    """Take them all, or those whose names are given."""
    names = sys.argv[1:] or list(SCENES)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with Stage() as stage:
        for name in names:
            print(f"pictures: {name}", flush=True)
            SCENES[name](stage, FOLDER / f"{name}.png")
            stage.end_scene()
            stage.vitrail("stop", "--all")


if __name__ == "__main__":
    main()
