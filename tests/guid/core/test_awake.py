"""Time that a process has lived through."""

from guid.core.awake import STEP_S, Awake


def test_look_often_is_the_clock() -> None:
    awake = Awake(100.0)
    for tenth in range(1, 1001):
        awake.look(100.0 + tenth / 10)
    assert round(awake.now, 6) == 100.0


def test_look_after_a_long_stop_counts_one_step() -> None:
    awake = Awake(100.0)
    assert awake.look(100_000.0) == STEP_S
    assert awake.look(100_000.5) == STEP_S + 0.5


def test_look_at_a_clock_that_went_back_counts_nothing() -> None:
    awake = Awake(100.0)
    assert awake.look(50.0) == 0.0
    assert awake.look(50.5) == 0.5
