"""Mousepad, an editor: GTK 3 with a menu bar."""

from tests.apps.editor import editor

APP = editor("Mousepad (GTK 3)", program="mousepad", title="Mousepad", closes="ctrl+w")
