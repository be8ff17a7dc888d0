"""guid/core/lastuse.py: when a disposable qube ends, and when it must not yet."""

from guid.core.lastuse import GRACE_S, RETURN_S, LastUse


def test_program_without_a_window_ends_it() -> None:
    use = LastUse()
    assert not use.over(1000.0)
    use.command_ended(1000.0)
    assert not use.over(1000.0 + GRACE_S / 2)
    assert use.over(1000.0 + GRACE_S)


def test_last_window_ends_it_though_the_program_goes_on() -> None:
    use = LastUse()
    use.windows(10.0, shown=True)
    assert not use.over(1e6)
    use.windows(20.0, shown=False)
    assert not use.over(20.0 + GRACE_S / 2)
    assert use.over(20.0 + GRACE_S)


def test_window_outlives_the_program_that_opened_it() -> None:
    use = LastUse()
    use.windows(10.0, shown=True)
    use.command_ended(11.0)
    assert not use.over(1e6)


def test_splash_that_closes_before_the_window_opens_is_no_end() -> None:
    use = LastUse()
    use.windows(10.0, shown=True)
    use.windows(11.0, shown=False)
    use.windows(11.5, shown=True)
    assert not use.over(1e6)


def test_daemon_that_comes_back_has_time_to_show_the_windows_again() -> None:
    use = LastUse()
    use.windows(10.0, shown=True)
    use.daemon_started(20.0)
    use.windows(20.1, shown=False)
    assert not use.over(20.0 + RETURN_S / 2)
    assert use.over(20.1 + RETURN_S)
