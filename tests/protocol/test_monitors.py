"""What a legal layout of MONITORS is, and that it comes back from the wire as it was."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.codec import decode, encode, tail_of
from protocol.formats import Monitors
from protocol.limits import MAX_MONITOR_MM, MAX_MONITORS, MAX_ROOT_PX
from protocol.messages import MessageType
from protocol.monitors import Area, Monitor, MonitorLayout, layout_fields, layout_of, layout_tail, plain_layout

LEFT, RIGHT = Monitor(0, 0, 1920, 1080, 508, 286), Monitor(1920, 0, 1080, 1000, 286, 265)
BOTH = MonitorLayout(3000, 1080, Area(0, 24, 3000, 1056), 1, (LEFT, RIGHT))


def back(layout: MonitorLayout) -> MonitorLayout | None:
    message = encode(MessageType.MONITORS, 0, *layout_fields(layout), tail=layout_tail(layout))
    body = decode(MessageType.MONITORS, message[12:])
    assert isinstance(body, Monitors)
    return layout_of(body, tail_of(MessageType.MONITORS, message[12:]))


def test_layout_comes_back_as_it_was() -> None:
    assert back(BOTH) == BOTH


def test_most_monitors_come_back_and_may_lie_upon_each_other() -> None:
    many = BOTH._replace(monitors=(LEFT,) * MAX_MONITORS)
    assert back(many) == many


@dataclass
class Bad:
    name: str
    changed: dict[str, object]


BAD = [
    Bad("no screen", {"width": 0}),
    Bad("no height", {"height": 0}),
    Bad("wider than X", {"width": MAX_ROOT_PX + 1}),
    Bad("no monitor", {"monitors": ()}),
    Bad("too many", {"monitors": (LEFT,) * (MAX_MONITORS + 1)}),
    Bad("primary is none", {"primary": 2}),
    Bad("primary before the first", {"primary": -1}),
    Bad("no work area", {"work_area": Area(0, 0, 3000, 0)}),
    Bad("work area off the screen", {"work_area": Area(1, 0, 3000, 1080)}),
    Bad("work area left of it", {"work_area": Area(-1, 0, 100, 100)}),
    Bad("a monitor off the screen", {"monitors": (LEFT, RIGHT._replace(x=1921))}),
    Bad("a monitor without a side", {"monitors": (LEFT, RIGHT._replace(width=0))}),
    Bad("no mm", {"monitors": (LEFT, RIGHT._replace(height_mm=0))}),
    Bad("too many mm", {"monitors": (LEFT, RIGHT._replace(width_mm=MAX_MONITOR_MM + 1))}),
]


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.name)
def test_layout_that_no_desktop_has_is_not_legal(bad: Bad) -> None:
    assert BOTH.is_legal()
    assert not BOTH._replace(**bad.changed).is_legal()  # type: ignore[arg-type]


def test_plain_layout_is_one_monitor_of_the_size_of_the_screen() -> None:
    assert plain_layout(960, 480, 96).monitors == (Monitor(0, 0, 960, 480, 254, 127),)


@given(st.integers(1, MAX_ROOT_PX), st.integers(1, MAX_ROOT_PX), st.integers(48, 768))
def test_plain_layout_is_legal(width: int, height: int, dpi: int) -> None:
    assert plain_layout(width, height, dpi).is_legal()


WORD = st.integers(0, 2**32 - 1)


@given(st.lists(WORD, min_size=7, max_size=7), st.lists(WORD, max_size=96))
def test_any_words_are_a_legal_layout_or_none(words: list[int], monitors: list[int]) -> None:
    many = len(monitors) // 6
    tail = b"".join(word.to_bytes(4, "little") for word in monitors[: 6 * many])
    found = layout_of(Monitors._make([*words, many]), tail)
    assert found is None or found.is_legal()
