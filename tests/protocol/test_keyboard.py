"""What a legal layout of KEYBOARD is, and that it comes back from the wire as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.codec import decode, encode
from protocol.keyboard import Layout, layout_fields, layout_of
from protocol.messages import MessageType

NEO = Layout(1, "evdev", "pc105", "us,de", ",neo", "compose:ralt,caps:escape")


def test_layout_comes_back_as_it_was() -> None:
    body = decode(MessageType.KEYBOARD, encode(MessageType.KEYBOARD, 0, *layout_fields(NEO))[12:])
    assert body is not None
    assert layout_of(*body) == NEO


@pytest.mark.parametrize(
    "changed",
    [
        {"group": 4},
        {"group": -1},
        {"layout": ""},
        {"layout": "us -display :0"},
        {"layout": "-print"},
        {"options": "-I/home/user"},
        {"model": "pc105\n"},
        {"rules": "évdev"},
        {"rules": "x" * 64},
        {"layout": "u" * 128},
        {"options": "o" * 512},
    ],
)
def test_layout_that_setxkbmap_could_not_mean_is_not_legal(changed: dict[str, object]) -> None:
    assert NEO.is_legal()
    assert not NEO._replace(**changed).is_legal()  # type: ignore[arg-type]


def test_longest_words_fit() -> None:
    longest = Layout(3, "r" * 63, "m" * 63, "l" * 127, "v" * 127, "o" * 511)
    assert longest.is_legal()
    body = decode(MessageType.KEYBOARD, encode(MessageType.KEYBOARD, 0, *layout_fields(longest))[12:])
    assert body is not None
    assert layout_of(*body) == longest


def test_keys_that_change_groups_are_left_out() -> None:
    both = NEO._replace(options="grp:alt_shift_toggle,compose:ralt,grp:switch,grp_led:scroll")
    assert both.without_own_groups().options == "compose:ralt,grp_led:scroll"


@given(st.integers(0, 7), st.lists(st.binary(max_size=40), min_size=5, max_size=5))
def test_any_words_are_a_legal_layout_or_none(group: int, words: list[bytes]) -> None:
    found = layout_of(group, *words)
    assert found is None or found.is_legal()
