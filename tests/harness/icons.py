"""Icons as the desktop's X server has them, and what may be in them; knows no message and no daemon."""

import struct
from collections.abc import Iterable
from typing import Any

from Xlib import X, Xatom

from colors.icon import of_program, of_qube
from colors.iconimage import IconImage
from colors.labels import Label


def icons_of(outer: Any) -> list[IconImage]:
    """_NET_WM_ICON of an X window, image by image, none if it has none. Raises AssertionError if that is no icon."""
    found = outer.get_property(outer.display.get_atom("_NET_WM_ICON"), X.AnyPropertyType, 0, 1 << 16)  # at once
    if found is None:
        return []
    assert found.property_type == Xatom.CARDINAL
    words = found.value.tobytes()
    images: list[IconImage] = []
    while words:
        width, height = struct.unpack_from("<II", words)
        end = 8 + 4 * width * height
        assert len(words) >= end
        images.append(IconImage(width, height, words[8:end]))
        words = words[end:]
    return images


def in_label(images: Iterable[IconImage], label: Label) -> list[IconImage]:
    """What a program's icon is to be on the desktop; pixel for pixel the formula of tests/colors/test_tint.py."""
    return [of_program(image, label) for image in images]


def of_label(label: Label, qube: str) -> list[IconImage]:
    """What a window without an icon of its own has."""
    return of_qube(label, qube)


def argb_words(images: Iterable[IconImage]) -> bytes:
    """As _NET_WM_ICON and the message ICON have them."""
    return b"".join(struct.pack("<II", image.width, image.height) + image.pixels for image in images)


def drawn(width: int, height: int, seed: int = 1) -> IconImage:
    """Any colour with any alpha."""
    numbers = ((place + seed) * 2654435761 & 0xFFFFFFFF for place in range(width * height))
    return IconImage(width, height, struct.pack(f"<{width * height}I", *numbers))


def hues_in(images: Iterable[IconImage]) -> set[tuple[int, ...]]:
    """Which of red, green and blue are above the least of the three, in any pixel: (0, 2) is a purple."""
    found = set()
    for image in images:
        for at in range(0, len(image.pixels), 4):
            blue, green, red = image.pixels[at : at + 3]
            least = min(red, green, blue)
            found.add(tuple(place for place, channel in enumerate((red, green, blue)) if channel - least > 1))
    return found
