"""guid/core/holding.py: what is typed while the keyboard changes is told after its names."""

from guid.core.holding import HOLD_S, MAX_HELD_BYTES, LayoutHold


def test_nothing_is_held_until_the_keyboard_changes() -> None:
    hold = LayoutHold()
    assert hold.put(b"a") == b"a"
    assert hold.wait_s(1.0) is None


def test_what_is_said_waits_for_the_names_in_its_order() -> None:
    hold = LayoutHold()
    opened = [hold.open]
    hold.begin(1.0)
    opened.append(hold.open)
    assert hold.put(b"a") + hold.put(b"b") == b""
    assert hold.end() == b"ab"
    opened.append(hold.open)
    assert hold.put(b"c") == b"c"
    assert opened == [True, False, True]


def test_names_that_stay_the_same_are_not_waited_for_long() -> None:
    hold = LayoutHold()
    hold.begin(1.0)
    hold.put(b"a")
    hold.begin(1.0 + HOLD_S / 2)
    assert hold.due(1.0 + HOLD_S / 2) == b""
    assert hold.wait_s(1.0 + HOLD_S / 2) is not None
    assert hold.due(1.0 + HOLD_S + 1e-6) == b"a"
    assert hold.wait_s(9.0) is None


def test_no_more_is_held_than_may() -> None:
    hold = LayoutHold()
    hold.begin(1.0)
    assert hold.put(bytes(MAX_HELD_BYTES)) == b""
    assert len(hold.put(b"a")) == MAX_HELD_BYTES + 1
    assert hold.put(b"b") == b"b"
