"""How often a session may end by itself."""

from guiagent.core.deaths import DEATH_WINDOW_S, MAX_DEATHS, Deaths


def test_session_that_ends_too_often_begins_no_more() -> None:
    deaths = Deaths()
    assert [deaths.another(float(second)) for second in range(MAX_DEATHS + 1)] == [True] * MAX_DEATHS + [False]


def test_session_that_ends_seldom_always_begins_anew() -> None:
    deaths = Deaths()
    step_s = DEATH_WINDOW_S / MAX_DEATHS + 1
    assert all(deaths.another(number * step_s) for number in range(50))
