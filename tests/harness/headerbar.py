"""A GTK 3 program with a header bar, for the system's Python and run by path; knows no suite.

Lines on stdout, each a JSON list: ["size", width, height] of the window without its shadow and
header bar, ["item", name] of the menu, ["closed"].  Lines on stdin, each a JSON list: ["resize", width, height],
["decorated", whether].  With `shadow` as its argument it has its screen say that a compositor and a window manager are
there that know shadows; so it draws one.
"""

import ctypes
import json
import os
import sys
from typing import Any


def pretend() -> None:
    """Own _NET_WM_CM_S0 and add _GTK_FRAME_EXTENTS to _NET_SUPPORTED, on a connection that stays open."""
    x11 = ctypes.CDLL("libX11.so.6")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XDefaultRootWindow.restype = x11.XCreateSimpleWindow.restype = x11.XInternAtom.restype = ctypes.c_ulong
    display = ctypes.c_void_p(x11.XOpenDisplay(os.environ["DISPLAY"].encode()))
    root = ctypes.c_ulong(x11.XDefaultRootWindow(display))
    owner = ctypes.c_ulong(x11.XCreateSimpleWindow(display, root, -1, -1, 1, 1, 0, 0, 0))

    def atom(name: str) -> Any:
        return ctypes.c_ulong(x11.XInternAtom(display, name.encode(), 0))

    x11.XSetSelectionOwner(display, atom("_NET_WM_CM_S0"), owner, 0)
    known = atom("_GTK_FRAME_EXTENTS")
    append, atom_type = 2, ctypes.c_ulong(4)
    x11.XChangeProperty(display, root, atom("_NET_SUPPORTED"), atom_type, 32, append, ctypes.byref(known), 1)
    x11.XSync(display, 0)


def say(*words: object) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


def main() -> None:
    import gi

    gi.require_version("Gtk", "3.0")
    gi.require_version("Gdk", "3.0")
    from gi.repository import GLib, Gtk

    window = Gtk.Window(default_width=300, default_height=200)
    menu = Gtk.Menu()
    for name in ("one", "two", "three"):
        item = Gtk.MenuItem(label=name)
        item.connect("activate", lambda _item, name=name: say("item", name))
        menu.append(item)
    menu.show_all()
    bar = Gtk.HeaderBar(title="header bar", show_close_button=True)
    bar.pack_start(Gtk.MenuButton(label="menu", popup=menu))
    window.set_titlebar(bar)
    inside = Gtk.EventBox()
    inside.add(Gtk.Label(label="inside"))
    window.add(inside)
    window.connect("size-allocate", lambda *_: say("size", *window.get_size()))

    def end(_window: object) -> None:
        say("closed")
        Gtk.main_quit()

    window.connect("destroy", end)
    window.show_all()
    commands = {"resize": window.resize, "decorated": window.set_decorated}

    def readable(_channel: int, _condition: int) -> bool:
        line = sys.stdin.readline()
        if not line:
            Gtk.main_quit()
            return False
        command, *arguments = json.loads(line)
        commands[command](*arguments)
        return True

    GLib.io_add_watch(sys.stdin.fileno(), GLib.IO_IN | GLib.IO_HUP, readable)
    Gtk.main()


if __name__ == "__main__":
    if sys.argv[1:] == ["shadow"]:
        pretend()
    main()
