"""Size hints on the wire."""

from hypothesis import given
from hypothesis import strategies as st

from guiagent.core.hints import PASSED_FLAGS, wire_hints
from guiagent.core.values import SizeHints
from protocol.codec import encode
from protocol.messages import MessageType

numbers = st.integers(-(1 << 31), (1 << 31) - 1)


@given(st.builds(SizeHints, st.integers(0, (1 << 32) - 1), *[numbers] * 8))
def test_any_hints_can_be_sent_and_absurd_ones_lose_their_flag(asked: SizeHints) -> None:
    hints = wire_hints(asked)
    encode(MessageType.WINDOW_HINTS, 1, *hints)
    assert hints.flags & ~PASSED_FLAGS == 0
    assert hints.flags & ~asked.flags == 0
    if hints.flags & 32:
        assert hints.max_width >= 1
        assert hints.max_height >= 1


def test_fields_without_a_flag_are_zero() -> None:
    assert wire_hints(SizeHints(0, *range(1, 9))) == SizeHints()


def test_minimum_is_moved_to_the_grid_of_increments() -> None:
    hints = wire_hints(SizeHints(16 | 64 | 256, 11, 17, 0, 0, 6, 13, 4, 4))
    assert (hints.min_width, hints.min_height) == (16, 17)


def test_minimum_below_the_base_becomes_the_base() -> None:
    hints = wire_hints(SizeHints(16 | 64 | 256, 1, 1, 0, 0, 6, 13, 4, 5))
    assert (hints.min_width, hints.min_height) == (4, 5)


def test_maximum_beyond_the_wire_is_the_wires() -> None:
    hints = wire_hints(SizeHints(32, 0, 0, 32767, 32767))
    assert (hints.flags, hints.max_width, hints.max_height) == (32, 16384, 6144)


def test_zero_increments_are_dropped() -> None:
    assert wire_hints(SizeHints(64, width_inc=0, height_inc=1)) == SizeHints()
