"""Requests that give a frame another colour; a frame of the daemon never needs them."""

import struct

from Xlib import X

from guid.x11.frame import CHANGE_WINDOW_ATTRIBUTES, Frame

CLEAR_AREA = 61


def paint(frame: Frame, pixel: int) -> list[bytes]:
    """Another background for everything but the content."""
    requests: list[bytes] = []
    for window in (frame.outer, *frame.strips, *frame.edges):
        requests.append(struct.pack("<BBHIII", CHANGE_WINDOW_ATTRIBUTES, 0, 4, window, X.CWBackPixel, pixel))
        requests.append(struct.pack("<BBHIhhHH", CLEAR_AREA, 0, 4, window, 0, 0, 0, 0))
    return requests
