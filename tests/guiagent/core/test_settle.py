"""The configure echo."""

from guiagent.core.settle import QUIET_S, Place
from guiagent.core.values import Geometry

A = Geometry(0, 0, 100, 100)
B = Geometry(10, 20, 300, 200)
C = Geometry(10, 20, 294, 197)


def place() -> Place:
    return Place(real=A, told=A)


def test_report_of_what_was_told_is_swallowed() -> None:
    assert place().reported(A) is None


def test_program_that_moves_its_window_is_told_at_once() -> None:
    window = place()
    assert window.reported(B) == B
    assert window.reported(B) is None


def test_order_that_x_carries_out_is_told_no_more() -> None:
    window = place()
    window.ordered(B, now=0.0)
    assert window.reported(B) is None
    window.confirmed()
    assert window.due(QUIET_S) is None
    assert window.quiet_at is None


def test_real_geometry_that_differs_is_told_after_the_quiet_period_and_once() -> None:
    window = place()
    window.ordered(B, now=0.0)
    window.confirmed()
    assert window.reported(C) is None
    assert window.due(QUIET_S - 0.001) is None
    assert window.due(QUIET_S) == C
    assert window.due(QUIET_S + 1) is None


def test_quiet_period_begins_anew_with_every_order() -> None:
    window = place()
    window.ordered(B, now=0.0)
    window.confirmed()
    window.ordered(A, now=0.07)
    window.confirmed()
    window.reported(C)
    assert window.due(0.1) is None
    assert window.due(0.07 + QUIET_S) == C


def test_older_report_that_overtakes_an_order_does_not_move_the_window_back() -> None:
    window = place()
    window.ordered(B, now=0.0)
    window.reported(C)
    assert window.real == B
    window.reported(B)
    window.confirmed()
    assert window.real == B
    assert window.due(1.0) is None


def test_nothing_is_told_while_x_is_behind() -> None:
    window = place()
    window.ordered(B, now=0.0)
    assert window.due(10.0) is None
    window.reported(C)
    window.confirmed()
    assert window.due(10.0) == C


def test_confirmation_of_a_window_that_is_gone_is_ignored_by_its_heir() -> None:
    window = place()
    window.ordered(B, now=0.0)
    window.confirmed()
    assert window.unconfirmed == 0


def test_order_beyond_the_limits_is_echoed_as_it_stands() -> None:
    window = place()
    window.ordered(Geometry(0, 0, 20_000, 20_000), now=0.0)
    assert window.told.size == (20_000, 20_000)
    assert window.real.size == (16_384, 6_144)
