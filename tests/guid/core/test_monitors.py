"""guid/core/monitors.py: which monitors a qube is told of, whatever RandR says; and when."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guid.core import effects as fx
from guid.core.geometry import Rect
from guid.core.monitors import SeenMonitor, first_dpi, told_layout
from guid.core.policy import Desktop
from protocol.codec import decode, tail_of
from protocol.extensions import Feature
from protocol.formats import Monitors
from protocol.framing import FrameReader
from protocol.limits import MAX_MONITORS, MAX_ROOT_PX
from protocol.messages import MessageType as M
from protocol.messages import Role
from protocol.monitors import Area, Monitor, MonitorLayout, layout_of
from tests.guid.core.talk import Talk

ROOT = Rect(0, 0, 3000, 1080)
DESKTOP = Desktop(ROOT, Rect(0, 24, 3000, 1056))
LEFT = SeenMonitor(Rect(0, 0, 1920, 1080), 508, 286, primary=False)
RIGHT = SeenMonitor(Rect(1920, 0, 1080, 1000), 137, 127, primary=True)
TOLD = MonitorLayout(
    *(3000, 1080, Area(0, 24, 3000, 1056), 1),
    (Monitor(0, 0, 1920, 1080, 508, 286), Monitor(1920, 0, 1080, 1000, 137, 127)),
)


def test_monitors_are_told_as_they_are() -> None:
    assert told_layout(DESKTOP, (LEFT, RIGHT)) == TOLD


@pytest.mark.parametrize(
    ("mm", "density"),
    [((508, 286), 96), ((500, 280), 96), ((345, 194), 150), ((260, 146), 200), ((160, 90), 300), ((0, 0), 96)],
)
def test_size_is_told_in_steps(mm: tuple[int, int], density: int) -> None:
    """Else it would tell one person's monitor from another's."""
    (monitor,) = told_layout(DESKTOP, [LEFT._replace(width_mm=mm[0], height_mm=mm[1])]).monitors
    assert monitor.width_mm == round(1920 * 25.4 / density)
    assert monitor.height_mm == round(1080 * 25.4 / density)


def test_part_beside_the_screen_is_cut_off_and_one_monitor_is_told_once() -> None:
    beside = SeenMonitor(Rect(3000, 0, 10, 10), 10, 10, primary=True)
    over = LEFT._replace(rect=Rect(-100, 0, 2020, 1080), width_mm=534)
    told = told_layout(DESKTOP, (beside, over, LEFT._replace(primary=True), RIGHT._replace(primary=False)))
    assert told == TOLD._replace(primary=0)


def test_no_monitor_is_one_as_large_as_the_screen() -> None:
    told = told_layout(DESKTOP, ())
    assert told.monitors == (Monitor(0, 0, 3000, 1080, 794, 286),)
    assert told.work_area == TOLD.work_area


def test_most_monitors_are_told_and_no_more() -> None:
    many = [LEFT._replace(rect=Rect(number, 0, 10, 10)) for number in range(MAX_MONITORS + 1)]
    assert len(told_layout(DESKTOP, many).monitors) == MAX_MONITORS


SIDE, PLACE = st.integers(1, MAX_ROOT_PX), st.integers(-MAX_ROOT_PX, MAX_ROOT_PX)
SEEN = st.builds(
    SeenMonitor,
    st.builds(Rect, PLACE, PLACE, SIDE, SIDE),
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**32 - 1),
    st.booleans(),
)
DESKTOPS = st.builds(lambda width, height: Desktop(Rect(0, 0, width, height), Rect(0, 0, width, height)), SIDE, SIDE)


@given(DESKTOPS, st.lists(SEEN, max_size=20))
def test_whatever_is_seen_a_legal_layout_is_told(desktop: Desktop, seen: list[SeenMonitor]) -> None:
    assert told_layout(desktop, seen).is_legal()


def test_density_is_the_primary_monitors() -> None:
    assert first_dpi((LEFT, RIGHT)) == pytest.approx(200, abs=1)
    assert first_dpi((LEFT, RIGHT._replace(primary=False))) == pytest.approx(96, abs=1)
    assert first_dpi((RIGHT._replace(width_mm=0),)) is None
    assert first_dpi((RIGHT._replace(width_mm=10),)) is None
    assert first_dpi(()) is None


def layouts(effects: Sequence[fx.Effect]) -> list[MonitorLayout | None]:
    reader = FrameReader(Role.AGENT)
    for effect in effects:
        assert isinstance(effect, fx.Send)
        reader.receive(effect.message)
    found: list[MonitorLayout | None] = []
    for frame in reader.frames():
        body = decode(frame.type, frame.untrusted_body)
        assert isinstance(body, Monitors)
        found.append(layout_of(body, tail_of(frame.type, frame.untrusted_body)))
    return found


def test_agent_that_agreed_is_told_once_and_again_when_it_changes() -> None:
    talk = Talk()
    told = talk.session.surroundings.monitors
    assert told.show(TOLD) == []
    assert layouts(talk.say(M.EXT_HELLO, 0, 1, Feature.MONITORS)) == [TOLD]
    assert told.show(TOLD) == []
    other = TOLD._replace(primary=0)
    assert layouts(told.show(other)) == [other]


def test_agent_that_named_nothing_is_told_nothing() -> None:
    talk = Talk()
    talk.session.surroundings.monitors.show(TOLD)
    assert talk.say(M.EXT_HELLO, 0, 1, Feature.KEYBOARD) == []
    assert talk.session.surroundings.monitors.show(TOLD._replace(primary=0)) == []
