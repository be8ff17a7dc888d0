"""guid/core/attention.py: what the panel means by a key, whatever happens to the qubes meanwhile."""

from guid.core.attention import NO_FOCUS, Deed, Focus, Held, Key, Panel, Row, Whose, rows_in

WORK, WEB, OLD = (
    Row("work", "blue", 0x3465A4, "running"),
    Row("web", "red", 0xCC0000, "running", hidden=True, paused=True),
    Row("old", "green", 0x73D216, "violated"),
)
ROWS = (WORK, WEB, OLD)
ON_WEB = Focus(Whose.QUBE, "web", "a title")


def chosen(panel: Panel) -> str:
    return panel.chosen.name if panel.chosen is not None else ""


def test_panel_means_the_qube_that_has_the_focus() -> None:
    panel = Panel(ROWS, ON_WEB)
    assert (panel.owner, panel.chosen) == (WEB, WEB)
    assert panel.press(Key.HIDE) == Deed("show", "web")
    assert panel.press(Key.PAUSE) == Deed("resume", "web")
    panel = Panel(ROWS, NO_FOCUS)
    assert (panel.owner, panel.chosen) == (None, WORK)
    assert panel.press(Key.HIDE) == Deed("hide", "work")
    assert panel.press(Key.PAUSE) == Deed("pause", "work")


def test_arrows_go_round_and_leave_the_owner_as_it_is() -> None:
    panel = Panel(ROWS, ON_WEB)
    for key, name in ((Key.DOWN, "old"), (Key.DOWN, "work"), (Key.UP, "old"), (Key.UP, "web")):
        assert panel.press(key) is None
        assert chosen(panel) == name
        assert panel.owner == WEB


def test_stop_wants_to_be_pressed_twice_in_a_row() -> None:
    panel = Panel(ROWS, ON_WEB)
    assert panel.press(Key.STOP) is None
    assert panel.asking
    assert "web" in panel.said
    assert panel.press(Key.STOP) == Deed("stop", "web")
    assert panel.press(Key.STOP) is None
    assert panel.press(Key.PAUSE) == Deed("resume", "web")
    assert panel.press(Key.STOP) is None
    panel.press(Key.DOWN)
    assert panel.press(Key.STOP) is None
    panel.choose("work")
    assert panel.press(Key.STOP) is None


def test_qube_that_has_ended_can_only_be_taken_off_the_list() -> None:
    panel = Panel(ROWS, Focus(Whose.QUBE, "old"))
    assert set(panel.offers()) == {Key.STOP, Key.LEAVE}
    assert panel.press(Key.HIDE) is None
    assert panel.press(Key.PAUSE) is None
    panel.press(Key.LEAVE)
    assert panel.left


def test_confirmation_does_not_pass_to_another_qube() -> None:
    """The one that was meant ended between the two presses."""
    panel = Panel(ROWS, ON_WEB)
    panel.press(Key.STOP)
    panel.update((WORK, OLD))
    assert panel.owner is None
    assert chosen(panel) == "old"
    assert panel.press(Key.STOP) is None
    panel.update(())
    assert chosen(panel) == ""
    assert set(panel.offers()) == {Key.LEAVE}
    assert panel.press(Key.STOP) is None
    assert panel.press(Key.DOWN) is None
    panel.update((WORK,))
    assert chosen(panel) == "work"


def test_key_that_is_held_counts_once_and_one_from_before_not_at_all() -> None:
    held = Held(bytes([0, 0b10]))
    assert not held.pressed(9)
    assert held.pressed(10)
    assert not held.pressed(10)
    for keycode in (9, 10):
        held.released(keycode)
        assert held.pressed(keycode)


def test_rows_are_what_the_supervisor_lists() -> None:
    listed = [{**WEB._asdict(), "anchors": [0x600001]}]
    assert rows_in(listed) == (WEB._replace(anchors=(0x600001,)),)
    assert WEB.words == "running, paused, hidden"
