"""QSB-039 (2018): with no picture at all the painting of the frame was left early; the window was bare.

It was the bulletin before once more, in a case that had been forgotten. Here no frame depends on a picture, so there is
no case to forget: none sent, one never written, one smaller than the frame, one dropped again.
"""

import numpy as np
import pytest

from protocol.messages import MessageType
from tests.harness.pixels import pseudo_random
from tests.harness.stage import ActedQube

pytestmark = pytest.mark.desktop

WINDOW = 0x11
RECT = (100, 100, 200, 150)
KINDS = pytest.mark.parametrize("popup", [False, True], ids=["managed", "popup"])


def begin(evil: ActedQube, *, popup: bool) -> None:
    evil.agent.create(WINDOW, RECT, popup=popup)
    evil.agent.map(WINDOW, popup=popup)


@KINDS
def test_window_without_any_picture_is_framed(evil: ActedQube, popup: bool) -> None:  # noqa: FBT001
    begin(evil, popup=popup)
    evil.agent.damage(WINDOW, (0, 0, 200, 150))
    evil.settle()
    evil.stage.judge("no picture", windows=2)
    evil.lives()


@KINDS
def test_window_with_a_picture_of_unwritten_pages_is_framed_and_shows_none_of_them(
    evil: ActedQube,
    popup: bool,  # noqa: FBT001
) -> None:
    begin(evil, popup=popup)
    refs = np.arange(100, 100 + 30, dtype="<u4").tobytes()
    evil.agent.send(MessageType.WINDOW_DUMP, WINDOW, 0, 200, 150, 32, tail=refs)
    evil.agent.damage(WINDOW, (0, 0, 200, 150))
    evil.settle()
    evil.stage.judge("holes", windows=2)
    x, y, width, height = evil.daemon.window(WINDOW)["content"]
    shown = evil.stage.picture()[y : y + height, x : x + width]
    assert (shown == shown[0, 0]).all()
    assert shown[0, 0] not in (0, 0xFFFFFF)  # neither the holes nor a white flash


@KINDS
def test_picture_smaller_than_a_frame_leaves_it_whole(evil: ActedQube, popup: bool) -> None:  # noqa: FBT001
    begin(evil, popup=popup)
    for size in ((1, 1), (2, 2), (2, 150), (200, 1)):
        evil.agent.dump(WINDOW, pseudo_random(*size))
        evil.agent.damage(WINDOW, (0, 0, 200, 150))
        evil.settle()
        evil.stage.judge(f"a picture of {size}", windows=2)


@KINDS
def test_window_mapped_again_without_a_new_picture_is_framed(evil: ActedQube, popup: bool) -> None:  # noqa: FBT001
    begin(evil, popup=popup)
    evil.agent.dump(WINDOW, pseudo_random(200, 150))
    evil.agent.damage(WINDOW, (0, 0, 200, 150))
    evil.agent.send(MessageType.UNMAP, WINDOW)
    evil.agent.map(WINDOW, popup=popup)
    evil.agent.damage(WINDOW, (0, 0, 200, 150))
    evil.settle()
    evil.stage.judge("mapped again", windows=2)


def test_content_of_one_pixel_is_framed(evil: ActedQube) -> None:
    evil.agent.create(WINDOW, (300, 300, 1, 1), popup=True)
    evil.agent.map(WINDOW, popup=True)
    evil.settle()
    seen = evil.stage.judge("one pixel", windows=2)
    assert evil.daemon.window(WINDOW)["outer"][2:] == [5, 5]
    assert seen.visible_px > 24
