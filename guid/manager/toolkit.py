"""GTK 3, in the one version that is meant; whatever else of the manager needs it takes it from here."""

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("Gdk", "3.0")

from gi.repository import Gdk, GdkPixbuf, GLib, Gtk, Pango  # noqa: E402 - the version comes first

__all__ = ("GLib", "Gdk", "GdkPixbuf", "Gtk", "Pango")
