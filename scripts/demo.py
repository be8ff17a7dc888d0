"""`make demo`: three qubes with real programs, on the person's desktop or on a private screen, photographed.

With DISPLAY the windows stay until Ctrl-C. Without, the demo types, opens a menu, takes a picture, checks every frame
in it and ends. Either way it leaves nothing behind but build/demo/. It knows no room's internals.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

from scripts import demo_scene as scene
from scripts.demo_desktop import Desktop
from scripts.demo_report import Window, check_frames, scene_of, settled, write_picture, write_report
from scripts.demo_screen import PrivateScreen
from scripts.demo_session import DemoError, OwnFolder, Session, wait_until

ROOT = Path(__file__).resolve().parent.parent
ENDING_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LOOK_EVERY_S: Final = 1.0
SOON_S: Final = 5.0


class Interruption:
    """Turns the signals that end a process into KeyboardInterrupt, but not while something is half started."""

    def __init__(self) -> None:
        self._held = self._came = False
        for number in ENDING_SIGNALS:
            signal.signal(number, self._comes)

    def _comes(self, _number: int, _frame: object) -> None:
        self._came = True
        if not self._held:
            raise KeyboardInterrupt

    @contextmanager
    def held(self) -> Iterator[None]:
        """A signal that comes inside of this acts at its end."""
        self._held = True
        yield
        self._held = False
        if self._came:
            raise KeyboardInterrupt

    def over(self) -> None:
        """From now on signals do nothing: everything is being ended already."""
        self._held = True


class Demo:
    """One showing. private: on a screen of its own."""

    def __init__(self, session: Session, desktop: Desktop, *, private: bool) -> None:
        self._session = session
        self._desktop = desktop
        self._private = private

    def start_qubes(self) -> None:
        """Start every qube with its programs, and wait until all their windows are there."""
        for qube in scene.QUBES:
            programs = ", ".join(program.argv[0] for program in qube.programs)
            say(f"starting qube {qube.name} ({qube.label}): {programs}")
            files = json.dumps(qube.files)
            if self._session.finish(qube.name, qube.label, [*scene.WRITE_FILES, files]) != 0:
                raise DemoError(f"qube {qube.name} cannot write into its home\n{self._session.logs()}")
            for program in qube.programs:
                self._session.start(qube.name, qube.label, program.argv)
        say("waiting for their windows")
        wait_until(self._all_windows, "all windows on the desktop")

    def arrange(self) -> None:
        """Put every window into its place; on a smaller desktop they come closer together and keep their sizes."""
        left, top, width, height = self._desktop.work_area()
        for window, program in self._all_windows():
            place = program.place
            x = closer(place.x, place.width, scene.SCREEN_WIDTH_PX, width)
            y = closer(place.y, place.height + scene.TITLE_BAR_PX, scene.SCREEN_HEIGHT_PX, height)
            self._desktop.ask_place(window["local_xid"], (left + x, top + y, place.width, place.height))

    def type_text(self) -> dict[str, Any]:
        """Type a command into one window, and look in every qube whether its text came there."""
        window = self._window(scene.TYPED_QUBE, scene.TYPED_TITLE)
        say(f"typing into {window['title']!r} of {window['qube']}")
        self._desktop.activate(window["local_xid"])
        wait_until(lambda: self._desktop.focus() == window["local_xid"], f"the focus on {window['title']!r}")
        self._desktop.type_text(f'echo "{scene.TYPED_TEXT}" | tee {scene.TYPED_FILE}\n')
        arrived = wait_until(
            lambda: self._holds(scene.TYPED_QUBE, ("grep", "-qxF", scene.TYPED_TEXT, scene.TYPED_FILE)),
            f"the arrival of the typed text in qube {scene.TYPED_QUBE}",
        )
        others = [qube.name for qube in scene.QUBES if qube.name != scene.TYPED_QUBE]
        elsewhere = any(self._holds(name, ("grep", "-rqsF", scene.TYPED_TEXT, ".")) for name in others)
        if elsewhere:
            raise DemoError("what was typed into one qube has come to another")
        return {
            "qube": scene.TYPED_QUBE,
            "window": window["local_xid"],
            "title": window["title"],
            "text": scene.TYPED_TEXT,
            "arrived": arrived,
            "elsewhere": elsewhere,
        }

    def open_menu(self) -> bool:
        """Click a menu of one program, if nothing lies above it; whether it opened in time.

        On the person's desktop no key is pressed, and the pointer goes back to where it was.
        """
        window = self._window(scene.MENU_QUBE, scene.MENU_TITLE)
        self._desktop.activate(window["local_xid"])
        if not happens(self._menu_can_be_clicked):
            return False
        window = self._window(scene.MENU_QUBE, scene.MENU_TITLE)
        x, y = self._menu_place(window)
        before = self._desktop.pointer()
        self._desktop.click(x, y)
        opened = happens(lambda: self._menus() >= 1)
        if not self._private:
            self._desktop.move_pointer(*before)
        elif opened and self._desktop.focus() == window["local_xid"]:
            self._desktop.press(scene.SUBMENU_KEYS)
            happens(lambda: self._menus() >= 2)
        return opened

    def photograph(self, folder: Path, typed: dict[str, Any], began: float) -> None:
        """Wait until everything is painted, take the picture, check it, and write it with the report."""
        say("waiting until everything is painted")
        seen, picture = settled(self._session, self._desktop)
        folder.mkdir(parents=True, exist_ok=True)
        write_picture(folder / "desktop.png", picture)
        check_frames(seen, picture)
        desktop = {
            "display": os.environ["DISPLAY"],
            "width": self._desktop.width,
            "height": self._desktop.height,
            "depth": 24,
            "window_manager": self._desktop.manager(),
            "background": f"0x{scene.BACKGROUND_RGB:06X}",
            "picture": "desktop.png",
        }
        seconds = round(time.monotonic() - began, 2)
        report = {"desktop": desktop, "windows": seen.windows, "typed": typed, "seconds": seconds}
        write_report(folder / "report.json", report)
        say(f"{len(seen.windows)} windows, every visible pixel of every frame is in its qube's colour")

    def settle(self) -> None:
        """Wait until everything is painted and nothing moves."""
        settled(self._session, self._desktop)

    def watch(self) -> None:
        """Go on until a signal comes. Raises DemoError when a qube or the supervisor ends by itself."""
        while True:
            try:
                self._session.supervisor.wait(LOOK_EVERY_S)
            except subprocess.TimeoutExpired:
                self._session.qubes()
            else:
                raise DemoError(f"the supervisor has ended\n{self._session.logs()}")

    def _all_windows(self) -> list[tuple[Window, scene.Program]]:
        """Every program's window, or nothing while one is missing."""
        windows = scene_of(self._session, self._desktop).windows
        found = []
        for qube in scene.QUBES:
            for program in qube.programs:
                window = next((each for each in windows if _belongs(each, qube.name, program.title)), None)
                if window is None:
                    return []
                found.append((window, program))
        return found

    def _window(self, qube: str, title: str) -> Window:
        windows = scene_of(self._session, self._desktop).windows
        return next(each for each in windows if _belongs(each, qube, title))

    def _menus(self) -> int:
        """How many menus one qube shows."""
        windows = scene_of(self._session, self._desktop).windows
        return sum(1 for each in windows if each["override_redirect"] and each["qube"] == scene.MENU_QUBE)

    def _menu_can_be_clicked(self) -> bool:
        """Its window is where the daemon says, and nothing lies above it there."""
        window = self._window(scene.MENU_QUBE, scene.MENU_TITLE)
        local = window["local_xid"]
        at_rest = list(self._desktop.rect_of(local)) == window["outer"]
        return at_rest and self._desktop.window_at(*self._menu_place(window)) == self._desktop.top_level(local)

    @staticmethod
    def _menu_place(window: Window) -> tuple[int, int]:
        x, y = (window["content"][side] + scene.MENU_AT[side] for side in (0, 1))
        return x, y

    def _holds(self, qube: str, argv: tuple[str, ...]) -> bool:
        """Whether a program in the qube says yes."""
        return self._session.finish(qube, None, argv) == 0


