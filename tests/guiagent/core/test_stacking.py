"""The qube's stack."""

from hypothesis import given
from hypothesis import strategies as st

from guiagent.core.effects import Effect, RaiseWindow
from guiagent.core.stacking import Stacking
from guiagent.core.values import Facts, Geometry, Properties, WindowId
from guiagent.core.window import Window

MAIN, DIALOG, NESTED, OTHER, MENU, SUBMENU = map(WindowId, range(1, 7))
ALL = Geometry(0, 0, 100, 100)
CORNER = Geometry(0, 0, 10, 10)
FAR, NEAR = (50, 50), (5, 5)


class Shown:
    """Windows that are mapped in the order in which they are given."""

    def __init__(self, *windows: Window) -> None:
        self.windows = {window.window: window for window in windows}
        self.stacking = Stacking(self.windows)
        for window in windows:
            self.stacking.shown(window.window)


def a_window(window: WindowId, place: Geometry = ALL, *, popup: bool = False, transient_for: int = 0) -> Window:
    properties = Properties(transient_for=transient_for)
    return Window.of(Facts(window, place, 24, override_redirect=popup, mapped=True, properties=properties))


def raised(effects: list[Effect]) -> list[int]:
    return [effect.window for effect in effects if isinstance(effect, RaiseWindow)]


def a_scene() -> Shown:
    return Shown(
        a_window(MAIN),
        a_window(DIALOG, CORNER, transient_for=MAIN),
        a_window(NESTED, CORNER, transient_for=DIALOG),
        a_window(OTHER),
        a_window(MENU, CORNER, popup=True),
        a_window(SUBMENU, CORNER, popup=True),
    )


def test_window_comes_with_its_dialogs_and_all_popups_above_it() -> None:
    assert raised(a_scene().stacking.seen(MAIN, FAR)) == [MAIN, DIALOG, NESTED, MENU, SUBMENU]
    assert raised(a_scene().stacking.raised(OTHER)) == [OTHER, MENU, SUBMENU]


def test_what_would_cover_the_place_stays_below() -> None:
    assert raised(a_scene().stacking.seen(MAIN, NEAR)) == [MAIN]


def test_nothing_is_done_twice() -> None:
    stacking = a_scene().stacking
    stacking.seen(MAIN, FAR)
    assert stacking.seen(MAIN, (60, 60)) == []
    assert stacking.raised(MAIN) == []
    assert raised(stacking.seen(MAIN, NEAR)) == [MAIN]
    assert stacking.seen(MAIN, (60, 60)) == []


def test_button_is_not_pressed_on_what_is_known_alone() -> None:
    stacking = a_scene().stacking
    stacking.seen(MAIN, FAR)
    assert raised(stacking.seen(MAIN, FAR, surely=True)) == [MAIN, DIALOG, NESTED, MENU, SUBMENU]


def test_above_a_popup_there_are_newer_ones_alone() -> None:
    scene = a_scene()
    assert raised(scene.stacking.seen(MENU, FAR)) == [MENU, SUBMENU]
    assert raised(scene.stacking.seen(SUBMENU, FAR)) == [SUBMENU]
    scene.stacking.shown(MENU)
    scene.stacking.unknown()
    assert raised(scene.stacking.seen(SUBMENU, FAR)) == [SUBMENU, MENU]


def test_window_that_restacks_itself_makes_the_stack_unknown() -> None:
    stacking = a_scene().stacking
    stacking.seen(MAIN, FAR)
    for own in (MAIN, DIALOG, MENU):
        stacking.changed(own)
        assert stacking.seen(MAIN, FAR) == []
    stacking.changed(OTHER)
    assert raised(stacking.seen(MAIN, FAR))[0] == MAIN


def test_hidden_window_is_not_raised() -> None:
    scene = a_scene()
    scene.stacking.hidden(MENU)
    scene.stacking.hidden(DIALOG)
    assert raised(scene.stacking.raised(MAIN)) == [MAIN, SUBMENU]


def test_ring_of_dialogs_ends() -> None:
    scene = Shown(a_window(MAIN, transient_for=DIALOG), a_window(DIALOG, transient_for=MAIN))
    assert raised(scene.stacking.raised(MAIN)) == [MAIN, DIALOG]
    assert raised(scene.stacking.raised(DIALOG)) == [DIALOG, MAIN]


places = st.builds(Geometry, st.integers(0, 20), st.integers(0, 20), st.integers(1, 30), st.integers(1, 30))
points = st.tuples(st.integers(0, 40), st.integers(0, 40))
identifiers = st.integers(0, 5).map(WindowId)
windows = st.builds(a_window, st.just(WindowId(0)), places, popup=st.booleans(), transient_for=st.integers(0, 5))
steps = st.one_of(
    st.tuples(st.just("seen"), identifiers, points),
    st.tuples(st.just("pressed"), identifiers, points),
    st.tuples(st.just("focused"), identifiers, points),
    st.tuples(st.just("raises itself"), identifiers, points),
    st.tuples(st.just("lowers itself"), identifiers, points),
)


@given(st.lists(windows, min_size=6, max_size=6), st.lists(steps, max_size=30))
def test_seen_window_is_the_uppermost_at_its_place(
    drawn: list[Window], walk: list[tuple[str, WindowId, tuple[int, int]]]
) -> None:
    """X is told of nothing but the effects, and tells of what programs do; a stack beside it is the judge."""
    for number, each in enumerate(drawn):
        each.window = WindowId(number)
    scene = Shown(*drawn)
    stack = list(scene.windows)

    def carry_out(effects: list[Effect]) -> None:
        for lifted in map(WindowId, raised(effects)):
            stack.remove(lifted)
            stack.append(lifted)
            scene.stacking.changed(lifted)

    for what, window, at in walk:
        if what in ("raises itself", "lowers itself"):
            stack.remove(window)
            stack.insert(len(stack) if what == "raises itself" else 0, window)
            scene.stacking.changed(window)
            continue
        if what == "focused":
            carry_out(scene.stacking.raised(window))
            continue
        carry_out(scene.stacking.seen(window, at, surely=what == "pressed"))
        if what == "pressed":
            over = stack[stack.index(window) + 1 :]
            assert not [other for other in over if covers(scene.windows[other].place.whole, at)]


def covers(place: Geometry, at: tuple[int, int]) -> bool:
    return place.x <= at[0] < place.x + place.width and place.y <= at[1] < place.y + place.height
