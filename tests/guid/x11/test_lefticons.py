"""guid/x11/lefticons.py: tray icons of a daemon that has gone, and nothing else."""

from contextlib import closing
from typing import Any

import pytest
from Xlib import X, Xatom

from guid.core.heritage import Remains
from guid.x11.desktop import Desktop
from guid.x11.lefticons import MAX_DEPTH, icons_left
from guid.x11.predecessor import Predecessor
from shm.x11.connection import XConnection
from tests.harness.xserver import XServer

pytestmark = pytest.mark.desktop


def window(parent: Any) -> Any:
    return parent.create_window(0, 0, 5, 5, 0, X.CopyFromParent)


def test_icons_hang_in_windows_of_others_and_neither_popups_nor_managed_windows_do() -> None:
    with XServer(200, 200) as server, closing(server.connect()) as gone, closing(server.connect()) as panel:
        own, others = gone.screen().root, panel.screen().root
        anchor, popup, managed, icon, deep = (window(own) for _ in range(5))
        gone.sync()
        frame, socket = window(others), window(window(window(others)))
        deepest = others
        for _ in range(MAX_DEPTH):
            deepest = window(deepest)
        panel.sync()
        window(popup)
        for moved, into in ((managed, frame), (icon, socket), (deep, deepest)):
            moved.reparent(into, 0, 0)
        window(icon)
        gone.sync()
        x = XConnection(server.name, extensions=())
        found = icons_left(x, others.id, [anchor.id], {managed.id})
        assert sorted(found) == sorted([icon.id, deep.id])
        assert icons_left(x, others.id, [panel.screen().root.id], {managed.id}) == []
        x.close()


def test_next_daemon_takes_icons_away_at_once_and_popups_when_it_has_settled() -> None:
    with XServer(200, 200) as server, closing(server.connect()) as gone, closing(server.connect()) as panel:
        anchor, popup, icon = (window(gone.screen().root) for _ in range(3))
        anchor.change_property(Xatom.WM_NAME, Xatom.STRING, 8, b"vitrail work 77")
        socket = window(panel.screen().root)
        panel.sync()
        icon.reparent(socket, 0, 0)
        gone.sync()
        desktop = Desktop(server.name, qube="work")
        Predecessor(desktop, "work", [Remains(anchor.id, 77)], now=0.0)
        desktop.x.sync()
        assert socket.query_tree().children == []
        assert popup.id in [each.id for each in panel.screen().root.query_tree().children]
        desktop.x.close()
