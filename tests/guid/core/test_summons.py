"""guid/core/summons.py: the person's wish is good for one window, and not for ever."""

from guid.core.focus import NEVER_USED, user_time_when_mapped
from guid.core.summons import WAIT_S, Summons


def test_wish_is_good_for_one_window() -> None:
    summons = Summons()
    assert summons.take(0x11, 5.0) is None
    summons.made(1234, 0x11, now=5.0)
    assert summons.take(0x11, 5.0 + WAIT_S) == 1234
    assert summons.take(0x11, 5.0 + WAIT_S) is None


def test_wish_that_is_old_counts_no_more() -> None:
    summons = Summons()
    summons.made(1234, 0x11, now=5.0)
    assert summons.take(0x11, 5.1 + WAIT_S) is None


def test_wish_ends_when_the_person_goes_elsewhere() -> None:
    summons = Summons()
    summons.made(1234, 0x11, now=5.0)
    assert summons.take(0x12, 5.0) is None


def test_user_time_of_a_window_that_was_asked_for_is_that_of_the_asking() -> None:
    assert user_time_when_mapped(active_elsewhere=True, last_used_ms=7, summoned_ms=9) == 9
    assert user_time_when_mapped(active_elsewhere=True, last_used_ms=7) == NEVER_USED
    assert user_time_when_mapped(active_elsewhere=False, last_used_ms=7) == 7
