"""What a legal SCALE is, and that it comes back from the wire as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.codec import decode, encode
from protocol.messages import MessageType
from protocol.scale import HINT_STYLES, SUBPIXELS, SWITCHES, Scale, scale_fields, scale_of

TWICE = Scale(192 * 1024, 2, 48, antialias=True, hinting=False, hint_style="hintslight", subpixels="rgb")


def back(scale: Scale) -> Scale | None:
    body = decode(MessageType.SCALE, encode(MessageType.SCALE, 0, *scale_fields(scale))[12:])
    assert body is not None
    return scale_of(*body)


def test_scale_comes_back_as_it_was() -> None:
    assert back(TWICE) == TWICE
    assert back(Scale()) == Scale()
    assert TWICE.ratio == 2.0
    assert Scale().ratio == 1.0


@given(
    st.builds(
        Scale,
        st.integers(48 * 1024, 768 * 1024),
        st.integers(1, 8),
        st.integers(8, 256),
        st.sampled_from(SWITCHES),
        st.sampled_from(SWITCHES),
        st.sampled_from(HINT_STYLES),
        st.sampled_from(SUBPIXELS),
    )
)
def test_every_legal_scale_comes_back(scale: Scale) -> None:
    assert scale.is_legal()
    assert back(scale) == scale


@pytest.mark.parametrize(
    "changed",
    [
        {"dpi_1024": 48 * 1024 - 1},
        {"dpi_1024": 768 * 1024 + 1},
        {"factor": 0},
        {"factor": 9},
        {"cursor_px": 7},
        {"cursor_px": 257},
        {"hint_style": "hinted"},
        {"subpixels": "gbr"},
    ],
)
def test_scale_outside_its_limits_is_not_legal(changed: dict[str, object]) -> None:
    assert TWICE.is_legal()
    assert not TWICE._replace(**changed).is_legal()  # type: ignore[arg-type]


@given(st.lists(st.integers(0, 2**32 - 1), min_size=7, max_size=7))
def test_any_words_are_a_legal_scale_or_none(words: list[int]) -> None:
    found = scale_of(*words)
    assert found is None or found.is_legal()


@pytest.mark.parametrize(("at", "number"), [(3, 3), (4, 3), (5, len(HINT_STYLES)), (6, len(SUBPIXELS))])
def test_number_without_a_meaning_is_no_scale(at: int, number: int) -> None:
    fields = list(scale_fields(TWICE))
    assert scale_of(*fields) == TWICE
    fields[at] = number
    assert scale_of(*fields) is None
