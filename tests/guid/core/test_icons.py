"""guid/core/session.py, ICON: what a program's icon brings about, how many there may be, and what is no icon."""

import struct

import pytest

from colors.iconimage import IconImage
from guid.core import effects as fx
from guid.core import sanitize
from guid.core.pacing import COSTS_US, Pacer
from guid.core.values import RemoteId
from protocol.errors import RemoteProtocolError, Violation
from protocol.extensions import EXT_VERSION, Feature
from protocol.limits import MAX_ICON_IMAGES, MAX_ICON_PIXELS_PER_QUBE, MAX_ICON_SIDE_PX, MAX_ICON_WORDS
from protocol.messages import MessageType as M
from tests.guid.core.talk import Talk
from tests.harness.icons import argb_words, drawn

SIDE = MAX_ICON_SIDE_PX


def talk_of_icons(windows: int = 1) -> Talk:
    talk = Talk()
    talk.say(M.EXT_HELLO, 0, EXT_VERSION, Feature.ICON)
    for number in range(1, windows + 1):
        talk.create(number, (10, 10, 50, 50))
    return talk


def refusal(body: bytes) -> Violation:
    with pytest.raises(RemoteProtocolError) as caught:
        sanitize.icon(untrusted_body=body)
    return caught.value.violation


def head(width: int, height: int) -> bytes:
    return struct.pack("<II", width, height)


@pytest.mark.parametrize("sizes", [[(1, 1)], [(SIDE, SIDE)], [(SIDE, 1), (1, SIDE)], [(16, 16)] * MAX_ICON_IMAGES])
def test_images_of_legal_sizes_are_taken_as_they_are(sizes: list[tuple[int, int]]) -> None:
    images = tuple(drawn(*size) for size in sizes)
    assert sanitize.icon(untrusted_body=argb_words(images)) == images


def test_nothing_is_an_icon_that_is_no_more() -> None:
    assert sanitize.icon(untrusted_body=b"") == ()


@pytest.mark.parametrize("side", [0, SIDE + 1, 1 << 15, 1 << 16, 1 << 30, (1 << 31) - 1, 1 << 31, (1 << 32) - 1])
@pytest.mark.parametrize("other", [0, 1, 2, SIDE, 1 << 16, 1 << 31])
def test_side_out_of_bounds_is_refused_before_anything_is_multiplied(side: int, other: int) -> None:
    for size in ((side, other), (other, side)):
        assert refusal(head(*size) + bytes(400)) is Violation.BAD_VALUE
        assert refusal(argb_words([drawn(2, 2)]) + head(*size) + bytes(400)) is Violation.BAD_VALUE


@pytest.mark.parametrize(
    "body",
    [
        head(1, 1),
        head(2, 2) + bytes(12),
        head(2, 2) + bytes(20),
        head(SIDE, SIDE) + bytes(4 * SIDE * SIDE - 4),
        argb_words([drawn(2, 2)]) + bytes(4),
        argb_words([drawn(2, 2)]) + head(3, 3),
    ],
)
def test_pixels_that_are_too_few_or_too_many_are_refused(body: bytes) -> None:
    assert refusal(body) is Violation.WRONG_LENGTH


def test_more_images_than_the_limit_are_refused() -> None:
    assert refusal(argb_words([drawn(1, 1)] * (MAX_ICON_IMAGES + 1))) is Violation.LIMIT


def test_icon_without_the_feature_is_a_violation() -> None:
    talk = Talk()
    talk.create(1, (10, 10, 50, 50))
    with pytest.raises(RemoteProtocolError) as caught:
        talk.say(M.ICON, 1, tail=argb_words([drawn(1, 1)]))
    assert caught.value.violation is Violation.UNSUPPORTED


def test_icon_is_set_once_changed_and_taken_away() -> None:
    talk, one, other = talk_of_icons(), (drawn(3, 2),), (drawn(3, 2, seed=9),)
    window = RemoteId(1)
    assert talk.say(M.ICON, window, tail=argb_words(one)) == [fx.SetIcon(window, one)]
    assert talk.say(M.ICON, window, tail=argb_words(one)) == []
    assert talk.say(M.ICON, window, tail=argb_words(other)) == [fx.SetIcon(window, other)]
    assert talk.say(M.ICON, window) == [fx.SetIcon(window, ())]
    assert talk.say(M.ICON, window) == []


def test_icons_beyond_the_limit_are_the_labels() -> None:
    """Two billion pixels asked for; said once, and windows that go make room."""
    most = (drawn(SIDE, SIDE),)
    room = MAX_ICON_PIXELS_PER_QUBE // SIDE**2
    talk = talk_of_icons(room + 2)
    body = argb_words(most)
    for number in range(1, room + 1):
        assert talk.say(M.ICON, number, tail=body) == [fx.SetIcon(RemoteId(number), most)]
    beyond = RemoteId(room + 1)
    note, without = talk.say(M.ICON, beyond, tail=body + argb_words([IconImage(1, 1, bytes(4))]))
    assert isinstance(note, fx.Note)
    assert without == fx.SetIcon(beyond, ())
    assert talk.say(M.ICON, room + 2, tail=body) == [fx.SetIcon(RemoteId(room + 2), ())]
    talk.say(M.DESTROY, 1)
    assert talk.say(M.ICON, beyond, tail=body) == [fx.SetIcon(beyond, most)]


def test_largest_icon_fits_the_message_and_costs_what_keys_wait_for() -> None:
    sides = (128, 64, 48, 32)
    images = tuple(drawn(side, side) for side in sides)
    assert len(argb_words(images)) == 4 * MAX_ICON_WORDS
    pacer = Pacer(0.0)
    for _ in range(10):
        pacer.charge([fx.SetIcon(RemoteId(1), images)], {})
    assert pacer.spent
    assert fx.SetIcon not in COSTS_US
