"""Finds the tray icons among what a crashed daemon has left: they hang in windows of others; must not know whose.

Source: X11 protocol, QueryTree. One question to the X server for each depth, all windows of it in one write.
"""

from __future__ import annotations

import struct
from collections.abc import Container, Iterable
from functools import partial

from shm.x11.connection import XConnection

QUERY_TREE = 15
TREE_HEAD_BYTES = 32
MAX_DEPTH = 6
"""A panel's window, its plugin's, the tray's, a socket, and two to spare."""
MAX_WINDOWS = 4_096
"""That are looked at in one depth."""


def icons_left(x: XConnection, root: int, anchors: Iterable[int], managed: Container[int]) -> list[int]:
    """Windows of the clients that have `anchors`, inside windows of others. managed: those in a window manager's frame.

    Raises DisplayLost.
    """
    mask = ~x.display.display.info.resource_id_mask
    clients = {anchor & mask for anchor in anchors}
    level = _children(x, [root])
    found: list[int] = []
    for _ in range(MAX_DEPTH):
        level = _children(x, [window for window in level if window & mask not in clients and window not in managed])
        found += [window for window in level if window & mask in clients and window not in managed]
    return found


def _children(x: XConnection, windows: list[int]) -> list[int]:
    """Of all these; of one that has gone there are none."""
    found: list[int] = []
    ask = [(struct.pack("<BBHI", QUERY_TREE, 0, 2, window), partial(_told, found)) for window in windows[:MAX_WINDOWS]]
    if ask:
        x.send_with_replies(ask)
        x.sync()
    return found


def _told(found: list[int], reply: bytes) -> None:
    if reply:
        (many,) = struct.unpack_from("<H", reply, 16)
        found += struct.unpack_from(f"<{many}I", reply, TREE_HEAD_BYTES)
