"""A GTK 4 program with a menu, for the system's Python and run by path; knows no suite.

Lines on stdout, each a JSON list: ["item", name] of the menu, ["open"]. It ends with its stdin.
GTK 4 draws a shadow round a menu whether or not there is a compositor.
"""

import json
import sys


def say(*words: object) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


def main() -> None:
    import gi

    gi.require_version("Gtk", "4.0")
    from gi.repository import Gio, GLib, Gtk

    Gtk.init()
    loop = GLib.MainLoop()
    actions, menu = Gio.SimpleActionGroup(), Gio.Menu()
    for name in ("one", "two", "three"):
        action = Gio.SimpleAction.new(name)
        action.connect("activate", lambda _action, _value, name=name: say("item", name))
        actions.add_action(action)
        menu.append(name, f"menu.{name}")
    button = Gtk.MenuButton(label="menu", menu_model=menu, halign=Gtk.Align.CENTER, valign=Gtk.Align.CENTER)
    button.get_popover().connect("show", lambda _popover: say("open"))
    button.get_popover().set_has_arrow(sys.argv[1:] == ["arrow"])
    window = Gtk.Window(default_width=300, default_height=200, decorated=False, child=button)
    window.insert_action_group("menu", actions)
    window.connect("destroy", lambda _window: loop.quit())
    window.present()

    def ended(_channel: int, _condition: int) -> bool:
        loop.quit()
        return False

    GLib.io_add_watch(sys.stdin.fileno(), GLib.IO_IN | GLib.IO_HUP, ended)
    loop.run()


if __name__ == "__main__":
    main()
