"""QSB-104 (2024), second half: a library took the alpha of tinted icons for another kind of alpha, and overflowed.

So a qube could give its windows' icons another label's colour. Here icons are opaque before they are tinted, so that
there is no alpha to be misread: no picture gives a red qube's icon a pixel of any other hue, read in either way.
"""

import struct

import pytest
from Xlib.error import BadWindow

from colors.iconimage import IconImage
from colors.labels import STANDARD
from protocol.extensions import EXT_VERSION, Feature
from protocol.messages import MessageType
from tests.harness.icons import argb_words, drawn, hues_in, icons_of, of_label
from tests.harness.pixels import pseudo_random
from tests.harness.stage import ActedQube
from tests.harness.wait import wait_until

pytestmark = pytest.mark.desktop

WINDOW = 0x11
RED_ALONE = {(0,)}
"""The first of red, green and blue is above the two others, which are equal."""


def one_colour(argb: int, side: int = 16) -> IconImage:
    return IconImage(side, side, struct.pack("<I", argb) * side * side)


GREEN = STANDARD["green"].rgb
COLOURS = {
    "opaque green": 0xFF << 24 | GREEN,
    "green with no alpha": GREEN,
    "green with an alpha of 1": 1 << 24 | GREEN,
    "more than its alpha": 0x7F00FF00,
    "white with half": 0x80FFFFFF,
    "black": 0xFF000000,
    "blue against the tint": 0xFF0000FF,
}
ATTACKS = {
    **{name: one_colour(argb, side) for side, (name, argb) in enumerate(COLOURS.items(), 16)},
    "everything": drawn(128, 128),
}
"""Each of another size, by which it is known."""


def unmultiplied(image: IconImage) -> IconImage:
    """As the library read it: each channel is divided by the alpha, in 8 bits."""
    pixels = bytearray(image.pixels)
    for at in range(0, len(pixels), 4):
        alpha = pixels[at + 3] or 1
        pixels[at : at + 3] = bytes(channel * 255 // alpha & 0xFF for channel in pixels[at : at + 3])
    return image._replace(pixels=bytes(pixels))


def test_no_picture_gives_an_icon_another_labels_hue(evil: ActedQube) -> None:
    evil.agent.send(MessageType.EXT_HELLO, 0, EXT_VERSION, Feature.ICON)
    evil.agent.show(WINDOW, (100, 100, 200, 150), pseudo_random(200, 150))
    outer = evil.viewable(WINDOW)
    shown = of_label(STANDARD["red"], "evil")
    wait_until(lambda: icons_of(outer) == shown, what="the label's icon")
    for name, image in ATTACKS.items():
        evil.agent.send(MessageType.ICON, WINDOW, tail=argb_words([image]))
        wait_until(lambda before=shown: icons_of(outer) != before, what=f"the icon: {name}")  # type: ignore[misc]
        shown = icons_of(outer)
        for seen in (shown, [unmultiplied(each) for each in shown]):
            assert hues_in(seen) == RED_ALONE, name
    evil.lives()


def test_no_message_leaves_a_window_without_the_labels_colour(evil: ActedQube) -> None:
    """Nor is there a way to another window, or to one of another qube: its number is nobody's here."""
    evil.agent.send(MessageType.EXT_HELLO, 0, EXT_VERSION, Feature.ICON)
    evil.agent.show(WINDOW, (100, 100, 200, 150), pseudo_random(200, 150))
    outer = evil.viewable(WINDOW)
    for images in ([ATTACKS["opaque green"]], []):
        evil.agent.send(MessageType.ICON, WINDOW, tail=argb_words(images))
    wait_until(lambda: icons_of(outer) == of_label(STANDARD["red"], "evil"), what="the label's icon")
    evil.agent.send(MessageType.ICON, outer.id, tail=argb_words([one_colour(0)]))
    wait_until(lambda: not evil.daemon.child.alive, what="the end of a qube that names a window it does not have")
    with pytest.raises(BadWindow):
        outer.get_attributes()
