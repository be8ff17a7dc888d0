"""Parts of the desktop's time."""

from hypothesis import given
from hypothesis import strategies as st

from guid.core.pacing import Pacer
from guid.core.sharing import HELD_BACK_S, Shares
from protocol.limits import DESKTOP_WORK_CREDIT_S, DESKTOP_WORK_SHARE
from tests.guid.core.test_pacing import TITLE, spend

NAMES = st.sampled_from(["a", "b", "c", "d"])


@given(st.lists(st.tuples(NAMES, st.booleans())))
def test_shares_of_the_busy_are_equal_and_never_more_than_one_has_alone(events: list[tuple[str, bool]]) -> None:
    shares = Shares()
    known: dict[str, float] = {}
    busy: set[str] = set()
    for name, is_busy in events:
        known |= shares.busy(name, 0.0) if is_busy else shares.idle(name)
        (busy.add if is_busy else busy.discard)(name)
        assert all(known[each] == DESKTOP_WORK_SHARE / len(busy) for each in busy)
        assert all(known.get(each, DESKTOP_WORK_SHARE) == DESKTOP_WORK_SHARE for each in set("abcd") - busy)


def test_held_back_tells_once_of_a_qube_that_never_pauses() -> None:
    shares = Shares()
    shares.busy("a", 0.0)
    shares.busy("a", 1.0)
    shares.busy("b", 1.0)
    assert shares.held_back(HELD_BACK_S - 0.1) == []
    assert shares.held_back(HELD_BACK_S) == ["a"]
    assert shares.held_back(HELD_BACK_S + 0.5) == []
    shares.idle("a")
    shares.busy("a", 10.0)
    assert shares.held_back(10.0 + HELD_BACK_S) == ["b", "a"]


def test_three_floods_together_get_no_more_than_one_alone() -> None:
    """Three pacers, told by the shares as their daemons would be; in steps of 1 ms."""
    shares, pacers = Shares(), {name: Pacer(0.0) for name in "abc"}
    titles = 0
    for step in range(10_000):
        now = step / 1000
        for name, pacer in pacers.items():
            if pacer.wait_s(now) == 0:
                titles += spend(pacer, TITLE)
            changed = pacer.busy_changed(now)
            if changed is not None:
                for each, share in (shares.busy(name, now) if changed else shares.idle(name)).items():
                    pacers[each].share = share
    allowed_us = (3 * DESKTOP_WORK_CREDIT_S + 10 * DESKTOP_WORK_SHARE) * 1e6
    assert titles * 300 < 1.05 * allowed_us


def test_pacer_is_busy_from_its_last_credit_until_it_has_all_again() -> None:
    pacer = Pacer(0.0)
    assert pacer.busy_changed(0.0) is None
    spend(pacer, TITLE)
    assert pacer.busy_changed(0.0) is True
    assert pacer.busy_changed(0.0) is None
    assert pacer.busy_changed(0.05) is None
    assert pacer.busy_changed(1.0) is False
    assert pacer.busy_changed(2.0) is None
