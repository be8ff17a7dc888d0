"""FeatherPad, an editor: Qt 5 with menus and Qt's own dialogs."""

from tests.apps.editor import editor

APP = editor("FeatherPad (Qt 5)", program="featherpad", title="", closes="ctrl+shift+q")
