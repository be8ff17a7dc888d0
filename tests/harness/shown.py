"""Programs of real toolkits that say how large they draw, for the system's Python; know no suite.

`TOOLKIT FILE` shows a window called FILE, 200x120 in the toolkit's own units, with a label and a button, and writes to
FILE, as JSON, anew whenever it changes: unit (X pixels of one unit); window (X pixels, two sides); text_px (the height
of a line of its text, X pixels); monitors (X pixels: x, y, width, height of each, the primary one first).
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

TEXT = "Vitrail: Quick brown fox"
WIDTH, HEIGHT = 200, 120


class Report:
    """Written whole, only when it has changed."""

    def __init__(self, path: Path) -> None:
        self.title = path.name
        self._path = path
        self._last: dict[str, Any] = {}

    def write(self, **found: Any) -> None:
        if found != self._last:
            self._last = found
            new = self._path.with_suffix(".new")
            new.write_text(json.dumps(found))
            os.replace(new, self._path)  # noqa: PTH105


def gtk(report: Report) -> None:
    """GTK 3."""
    import gi

    gi.require_version("Gtk", "3.0")
    gi.require_version("Gdk", "3.0")
    from gi.repository import Gdk, GLib, Gtk

    window = Gtk.Window(title=report.title, default_width=WIDTH, default_height=HEIGHT)
    box = Gtk.Box(orientation=Gtk.Orientation.VERTICAL)
    label = Gtk.Label(label=TEXT)
    box.add(label)
    box.add(Gtk.Button(label=TEXT))
    window.add(box)
    window.show_all()

    def look() -> bool:
        display = Gdk.Display.get_default()
        unit = window.get_scale_factor()
        size = window.get_size()
        monitors = []
        for at in range(display.get_n_monitors()):
            monitor = display.get_monitor(at)
            place = monitor.get_geometry()
            scaled = [each * monitor.get_scale_factor() for each in (place.x, place.y, place.width, place.height)]
            monitors.append((not monitor.is_primary(), at, scaled))
        report.write(
            unit=unit,
            window=[size.width * unit, size.height * unit],
            text_px=label.create_pango_layout(TEXT).get_pixel_size().height * unit,
            monitors=[place for _, _, place in sorted(monitors)],
        )
        return True

    GLib.timeout_add(100, look)
    Gtk.main()


def qt(report: Report) -> None:
    """Qt 5."""
    from PyQt5.QtCore import QTimer
    from PyQt5.QtGui import QFontMetrics
    from PyQt5.QtWidgets import QApplication, QLabel, QPushButton, QVBoxLayout, QWidget

    application = QApplication(sys.argv[:1])
    window = QWidget()
    window.setWindowTitle(report.title)
    window.resize(WIDTH, HEIGHT)
    layout = QVBoxLayout(window)
    label = QLabel(TEXT)
    layout.addWidget(label)
    layout.addWidget(QPushButton(TEXT))
    window.show()

    def look() -> None:
        unit = window.devicePixelRatioF()
        screens = [application.primaryScreen()]
        screens += [each for each in application.screens() if each != screens[0]]
        monitors = []
        for screen in screens:
            place, ratio = screen.geometry(), screen.devicePixelRatio()
            monitors.append([place.x(), place.y(), round(place.width() * ratio), round(place.height() * ratio)])
        report.write(
            unit=unit,
            window=[round(window.width() * unit), round(window.height() * unit)],
            text_px=round(QFontMetrics(label.font()).height() * unit),
            monitors=monitors,
        )

    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(100)
    application.exec_()


if __name__ == "__main__":
    {"gtk": gtk, "qt": qt}[sys.argv[1]](Report(Path(sys.argv[2])))
