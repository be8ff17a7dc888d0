"""Programs of real toolkits with an icon in the tray, for the system's Python and run by path; know no suite.

`TOOLKIT FOLDER`: gtk (XEmbed), qt (its own choice) or indicator. What is done with the icon is written to FOLDER/done,
a line each; lines on stdin change the icon: attention, passive, active, tooltip, menu.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

COLOUR, ATTENTION = "#e01b24", "#33d17a"
SIDE = 64


def gtk(folder: Path) -> None:
    """GTK 3's status icon, which knows XEmbed alone."""
    import gi

    gi.require_version("Gtk", "3.0")
    gi.require_version("GdkPixbuf", "2.0")
    from gi.repository import GdkPixbuf, GLib, Gtk

    def pixbuf(colour: str) -> Any:
        image = GdkPixbuf.Pixbuf.new(GdkPixbuf.Colorspace.RGB, True, 8, SIDE, SIDE)  # noqa: FBT003
        image.fill(int(colour[1:] + "ff", 16))
        return image

    icon = Gtk.StatusIcon.new_from_pixbuf(pixbuf(COLOUR))
    icon.set_title("gtk icon")
    icon.connect("activate", lambda _icon: done(folder, "activate"))
    menu = Gtk.Menu()
    for label in ("First", "Second"):
        entry = Gtk.MenuItem(label=label)
        entry.connect("activate", lambda entry: done(folder, f"menu {entry.get_label()}"))
        menu.append(entry)
    menu.show_all()

    def popup(icon: Any, button: int, time: int) -> None:
        done(folder, "popup")
        menu.popup(None, None, Gtk.StatusIcon.position_menu, icon, button, time)

    icon.connect("popup-menu", popup)
    commands = {
        "attention": lambda: icon.set_from_pixbuf(pixbuf(ATTENTION)),
        "passive": lambda: icon.set_visible(False),
        "active": lambda: icon.set_visible(True),
    }
    GLib.io_add_watch(sys.stdin.fileno(), GLib.IO_IN | GLib.IO_HUP, lambda *_: obey(commands) or Gtk.main_quit())
    Gtk.main()


def indicator(folder: Path) -> None:
    """libayatana-appindicator: a menu by D-Bus, an icon by its file."""
    import gi

    gi.require_version("Gtk", "3.0")
    gi.require_version("GdkPixbuf", "2.0")
    gi.require_version("AyatanaAppIndicator3", "0.1")
    from gi.repository import AyatanaAppIndicator3 as Ayatana
    from gi.repository import GdkPixbuf, GLib, Gtk

    for name, colour in (("vitrail-plain", COLOUR), ("vitrail-attention", ATTENTION)):
        image = GdkPixbuf.Pixbuf.new(GdkPixbuf.Colorspace.RGB, True, 8, SIDE, SIDE)  # noqa: FBT003
        image.fill(int(colour[1:] + "ff", 16))
        image.savev(str(folder / f"{name}.png"), "png", [], [])
    icon = Ayatana.Indicator.new("vitrail", "vitrail-plain", Ayatana.IndicatorCategory.APPLICATION_STATUS)
    icon.set_icon_theme_path(str(folder))
    icon.set_attention_icon_full("vitrail-attention", "look")
    icon.set_title("an indicator")
    icon.set_status(Ayatana.IndicatorStatus.ACTIVE)
    menu = Gtk.Menu()

    def add(entry: Any, parent: Any = menu) -> Any:
        entry.connect("activate", lambda entry: done(folder, f"menu {entry.get_label()}"))
        parent.append(entry)
        return entry

    add(Gtk.MenuItem(label="_Open", use_underline=True))
    add(Gtk.CheckMenuItem(label="Checked")).set_active(True)
    add(Gtk.MenuItem(label="Greyed out")).set_sensitive(False)
    menu.append(Gtk.SeparatorMenuItem())
    below = Gtk.Menu()
    add(Gtk.MenuItem(label="More")).set_submenu(below)
    first = Gtk.RadioMenuItem.new_with_label([], "One")
    add(first, below)
    add(Gtk.RadioMenuItem.new_with_label_from_widget(first, "Two"), below)
    menu.show_all()
    icon.set_menu(menu)

    def grow() -> None:
        add(Gtk.MenuItem(label="New")).show()

    commands = {
        "attention": lambda: icon.set_status(Ayatana.IndicatorStatus.ATTENTION),
        "passive": lambda: icon.set_status(Ayatana.IndicatorStatus.PASSIVE),
        "active": lambda: icon.set_status(Ayatana.IndicatorStatus.ACTIVE),
        "menu": grow,
    }
    GLib.io_add_watch(sys.stdin.fileno(), GLib.IO_IN | GLib.IO_HUP, lambda *_: obey(commands) or Gtk.main_quit())
    Gtk.main()


def qt(folder: Path) -> None:
    """Qt 5: a status item where there is a watcher, else XEmbed."""
    from PyQt5.QtCore import QSocketNotifier
    from PyQt5.QtGui import QColor, QIcon, QPixmap
    from PyQt5.QtWidgets import QApplication, QMenu, QSystemTrayIcon

    application = QApplication(sys.argv[:1])
    application.setQuitOnLastWindowClosed(False)
    application.setDoubleClickInterval(0)  # a test clicks as fast as that, and means one click and another

    def picture(colour: str) -> Any:
        pixmap = QPixmap(SIDE, SIDE)
        pixmap.fill(QColor(colour))
        return QIcon(pixmap)

    icon = QSystemTrayIcon(picture(COLOUR))
    icon.setToolTip("qt tooltip")
    icon.activated.connect(lambda reason: done(folder, f"activated {reason}"))
    menu = QMenu()
    for label in ("&First", "Second"):
        action = menu.addAction(label)
        action.triggered.connect(lambda _checked, label=label: done(folder, f"menu {label}"))
    icon.setContextMenu(menu)
    icon.show()
    commands = {
        "attention": lambda: icon.setIcon(picture(ATTENTION)),
        "passive": icon.hide,
        "active": icon.show,
        "tooltip": lambda: icon.setToolTip("another"),
    }
    notifier = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Read)
    notifier.activated.connect(lambda *_: obey(commands) or application.quit())
    application.exec_()


def obey(commands: dict[str, Callable[[], object]]) -> bool:
    """Do what the next line says. Returns False at the end of the lines."""
    line = sys.stdin.readline()
    if line:
        commands[line.strip()]()
    return bool(line)


def done(folder: Path, what: str) -> None:
    with (folder / "done").open("a") as file:
        file.write(what + "\n")


if __name__ == "__main__":
    {"gtk": gtk, "qt": qt, "indicator": indicator}[sys.argv[1]](Path(sys.argv[2]))
