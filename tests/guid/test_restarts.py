"""When a daemon is started again."""

from guid.core.restarts import FIRST_LOOK_S, MAX_LOOK_S, MAX_RESTARTS, RESTART_WINDOW_S, Restarts


def test_crashed_too_often_in_a_short_time_gives_up() -> None:
    restarts = Restarts()
    assert [restarts.crashed(float(now)) for now in range(MAX_RESTARTS + 1)] == [True] * MAX_RESTARTS + [False]


def test_crashed_now_and_then_goes_on() -> None:
    restarts = Restarts()
    assert all(restarts.crashed(now * RESTART_WINDOW_S / (MAX_RESTARTS - 1)) for now in range(50))


def test_display_missed_is_looked_for_less_and_less_often_until_it_was_there() -> None:
    restarts = Restarts()
    waits = [restarts.display_missed(100.0) - 100.0 for _ in range(20)]
    assert waits[0] == FIRST_LOOK_S
    assert waits == sorted(waits)
    assert waits[-1] == MAX_LOOK_S
    restarts.displayed()
    assert restarts.display_missed(100.0) == 100.0 + FIRST_LOOK_S
