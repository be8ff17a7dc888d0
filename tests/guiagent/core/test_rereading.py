"""When properties are read again."""

from guiagent.core.rereading import MAX_AT_ONCE, PACE_S, Rereading
from guiagent.core.values import WindowId

ONE, TWO = WindowId(1), WindowId(2)


def test_first_change_is_read_at_once_and_the_next_ones_together_a_while_later() -> None:
    reading = Rereading()
    reading.changed(ONE, 7)
    assert reading.due(5.0) == [ONE]
    assert list(reading.take(ONE, 5.0)) == [7]
    for atom in (7, 8, 7):
        reading.changed(ONE, atom)
    assert reading.due(5.0 + PACE_S / 2) == []
    assert reading.deadline() == 5.0 + PACE_S
    assert reading.due(5.0 + PACE_S) == [ONE]
    assert list(reading.take(ONE, 5.0 + PACE_S)) == [7, 8]
    assert reading.deadline() is None


def test_one_windows_flood_does_not_hold_up_another() -> None:
    reading = Rereading()
    reading.changed(ONE, 7)
    reading.take(ONE, 5.0)
    reading.changed(ONE, 7)
    reading.changed(TWO, 7)
    assert reading.due(5.0) == [TWO]


def test_many_windows_take_several_turns_and_none_is_left_out() -> None:
    reading = Rereading()
    for number in range(MAX_AT_ONCE + 5):
        reading.changed(WindowId(number), 7)
    seen: list[WindowId] = []
    for turn in range(2):
        for window in reading.due(5.0 + turn):
            seen.append(window)
            reading.take(window, 5.0 + turn)
            reading.changed(window, 7)
    assert set(seen) == set(map(WindowId, range(MAX_AT_ONCE + 5)))


def test_window_that_is_gone_is_not_read() -> None:
    reading = Rereading()
    reading.changed(ONE, 7)
    reading.forget(ONE)
    assert reading.due(5.0) == []
    assert reading.deadline() is None
