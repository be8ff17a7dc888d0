"""guid/core/delay.py: nothing is lost, overtaken or late, and places of the pointer merge."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guid.core.delay import MAX_WAITING, InputDelay
from protocol.codec import encode
from protocol.limits import KEYMAP_BYTES
from protocol.messages import MessageType as M

W1, W2 = 0x400001, 0x400002


def key(code: int, window: int = W1) -> bytes:
    return encode(M.KEYPRESS, window, 2, 0, 0, 0, code)


def motion(x: int, window: int = W1) -> bytes:
    return encode(M.MOTION, window, x, 0, 0, 0)


def longest(bound: int) -> int:
    return bound - 1


def at_once(_bound: int) -> int:
    return 0


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 255)), max_size=40), st.integers(1, 400), st.randoms())
def test_all_leaves_in_order_and_in_time(story: list[tuple[int, int]], max_ms: int, dice: random.Random) -> None:
    delay = InputDelay(max_ms, dice.randrange)
    now_ms, put, told = 0, [], b""
    came: list[int] = []
    for pause_ms, code in story:
        for _ in range(pause_ms):
            now_ms += 1
            told += delay.due(now_ms / 1000)
        put.append(key(code))
        came.append(now_ms)
        delay.put(put[-1], now_ms / 1000)
        oldest = len(told) // len(put[0])
        assert oldest == len(put) or now_ms - came[oldest] <= max_ms, "something waits too long"
    told += delay.due((now_ms + max_ms + 1) / 1000)
    assert told == b"".join(put)
    assert delay.wait_s(now_ms / 1000) is None


def test_delay_is_drawn_between_what_is_left_of_the_one_before_and_the_longest() -> None:
    bounds: list[int] = []

    def record(bound: int) -> int:
        bounds.append(bound)
        return bound - 1

    delay = InputDelay(100, record)
    delay.put(key(1), 0.0)
    delay.put(key(2), 0.030)
    delay.put(key(3), 1.0)
    assert bounds == [101, 31, 101]
    assert delay.due(0.099) == b""
    assert delay.due(0.100) == key(1)
    assert delay.due(0.130) == key(2)


def test_wait_is_until_the_oldest_is_due_and_not_before() -> None:
    delay = InputDelay(100, longest)
    assert delay.wait_s(0.0) is None
    delay.put(key(1), 0.0005)
    wait_s = delay.wait_s(0.020)
    assert wait_s is not None
    assert delay.due(0.020) == b""
    assert delay.due(0.020 + wait_s) == key(1)
    delay.put(key(2), 0.5)
    assert delay.wait_s(7.0) == 0


def test_only_the_newest_place_of_the_pointer_is_told() -> None:
    delay = InputDelay(100, longest)
    for x in range(20):
        delay.put(motion(x), 0.001 * x)
    assert delay.due(0.100) == motion(19), "at the time of the first"


@pytest.mark.parametrize(
    "between",
    [key(1), motion(0, W2), encode(M.BUTTON, W1, 4, 0, 0, 0, 1), encode(M.KEYMAP_NOTIFY, 0, bytes(KEYMAP_BYTES))],
)
def test_places_on_both_sides_of_something_else_stay_apart(between: bytes) -> None:
    delay = InputDelay(100, longest)
    for message in (motion(1), between, motion(2)):
        delay.put(message, 0.0)
    assert delay.due(0.100) == motion(1) + between + motion(2)


def test_press_that_comes_with_a_motion_is_not_replaced() -> None:
    delay = InputDelay(100, longest)
    delay.put(motion(1), 0.0)
    delay.put(key(1) + motion(2), 0.0)
    delay.put(motion(3), 0.0)
    assert delay.due(0.100) == motion(1) + key(1) + motion(2) + motion(3)


def test_too_many_push_the_oldest_out_and_nothing_is_lost() -> None:
    delay = InputDelay(100, longest)
    for number in range(MAX_WAITING + 2):
        delay.put(key(number & 0xFF), 0.0)
    assert delay.wait_s(0.0) == 0
    assert delay.due(0.0) == key(0) + key(1)
    assert delay.wait_s(0.0) == pytest.approx(0.101)
    assert delay.rest().count(key(7)) == MAX_WAITING // 256


def test_rest_is_all_of_it_in_order() -> None:
    delay = InputDelay(100, at_once)
    delay.put(key(1), 0.0)
    delay.put(key(2), 0.0)
    assert delay.rest() == key(1) + key(2)
    assert delay.due(9.0) == b""
