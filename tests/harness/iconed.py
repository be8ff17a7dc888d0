"""A window of a real toolkit with an icon, for the system's Python and run by path: `gtk` or `qt`; knows no suite.

`iconed.py TOOLKIT` shows it until its standard input ends; each line there gives the icon another colour, 0xRRGGBB.
The icon is a square of the colour in every size, with a clear edge of a quarter of its side.
"""

import sys

SIDES_PX = (16, 32, 48, 64)


def gtk() -> None:
    """GTK 3."""
    import gi

    gi.require_version("Gtk", "3.0")
    from gi.repository import GdkPixbuf, GLib, Gtk

    window = Gtk.Window(title="iconed gtk", default_width=200, default_height=120)

    def square(side: int, rgb: int) -> object:
        picture = GdkPixbuf.Pixbuf.new(GdkPixbuf.Colorspace.RGB, True, 8, side, side)  # noqa: FBT003
        picture.fill(0)
        quarter = side // 4
        picture.new_subpixbuf(quarter, quarter, side // 2, side // 2).fill(rgb << 8 | 0xFF)
        return picture

    def colour(rgb: int) -> None:
        window.set_icon_list([square(side, rgb) for side in SIDES_PX])

    def readable(_channel: int, _condition: int) -> bool:
        line = sys.stdin.readline()
        if not line:
            Gtk.main_quit()
            return False
        colour(int(line, 16))
        return True

    colour(0xFF0000)
    window.show_all()
    GLib.io_add_watch(sys.stdin.fileno(), GLib.IO_IN | GLib.IO_HUP, readable)
    Gtk.main()


def qt() -> None:
    """Qt 5."""
    from PyQt5.QtCore import QSocketNotifier, Qt
    from PyQt5.QtGui import QColor, QIcon, QPainter, QPixmap
    from PyQt5.QtWidgets import QApplication, QWidget

    application = QApplication(sys.argv[:1])
    window = QWidget()
    window.setWindowTitle("iconed qt")
    window.resize(200, 120)

    def colour(rgb: int) -> None:
        icon = QIcon()
        for side in SIDES_PX:
            picture = QPixmap(side, side)
            picture.fill(Qt.transparent)
            painter = QPainter(picture)
            painter.fillRect(side // 4, side // 4, side // 2, side // 2, QColor(rgb >> 16, rgb >> 8 & 0xFF, rgb & 0xFF))
            painter.end()
            icon.addPixmap(picture)
        window.setWindowIcon(icon)

    def readable() -> None:
        line = sys.stdin.readline()
        if line:
            colour(int(line, 16))
        else:
            application.quit()

    colour(0xFF0000)
    window.show()
    notifier = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Read)
    notifier.activated.connect(lambda *_: readable())
    application.exec_()


if __name__ == "__main__":
    {"gtk": gtk, "qt": qt}[sys.argv[1]]()
