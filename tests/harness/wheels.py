"""Programs of real toolkits that say what a mouse does to them, for the system's Python and run by path; know no suite.

`KIND`, one of gtk3, gtk4 and qt, shows a window. Each line on stdout is a JSON list: ["press" or "release", BUTTON, x,
y] or ["scroll", dx, dy, x, y] in notches, right and down being more; x and y are those of the window. A line
"laid out" comes before: GTK 4 passes over what is clicked earlier.
"""

import json
import sys
from typing import Any

SIZE_PX = (500, 400)
ANGLE_PER_NOTCH = 120
"""Qt's wheel speaks in eighths of a degree."""


def say(*words: object) -> None:
    """One line."""
    print(json.dumps(words), flush=True)


def laid_out(*_: object) -> None:
    """The program knows where its parts are."""
    print("laid out", flush=True)


def gtk3() -> None:
    """GTK 3."""
    import gi

    gi.require_version("Gdk", "3.0")
    gi.require_version("Gtk", "3.0")
    from gi.repository import Gdk, Gtk

    def scrolled(_area: Any, event: Any) -> None:
        by_direction, direction = event.get_scroll_direction()
        deltas = (direction.value_nick,) * 2 if by_direction else event.get_scroll_deltas()[1:]
        say("scroll", *deltas, event.x, event.y)

    def pressed(_area: Any, event: Any) -> None:
        if event.type == Gdk.EventType.BUTTON_PRESS:  # a double click comes as one more
            say("press", event.button, event.x, event.y)

    area = Gtk.DrawingArea()
    mask = Gdk.EventMask
    area.add_events(mask.SMOOTH_SCROLL_MASK | mask.SCROLL_MASK | mask.BUTTON_PRESS_MASK | mask.BUTTON_RELEASE_MASK)
    area.connect("size-allocate", laid_out)
    area.connect("scroll-event", scrolled)
    area.connect("button-press-event", pressed)
    area.connect("button-release-event", lambda _area, event: say("release", event.button, event.x, event.y))
    window = Gtk.Window(title="wheels")
    window.set_default_size(*SIZE_PX)
    window.add(area)
    window.show_all()
    Gtk.main()


def gtk4() -> None:
    """GTK 4, which says no place for a scroll."""
    import gi

    gi.require_version("Gtk", "4.0")
    from gi.repository import GLib, Gtk

    scroll = Gtk.EventControllerScroll(flags=Gtk.EventControllerScrollFlags.BOTH_AXES)
    scroll.connect("scroll", lambda _scroll, dx, dy: say("scroll", dx, dy, 0, 0))
    click = Gtk.GestureClick(button=0)
    click.connect("pressed", lambda _click, _count, x, y: say("press", click.get_current_button(), x, y))
    click.connect("released", lambda _click, _count, x, y: say("release", click.get_current_button(), x, y))
    area = Gtk.DrawingArea()
    area.connect("resize", laid_out)
    for controller in (scroll, click):
        area.add_controller(controller)
    Gtk.init()
    window = Gtk.Window(title="wheels", default_width=SIZE_PX[0], default_height=SIZE_PX[1])
    window.set_child(area)
    window.present()
    GLib.MainLoop().run()


def qt() -> None:
    """Qt 5, whose wheel goes the other way and whose buttons 8 and 9 are 0x08 and 0x10."""
    from PyQt5.QtWidgets import QApplication, QWidget

    numbers = {1: 1, 4: 2, 2: 3, 8: 8, 16: 9}

    def clicked(word: str, event: Any) -> None:
        say(word, numbers[int(event.button())], event.x(), event.y())

    def turned(_window: Any, event: Any) -> None:
        angle, at = event.angleDelta(), event.position()
        say("scroll", -angle.x() / ANGLE_PER_NOTCH, -angle.y() / ANGLE_PER_NOTCH, at.x(), at.y())

    handlers = {
        "mousePressEvent": lambda _window, event: clicked("press", event),
        "mouseReleaseEvent": lambda _window, event: clicked("release", event),
        "wheelEvent": turned,
        "resizeEvent": laid_out,
    }
    application = QApplication(sys.argv[:1])
    window = type("Window", (QWidget,), handlers)()
    window.setWindowTitle("wheels")
    window.resize(*SIZE_PX)
    window.show()
    application.exec_()


if __name__ == "__main__":
    {"gtk3": gtk3, "gtk4": gtk4, "qt": qt}[sys.argv[1]]()