def _belongs(window: Window, qube: str, title: str) -> bool:
    return window["qube"] == qube and title in window["title"] and not window["override_redirect"]


def closer(position: int, length: int, drawn_for: int, there_is: int) -> int:
    """Where something of that length begins on a screen of another length than it was drawn for; px, never further."""
    return max(0, min(position, position * (there_is - length) // (drawn_for - length)))


def happens(predicate: Callable[[], bool]) -> bool:
    """Whether something comes true in the next seconds."""
    try:
        return wait_until(predicate, "it", SOON_S)
    except DemoError:
        return False


def say(text: str) -> None:
    """One line of progress."""
    print(f"demo: {text}", flush=True)


def show(stack: ExitStack, interruption: Interruption, folder: Path, *, private: bool) -> None:
    """Do all of it. What it starts is ended by `stack`."""
    began = time.monotonic()
    with interruption.held():
        own = stack.enter_context(OwnFolder())
        if private:
            say(f"no display: a private screen of {scene.SCREEN_WIDTH_PX}x{scene.SCREEN_HEIGHT_PX}")
            stack.enter_context(PrivateScreen(own, scene.SCREEN_WIDTH_PX, scene.SCREEN_HEIGHT_PX)).start()
        desktop = stack.enter_context(Desktop())
        session = stack.enter_context(Session(own))
    demo = Demo(session, desktop, private=private)
    if private:
        desktop.paint_background(scene.BACKGROUND_RGB)
        wait_until(desktop.manager, "the start of the window manager")
    demo.start_qubes()
    demo.arrange()
    if private:
        demo.settle()
        typed = demo.type_text()
        say("opening a menu")
        if not demo.open_menu():
            raise DemoError(f"the menu does not open\n{session.logs()}")
        demo.photograph(folder, typed, began)
        return
    demo.open_menu()
    say("these are yours to try; type into them, move them, close them")
    say("Ctrl-C ends the demo and removes everything")
    demo.watch()


def main(arguments: list[str] | None = None) -> int:
    """Run the demo; returns the exit code: 0 shown, 1 failed, 130 interrupted before it was shown."""
    parser = argparse.ArgumentParser(prog="make demo", description="Three qubes with real programs on one desktop.")
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "demo", help="folder for picture and report")
    parser.add_argument("--private", action="store_true", help="use a private screen even if there is a display")
    options = parser.parse_args(arguments)
    private = options.private or not os.environ.get("DISPLAY")
    began = time.monotonic()
    interruption = Interruption()
    code = 0
    with ExitStack() as stack:
        try:
            show(stack, interruption, options.output, private=private)
        except DemoError as error:
            print(f"demo: {error}", file=sys.stderr)
            code = 1
        except KeyboardInterrupt:
            print(flush=True)  # the terminal has written ^C
            code = 130 if private else 0
        finally:
            interruption.over()
        say("stopping the qubes")
    say(f"nothing is left of them; this took {time.monotonic() - began:.1f} s")
    if private and code == 0:
        say(f"look at {options.output / 'desktop.png'}")
    return code


if __name__ == "__main__":
    sys.exit(main())
