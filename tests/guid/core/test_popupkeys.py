"""guid/core/popupkeys.py: which popup has the keyboard, whatever qube and person do."""

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from guid.core.geometry import Rect
from guid.core.popupkeys import ESCAPE_S, NEAR_PX, TYPING_S, WISH_S, PopupKeys, Watch
from guid.core.values import RemoteId

ICON, MENU, OTHER = Rect(100, 700, 24, 24), RemoteId(1), RemoteId(2)
ABOVE = Rect(90, 600, 120, 90)
CLICKED_MS = 1_000


def with_menu(now: float = 0.0) -> PopupKeys:
    """A menu that has the keys since `now`."""
    keys = PopupKeys()
    keys.icon_clicked(ICON, CLICKED_MS, now)
    assert keys.shown(MENU, ABOVE, 1, now)
    assert keys.begins(MENU, 1, now) is not None
    return keys


def test_popup_of_a_click_has_the_keys_with_the_clicks_own_time() -> None:
    typing = with_menu().typing
    assert typing is not None
    assert (typing.window, typing.time_ms) == (MENU, CLICKED_MS)


def test_nothing_is_heard_of_the_person_while_there_is_no_popup_and_no_click() -> None:
    keys = PopupKeys()
    watched = [keys.watch]
    keys.shown(OTHER, ABOVE, 1, 0)
    watched.append(keys.watch)
    keys.hidden(OTHER)
    watched.append(keys.watch)
    keys.icon_clicked(ICON, CLICKED_MS, 0)
    watched.append(keys.watch)
    keys.due(WISH_S)
    watched.append(keys.watch)
    assert watched == [Watch.NOTHING, Watch.BUTTONS, Watch.NOTHING, Watch.KEYS | Watch.BUTTONS, Watch.NOTHING]


def test_popup_that_comes_late_has_no_keys() -> None:
    for late, entitled in ((WISH_S - 0.01, True), (WISH_S, False)):
        keys = PopupKeys()
        keys.icon_clicked(ICON, CLICKED_MS, 0)
        assert keys.shown(MENU, ABOVE, 1, late) is entitled


def test_what_happens_while_the_focus_is_asked_for_counts() -> None:
    happenings: tuple[Callable[[PopupKeys], None], ...] = (
        lambda keys: keys.key_pressed(0, escape=False),
        lambda keys: keys.clicked_elsewhere(),
        lambda keys: keys.hidden(MENU),
        lambda keys: keys.placed(MENU, Rect(90, 600, 4, 4), 1),
    )
    for happens in happenings:
        keys = PopupKeys()
        keys.icon_clicked(ICON, CLICKED_MS, 0)
        assert keys.shown(MENU, ABOVE, 1, 0)
        happens(keys)
        assert keys.begins(MENU, 1, 0) is None
        assert keys.typing is None


def test_popup_must_be_near_by_the_desktops_scale() -> None:
    gap = Rect(90, ICON.y - NEAR_PX - 90, 120, 90)
    for unit, entitled in ((1, False), (2, True)):
        keys = PopupKeys()
        keys.icon_clicked(ICON, CLICKED_MS, 0)
        assert keys.shown(MENU, gap, unit, 0) is entitled


def test_keys_end_after_a_minute_however_much_is_typed() -> None:
    keys = with_menu()
    keys.key_pressed(TYPING_S - 1, escape=False)
    assert keys.wait_s(TYPING_S - 1) == 1
    keys.due(TYPING_S - 0.01)
    assert keys.typing is not None
    keys.due(TYPING_S)
    assert keys.typing is None


def test_escape_ends_them_unless_something_closes() -> None:
    keys = with_menu()
    keys.shown(OTHER, ABOVE, 1, 0)
    keys.key_pressed(1, escape=True)
    keys.hidden(OTHER)
    keys.due(1 + ESCAPE_S)
    assert keys.typing is not None
    keys.key_pressed(2, escape=True)
    keys.key_pressed(2 + ESCAPE_S / 2, escape=True)  # a second one does not put it off
    assert keys.wait_s(2 + ESCAPE_S / 2) == ESCAPE_S / 2
    keys.due(2 + ESCAPE_S)
    assert keys.typing is None


QUBES_OWN = st.one_of(
    st.tuples(st.just("shown"), st.sampled_from([MENU, OTHER]), st.sampled_from([ABOVE, Rect(0, 0, 5, 5)])),
    st.tuples(st.just("placed"), st.sampled_from([MENU, OTHER]), st.sampled_from([ABOVE, Rect(0, 0, 5, 5)])),
    st.tuples(st.just("hidden"), st.sampled_from([MENU, OTHER]), st.just(ABOVE)),
)


@given(st.lists(st.tuples(st.floats(0, 100), QUBES_OWN)), st.booleans())
def test_no_act_of_the_qube_gets_it_keys(acts: list[tuple[float, tuple[str, RemoteId, Rect]]], clicked: bool) -> None:  # noqa: FBT001
    """Without a click never; and with one only once, soon, and only for as long as `TYPING_S`."""
    keys = PopupKeys()
    if clicked:
        keys.icon_clicked(ICON, CLICKED_MS, 0)
    begun = 0
    for now, (what, window, place) in sorted(acts, key=lambda each: each[0]):
        keys.due(now)
        if what == "shown" and keys.shown(window, place, 1, now):
            begun += keys.begins(window, 1, now) is not None
        elif what == "placed":
            keys.placed(window, place, 1)
        elif what == "hidden":
            keys.hidden(window)
        assert keys.typing is None or now < WISH_S + TYPING_S
        assert keys.typing is None or clicked
    assert begun <= clicked


def test_click_elsewhere_is_told_outside_all_popups_and_on_the_screen() -> None:
    root = Rect(0, 0, 1024, 768)
    for menu, told in (
        (ABOVE, (89, 599)),
        (Rect(0, 600, 120, 90), (220, 599)),
        (Rect(90, 0, 120, 90), (89, 100)),
        (Rect(0, 0, 120, 90), (220, 100)),
        (Rect(0, 0, 1024, 768), (-1, -1)),
    ):
        keys = PopupKeys()
        keys.shown(MENU, menu, 1, 0)
        keys.shown(OTHER, menu._replace(x=menu.x + 100, y=menu.y + 10), 1, 0)
        assert keys.beside(root) == told
