"""Both ends together: a click arrives in the window that the person sees there, however the qube's windows lie."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from Xlib import X

from tests.harness.wait import holds_for, wait_until
from tests.integration.both_ends import HEIGHT, WIDTH, BothEnds

pytestmark = pytest.mark.desktop

CLICKS: Final = 40
WINDOWS, POPUPS = 5, 2
HEARD: Final = X.ButtonPressMask | X.ButtonReleaseMask


@pytest.fixture
def ends(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BothEnds]:
    """The parameter, if a test gives one, is the kind of the qube's X server."""
    with BothEnds(tmp_path, kind=getattr(request, "param", "xvfb")) as started:
        yield started


def shown(ends: BothEnds, x: int, y: int, width: int, height: int, **options: Any) -> Any:
    """A window on the desktop that hears clicks."""
    parent = options.pop("transient_for", None)
    window = ends.app.window(width, height, x=x, y=y, **options)
    if parent is not None:
        window.set_wm_transient_for(parent)
    ends.app.map(window)
    window.change_attributes(event_mask=HEARD)
    ends.app.sync()
    ends.outer(window)
    return window


def pressed(ends: BothEnds, kind: int = X.ButtonPress) -> list[tuple[int, int, int]]:
    """What came since the last call: the window and the place in it."""
    found = []
    while ends.app.display.pending_events():
        seen = ends.app.display.next_event()
        if seen.type == kind:
            found.append((int(seen.window.id), seen.event_x, seen.event_y))
    return found


def click_arrives(ends: BothEnds, x: int, y: int) -> tuple[int, int, int]:
    ends.click(x, y)
    heard = wait_until(lambda: pressed(ends), what=f"the click at {x}, {y}")
    assert len(heard) == 1
    return heard[0]


@pytest.mark.parametrize(("ends", "seed"), [("xvfb", 1), ("xvfb", 2), ("xorg", 3)], indirect=["ends"])
def test_every_click_arrives_where_the_person_sees_it(ends: BothEnds, seed: int) -> None:
    """Windows and popups at random places, restacked by the person and by the program."""
    chance = random.Random(seed)

    def place() -> tuple[int, int, int, int]:
        width, height = chance.randrange(150, 500), chance.randrange(120, 400)
        return chance.randrange(WIDTH - width), chance.randrange(40, HEIGHT - height), width, height

    windows = [shown(ends, *place()) for _ in range(WINDOWS)]
    popups = [shown(ends, *place(), override_redirect=True) for _ in range(POPUPS)]
    there = {int(window.id): window for window in [*windows, *popups]}
    clicks = 0
    for _ in range(CLICKS):
        act = chance.randrange(4)
        if act == 0:
            ends.outer(chance.choice(windows)).configure(stack_mode=chance.choice([X.Above, X.Below]))
            ends.desk.sync()
        elif act == 1:
            chance.choice(list(there.values())).configure(stack_mode=chance.choice([X.Above, X.Below]))
            ends.app.sync()
        target = chance.choice(list(there.values()))
        left, top, width, height = ends.content(target)
        x, y = left + chance.randrange(width), top + chance.randrange(height)
        if not (0 <= x < WIDTH and 0 <= y < HEIGHT):
            continue
        ends.point(x, y)
        expected = ends.window_at(x, y)
        if expected is None:
            continue
        got, at_x, at_y = click_arrives(ends, x, y)
        left, top, _, _ = ends.content(there[expected])
        assert (got, at_x, at_y) == (expected, x - left, y - top)
        clicks += 1
    assert clicks > CLICKS // 2


def test_program_that_raises_its_window_does_not_get_the_clicks_of_another(ends: BothEnds) -> None:
    one, two = shown(ends, 100, 100, 300, 200), shown(ends, 200, 150, 300, 200)
    ends.outer(two).configure(stack_mode=X.Above)
    left, top, _, _ = ends.content(two)
    wait_until(lambda: ends.window_at(left + 20, top + 20) == two.id, what="the second window on top")
    assert click_arrives(ends, left + 20, top + 20)[0] == two.id
    one.configure(stack_mode=X.Above)
    ends.app.sync()
    assert click_arrives(ends, left + 20, top + 20)[0] == two.id


def test_menu_stays_above_its_window_when_that_is_pointed_at_beside_it(ends: BothEnds) -> None:
    window = shown(ends, 100, 100, 400, 300)
    left, top, _, _ = ends.content(window)
    menu = shown(ends, left + 200, top + 100, 100, 100, override_redirect=True, transient_for=window)
    assert click_arrives(ends, left + 20, top + 20)[0] == window.id
    order = [int(each.id) for each in ends.app.root.query_tree().children]
    assert order.index(menu.id) > order.index(window.id)
    assert click_arrives(ends, left + 250, top + 150)[0] == menu.id


def test_menu_that_opens_under_a_held_button_is_not_covered_by_its_window(ends: BothEnds) -> None:
    window = shown(ends, 100, 100, 400, 300)
    left, top, _, _ = ends.content(window)
    ends.point(left + 20, top + 20)
    ends.button(X.ButtonPress)
    wait_until(lambda: pressed(ends), what="the press")
    menu = ends.app.window(100, 100, x=left + 200, y=top + 100, override_redirect=True)
    ends.app.map(menu)
    menu.grab_pointer(
        owner_events=1,
        event_mask=HEARD | X.PointerMotionMask,
        pointer_mode=X.GrabModeAsync,
        keyboard_mode=X.GrabModeAsync,
        confine_to=0,
        cursor=0,
        time=X.CurrentTime,
    )
    ends.app.sync()
    ends.outer(menu)
    ends.point(left + 230, top + 130)
    pointer = ends.app.root.query_pointer
    wait_until(lambda: (pointer().root_x, pointer().root_y) == (left + 230, top + 130), what="the pointer")
    holds_for(lambda: pointer().child == menu, 0.2, "the menu under the pointer")
    ends.button(X.ButtonRelease)
    heard = wait_until(lambda: pressed(ends, X.ButtonRelease), what="the release")
    assert heard == [(menu.id, 30, 30)]
