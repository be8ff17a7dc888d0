"""guid/core/docking.py: which icon is in which tray, whatever trays do."""

from hypothesis import given
from hypothesis import strategies as st

from guid.core.docking import AskTray, Docking, FindTray, RenewIcon, ShowIcon, Step
from guid.core.values import RemoteId

W1, W2 = RemoteId(0x100001), RemoteId(0x100002)
TRAY, OTHER = 0x400001, 0x500001


def with_icon_inside() -> Docking:
    docking = Docking()
    assert docking.wanted(W1) == [FindTray()]
    assert docking.tray_is(TRAY) == [AskTray(W1, TRAY)]
    assert docking.taken_in(W1) == [ShowIcon(W1)]
    return docking


def test_icon_waits_for_a_tray_and_then_asks_it() -> None:
    docking = Docking()
    assert docking.wanted(W1) == [FindTray()]
    assert docking.tray_is(None) == []
    assert docking.tray_begins() == [FindTray()]
    assert docking.tray_is(TRAY) == [AskTray(W1, TRAY)]
    assert docking.wanted(W2) == [AskTray(W2, TRAY)]


def test_tray_that_says_again_that_it_is_there_is_not_asked_again() -> None:
    docking = with_icon_inside()
    docking.wanted(W2)  # asked, and not inside yet
    assert docking.tray_begins() == [FindTray()]
    assert docking.tray_is(TRAY) == []


def test_tray_that_dies_gives_icons_new_outers_and_the_next_one_is_asked_even_under_the_same_id() -> None:
    for destroyed in (False, True):
        docking = with_icon_inside()
        docking.wanted(W2)
        assert docking.put_out(W1, destroyed=destroyed) == [RenewIcon(W1, destroyed)]
        docking.tray_ends(TRAY)
        assert docking.tray_begins() == [FindTray()]
        assert docking.tray_is(TRAY) == [AskTray(W1, TRAY), AskTray(W2, TRAY)]


def test_tray_that_puts_an_icon_out_is_not_asked_until_a_tray_begins() -> None:
    docking = with_icon_inside()
    assert docking.put_out(W1) == [RenewIcon(W1)]
    assert docking.tray_is(TRAY) == []
    docking.tray_begins()
    assert docking.tray_is(TRAY) == [AskTray(W1, TRAY)]


def test_icons_are_taken_away_from_a_tray_that_is_none_any_more() -> None:
    docking = with_icon_inside()
    docking.wanted(W2)
    docking.tray_begins()
    steps = docking.tray_is(OTHER)
    assert steps == [RenewIcon(W1), RenewIcon(W2), AskTray(W1, OTHER), AskTray(W2, OTHER)]


def test_end_of_another_window_means_nothing() -> None:
    docking = with_icon_inside()
    docking.tray_ends(OTHER)
    assert docking.tray == TRAY


def test_what_is_no_icon_or_not_wanted_brings_no_steps() -> None:
    docking = with_icon_inside()
    docking.unwanted(W1)
    assert docking.put_out(W1) == docking.taken_in(W1) == docking.put_out(W2) == []
    assert docking.tray_begins() == []


EVENTS = st.one_of(
    st.tuples(st.sampled_from(["wanted", "unwanted", "taken_in", "put_out", "lost"]), st.sampled_from([W1, W2])),
    st.tuples(st.sampled_from(["tray_is", "tray_ends"]), st.sampled_from([TRAY, OTHER])),
    st.just(("no_tray", 0)),
    st.just(("tray_begins", 0)),
)


@given(st.lists(EVENTS, max_size=40))
def test_outer_is_never_asked_into_a_tray_twice(events: list[tuple[str, int]]) -> None:
    docking = Docking()
    asked: set[int] = set()

    def do(steps: list[Step]) -> None:
        for step in steps:
            if isinstance(step, AskTray):
                assert step.tray == docking.tray
                assert step.window not in asked, "the same outer in two trays"
                asked.add(step.window)
            elif isinstance(step, RenewIcon):
                asked.discard(step.window)

    for name, value in events:
        window = RemoteId(value)
        if name == "wanted":
            asked.discard(window)  # it has a new outer
            do(docking.wanted(window))
        elif name == "unwanted":
            docking.unwanted(window)
            asked.discard(window)
        elif name == "taken_in":
            do(docking.taken_in(window))
        elif name in ("put_out", "lost"):
            do(docking.put_out(window, destroyed=name == "lost"))
        elif name == "tray_begins":
            do(docking.tray_begins())
        elif name == "tray_ends":
            docking.tray_ends(value)
        else:
            do(docking.tray_is(value or None))
