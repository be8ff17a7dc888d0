"""guid/core/banner.py: what a qube does never shortens the time that its banner is shown, but giving up fullscreen."""

from hypothesis import given
from hypothesis import strategies as st

from guid.core.banner import BANNER_S, BannerTime
from guid.core.values import RemoteId

A, B = RemoteId(1), RemoteId(2)


def shown(banner: BannerTime, now: float) -> RemoteId | None:
    banner.due(now)
    return banner.over


def test_banner_is_shown_on_entering_for_its_time() -> None:
    banner = BannerTime()
    assert banner.wait_s(0.0) is None
    banner.entered(A, 10.0, own=True)
    assert (shown(banner, 11.0), banner.wait_s(11.0)) == (A, BANNER_S - 1)
    assert shown(banner, 10.0 + BANNER_S - 0.001) == A
    assert shown(banner, 10.0 + BANNER_S) is None
    banner.entered(A, 30.0, own=True)
    assert shown(banner, 30.0) is None, "it is fullscreen still"


def test_banner_comes_back_when_the_pointer_touches_the_top() -> None:
    banner = BannerTime()
    banner.touched(A, 0.0)
    assert shown(banner, 0.0) is None, "nothing is fullscreen"
    banner.entered(A, 0.0, own=True)
    assert shown(banner, BANNER_S) is None
    banner.touched(A, 20.0)
    assert shown(banner, 20.0) == A
    banner.left(A, 21.0)
    assert shown(banner, 21.0) is None


def test_banner_of_a_window_that_the_person_made_fullscreen_waits_for_the_pointer() -> None:
    banner = BannerTime()
    banner.entered(A, 10.0, own=False)
    assert shown(banner, 10.0) is None
    banner.touched(A, 12.0)
    assert shown(banner, 12.0) == A


@given(st.lists(st.tuples(st.sampled_from(["entered", "left", "touched", "due"]), st.sampled_from([A, B]))))
def test_banner_of_a_window_that_stays_fullscreen_is_shown_for_its_time(steps: list[tuple[str, RemoteId]]) -> None:
    banner, now, since = BannerTime(), 0.0, dict[RemoteId, float]()
    for step, window in steps:
        now += 1.0
        if step == "entered":
            since.setdefault(window, now)
            banner.entered(window, now, own=True)
        elif step == "left":
            since.pop(window, None)
            banner.left(window, now)
        elif step == "touched":
            banner.touched(window, now)
        else:
            banner.due(now)
        assert banner.over is None or banner.over in since
        if any(now < each + BANNER_S for each in since.values()):
            assert banner.over is not None
