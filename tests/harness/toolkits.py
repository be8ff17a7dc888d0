"""Programs of real toolkits in a few lines, for the system's Python and run by path: `gtk` and `qt`; know no suite.

`TOOLKIT FOLDER` shows a text field above a picture. Each line on stdin is a command as a JSON list, each answer a JSON
string: set TEXT, text (of the field), copy-picture PATH, paste-picture (written to FOLDER/pasted.png; says its size, or
"none").
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

SHOWN_PX = (240, 135)
"""The pasted picture is shown at this size: the window stays where it is, and as large."""
Command = Callable[..., str | None]


def gtk(folder: Path) -> None:
    """GTK 3."""
    import gi

    gi.require_version("Gtk", "3.0")
    gi.require_version("Gdk", "3.0")
    from gi.repository import Gdk, GdkPixbuf, GLib, Gtk

    window = Gtk.Window(title="toolkit gtk", default_width=300, default_height=200)
    entry, shown = Gtk.Entry(), Gtk.Image()
    box = Gtk.Box(orientation=Gtk.Orientation.VERTICAL)
    box.add(entry)
    box.add(shown)
    window.add(box)
    window.show_all()
    clipboard = Gtk.Clipboard.get(Gdk.SELECTION_CLIPBOARD)

    def paste_picture() -> None:
        def pasted(_clipboard: Any, picture: Any) -> None:
            if picture is not None:
                shown.set_from_pixbuf(picture.scale_simple(*SHOWN_PX, GdkPixbuf.InterpType.NEAREST))
                picture.savev(str(folder / "pasted.png"), "png", [], [])
            say("none" if picture is None else f"{picture.get_width()}x{picture.get_height()}")

        clipboard.request_image(pasted)

    commands: dict[str, Command] = {
        "set": lambda text: entry.set_text(text) or "set",
        "text": entry.get_text,
        "copy-picture": lambda path: clipboard.set_image(GdkPixbuf.Pixbuf.new_from_file(path)) or "copied",
        "paste-picture": paste_picture,
    }

    def readable(_channel: int, _condition: int) -> bool:
        return obey(commands) or Gtk.main_quit() or False

    GLib.io_add_watch(sys.stdin.fileno(), GLib.IO_IN | GLib.IO_HUP, readable)
    Gtk.main()


def qt(folder: Path) -> None:
    """Qt 5."""
    from PyQt5.QtCore import QSocketNotifier
    from PyQt5.QtGui import QImage, QPixmap
    from PyQt5.QtWidgets import QApplication, QLabel, QLineEdit, QVBoxLayout, QWidget

    application = QApplication(sys.argv[:1])
    window = QWidget()
    window.setWindowTitle("toolkit qt")
    window.resize(300, 200)
    entry, shown = QLineEdit(), QLabel()
    layout = QVBoxLayout(window)
    layout.addWidget(entry)
    layout.addWidget(shown)
    window.show()
    clipboard = application.clipboard()

    def paste_picture() -> str:
        picture = clipboard.image()
        if picture.isNull():
            return "none"
        shown.setPixmap(QPixmap.fromImage(picture.scaled(*SHOWN_PX)))
        picture.save(str(folder / "pasted.png"), "PNG")
        return f"{picture.width()}x{picture.height()}"

    commands: dict[str, Command] = {
        "set": lambda text: entry.setText(text) or "set",
        "text": entry.text,
        "copy-picture": lambda path: clipboard.setImage(QImage(path)) or "copied",
        "paste-picture": paste_picture,
    }
    notifier = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Read)
    notifier.activated.connect(lambda *_: obey(commands) or application.quit())
    application.exec_()


def obey(commands: dict[str, Command]) -> bool:
    """Do what the next line says. Returns False at the end of the lines."""
    line = sys.stdin.readline()
    if not line:
        return False
    command, *arguments = json.loads(line)
    answer = commands[command](*arguments)
    if answer is not None:
        say(answer)
    return True


def say(text: str) -> None:
    sys.stdout.write(json.dumps(text) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    {"gtk": gtk, "qt": qt}[sys.argv[1]](Path(sys.argv[2]))
