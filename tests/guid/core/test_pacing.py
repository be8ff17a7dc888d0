"""What one qube may make the desktop do: credit, debt and waiting, by a clock that the test holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guid.core import effects as fx
from guid.core.geometry import Extents, Rect
from guid.core.pacing import COSTS_US, LOOK_US, MAP_EACH_WINDOW_US, MAP_US, Pacer, Reconnects, Windows
from guid.core.values import Image, Kind, RemoteId
from protocol import limits
from shm.runs import Run
from tests.guid.core.talk import Talk

WINDOW = RemoteId(7)
TITLE = fx.SetTitle(WINDOW, "title")
CREDIT_US = limits.DESKTOP_WORK_CREDIT_S * 1e6


def windows_of(count: int = 1, content: tuple[int, int, int, int] = (0, 0, 300, 200)) -> Windows:
    """So many, of which the first is WINDOW."""
    talk = Talk()
    for number in range(count):
        talk.create(WINDOW + number, content)
    return talk.session.windows


def spend(pacer: Pacer, effect: fx.Effect, *, windows: int = 1) -> int:
    """Charge `effect` until the credit is gone; how often that went."""
    count, there = 0, windows_of(windows)
    while not pacer.spent:
        pacer.charge([effect], there)
        count += 1
    return count


def test_pacer_new_lets_one_window_be_mapped_at_once() -> None:
    pacer = Pacer(100.0)
    pacer.charge([fx.CreateWindow(WINDOW, Kind.MANAGED, Rect(0, 0, 9, 9), Extents(3, 3, 3, 3)), TITLE], windows_of())
    pacer.charge([fx.MapWindow(WINDOW, Kind.MANAGED)], windows_of())
    assert not pacer.spent
    assert pacer.wait_s(100.0) == 0


def test_pacer_flood_of_titles_is_held_to_its_share() -> None:
    pacer, now, done = Pacer(0.0), 0.0, 0
    while now < 10.0:
        done += spend(pacer, TITLE)
        now += pacer.wait_s(now)
        assert pacer.wait_s(now) == 0
    allowed = (CREDIT_US + 10e6 * limits.DESKTOP_WORK_SHARE) / COSTS_US[fx.SetTitle]
    assert 0.99 * allowed < done < 1.01 * allowed


def test_pacer_long_silence_earns_no_more_than_the_credit() -> None:
    pacer = Pacer(0.0)
    first = spend(pacer, TITLE)
    assert pacer.wait_s(1e6) == 0
    assert spend(pacer, TITLE) == first


def test_pacer_clock_that_goes_back_takes_no_credit() -> None:
    pacer = Pacer(50.0)
    assert pacer.wait_s(10.0) == 0
    assert not pacer.spent


def test_pacer_mapping_costs_more_with_every_window() -> None:
    few, many = Pacer(0.0), Pacer(0.0)
    effect = fx.MapWindow(WINDOW, Kind.MANAGED)
    assert spend(few, effect, windows=1) == -(-CREDIT_US // (MAP_US + MAP_EACH_WINDOW_US))
    assert spend(many, effect, windows=400) == 1


@pytest.mark.parametrize(
    "effect",
    [
        fx.MapWindow(WINDOW, Kind.MANAGED),
        fx.MapWindow(WINDOW, Kind.POPUP),
        fx.MoveResize(WINDOW, Rect(0, 0, 16384, 6144)),
        fx.ChangeKind(WINDOW, Kind.MANAGED, Rect(0, 0, 16384, 6144), Extents(3, 3, 3, 3)),
    ],
)
def test_pacer_size_counts_where_a_compositor_would_need_memory_for_it(effect: fx.Effect) -> None:
    """200 ms of the X server's time for the largest: paid for before there is another."""
    pacer = Pacer(0.0)
    pacer.charge([effect], windows_of(content=(0, 0, 16384, 6144)))
    assert 0.35 < pacer.wait_s(0.0) < 0.5


def test_pacer_a_window_as_large_as_a_common_screen_costs_no_more_than_a_small_one() -> None:
    pacer, effect = Pacer(0.0), fx.MapWindow(WINDOW, Kind.POPUP)
    small = spend(pacer, effect)
    pacer, there = Pacer(0.0), windows_of(content=(0, 0, 1900, 1000))
    for _ in range(small - 1):
        pacer.charge([effect], there)
    assert not pacer.spent


def test_pacer_drawing_is_free() -> None:
    pacer = Pacer(0.0)
    pacer.charge([fx.UseImage(WINDOW, Image(64, 64, (Run(0, 4),)), b""), fx.Send(b"x")], {})
    assert not pacer.take_charged()


def test_pacer_scattered_picture_is_charged_once() -> None:
    pacer = Pacer(0.0)
    runs = tuple(Run(2 * page, 1) for page in range(limits.MAX_RUNS_DRAWN + 1))
    pacer.charge([fx.UseImage(WINDOW, Image(64, 64, runs), b"")], {})
    assert pacer.take_charged()
    assert not pacer.take_charged()


@given(st.lists(st.sampled_from(sorted(COSTS_US, key=lambda kind: kind.__name__)), min_size=1, max_size=50))
def test_pacer_waiting_as_long_as_it_says_always_suffices(kinds: list[type[fx.Effect]]) -> None:
    pacer, now = Pacer(0.0), 0.0
    for kind in kinds:
        pacer.charge([kind._make([None] * len(kind._fields))], {})
        wait_s = pacer.wait_s(now)
        assert 0 <= wait_s < 10
        now += wait_s
        assert pacer.wait_s(now) == 0
        assert not pacer.spent


def test_reconnects_that_do_not_last_come_slower_up_to_the_limit() -> None:
    reconnects = Reconnects()
    waits = [reconnects.ended(0.01) for _ in range(12)]
    assert waits[0] == limits.RECONNECT_INTERVAL_S
    assert waits == sorted(waits)
    assert waits[-1] == limits.MAX_RECONNECT_INTERVAL_S


def test_reconnects_one_that_lasted_makes_the_next_quick() -> None:
    reconnects = Reconnects()
    for _ in range(12):
        reconnects.ended(0.01)
    assert reconnects.ended(limits.RECONNECT_LASTING_S) == limits.RECONNECT_INTERVAL_S


def test_pacer_makes_a_qube_wait_for_what_is_done_without_its_messages() -> None:
    pacer = Pacer(0.0)
    for _ in range(int(CREDIT_US) // LOOK_US):
        assert not pacer.spent
        pacer.spend(LOOK_US)
    assert pacer.spent
    assert pacer.wait_s(0.0) > 0
