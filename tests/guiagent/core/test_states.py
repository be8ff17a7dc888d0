"""Window states."""

from hypothesis import given
from hypothesis import strategies as st

from guiagent.core.states import Flag, StateAtoms, asked_change, merged_states

ATOMS = StateAtoms(fullscreen=10, demands_attention=20, hidden=30)
flags = st.integers(0, 7).map(Flag)


@given(st.integers(-1, 5), flags, flags)
def test_change_never_sets_and_unsets_the_same(action: int, asked: Flag, now: Flag) -> None:
    change = asked_change(action, asked, now)
    assert not change.flags_set & change.flags_unset


def test_add_remove_and_toggle() -> None:
    now = Flag.FULLSCREEN
    assert asked_change(1, Flag.MINIMIZE, now) == (Flag.MINIMIZE, 0)
    assert asked_change(0, Flag.FULLSCREEN, now) == (0, Flag.FULLSCREEN)
    assert asked_change(2, Flag.FULLSCREEN | Flag.MINIMIZE, now) == (Flag.MINIMIZE, Flag.FULLSCREEN)
    assert asked_change(7, Flag.FULLSCREEN, now) == (0, 0)


def test_flags_of_a_property_ignore_other_states_and_have_no_limit() -> None:
    states = (*range(100, 120), 10, 30)
    assert ATOMS.flags_of(states) == Flag.FULLSCREEN | Flag.MINIMIZE


def test_merge_keeps_states_that_the_wire_does_not_know() -> None:
    assert merged_states((99, 10, 98), Flag.MINIMIZE, Flag.FULLSCREEN, ATOMS) == (99, 98, 30)


def test_merge_of_what_holds_already_changes_nothing() -> None:
    assert merged_states((10,), Flag.FULLSCREEN, Flag.MINIMIZE, ATOMS) == (10,)
