"""What a legal offer of CLIPBOARD_TYPED is, and how it is cut into parts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import limits
from protocol.clipboard import KINDS, LIMITS, NOTHING, STEPS, Kind, Offer, Step, checked_offer, image_offer, text_offer
from protocol.codec import encode
from protocol.errors import LocalProtocolError
from protocol.messages import MessageType
from tests.protocol.strategies import u32


def checked(kind: int, width: int, height: int, total: int) -> Offer | None:
    return checked_offer(
        untrusted_kind=kind, untrusted_width_px=width, untrusted_height_px=height, untrusted_total_bytes=total
    )


@pytest.mark.parametrize(
    ("words", "offer"),
    [
        ((0, 0, 0, 0), NOTHING),
        ((1, 0, 0, 1), text_offer(1)),
        ((1, 0, 0, 2**32 - 1), text_offer(2**32 - 1)),
        ((2, 3, 2, 24), image_offer(3, 2)),
        ((2, 2**31, 2**31, 2**32 - 1), image_offer(2**31, 2**31)),
    ],
)
def test_offer_whose_sizes_fit_its_kind_is_legal(words: tuple[int, int, int, int], offer: Offer) -> None:
    assert checked(*words) == offer


@pytest.mark.parametrize(
    "words",
    [
        *[(0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1), (0, 1, 1, 4)],
        *[(1, 0, 0, 0), (1, 1, 0, 5), (1, 0, 1, 5)],
        *[(2, 0, 0, 0), (2, 0, 2, 0), (2, 3, 2, 23), (2, 3, 2, 25), (2, 0x8000_0000, 2, 0), (2, 0x1_0001, 0xFFFF, 4)],
        *[(3, 0, 0, 0), (3, 1, 1, 4), (2**32 - 1, 0, 0, 0)],
    ],
)
def test_offer_whose_sizes_do_not_fit_is_none(words: tuple[int, int, int, int]) -> None:
    assert checked(*words) is None


@given(kind=st.integers(0, 3), width=u32, height=u32, total=u32)
def test_any_four_words_are_themselves_or_none(kind: int, width: int, height: int, total: int) -> None:
    assert checked(kind, width, height, total) in (None, (kind, width, height, total))


@pytest.mark.parametrize(
    ("offer", "fits"),
    [
        (NOTHING, True),
        (text_offer(256_000), True),
        (text_offer(256_001), False),
        (image_offer(3840, 2160), True),
        (image_offer(8192, 1024), True),
        (image_offer(8192, 1025), False),
        (image_offer(8193, 1), False),
        (image_offer(1, 8193), False),
        (image_offer(2**31, 2**31), False),
    ],
)
def test_offer_fits_up_to_the_limits(offer: Offer, fits: bool) -> None:  # noqa: FBT001
    assert offer.fits is fits


def test_empty_contents_are_nothing() -> None:
    assert text_offer(0) == image_offer(0, 5) == image_offer(5, 0) == NOTHING


@pytest.mark.parametrize("total", [1, 65_535, 65_536, 65_537, 256_000])
def test_parts_cover_the_contents_once(total: int) -> None:
    offer, offset, parts = text_offer(total), 0, 0
    while length := offer.part_len(offset):
        offset, parts = offset + length, parts + 1
    assert (offset, parts) == (total, -(-total // limits.MAX_CLIPBOARD_PART_BYTES))


@pytest.mark.parametrize("offset", [-65_536, -1, 1, 65_535, 100_000, 131_072])
def test_no_part_begins_elsewhere(offset: int) -> None:
    assert text_offer(100_000).part_len(offset) == 0


def test_part_longer_than_the_limit_is_our_error() -> None:
    words = (Step.PART, 1, 0, 0, 0, 0, 0)
    encode(MessageType.CLIPBOARD_TYPED, 0, *words, tail=bytes(65_536))
    with pytest.raises(LocalProtocolError):
        encode(MessageType.CLIPBOARD_TYPED, 0, *words, tail=bytes(65_537))


def test_every_step_and_kind_is_described() -> None:
    assert (list(STEPS), list(KINDS), list(LIMITS)) == (list(Step), list(Kind), list(Kind))
