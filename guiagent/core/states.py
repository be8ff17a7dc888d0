"""Window states (fullscreen, attention, minimised) between EWMH atoms and wire flags. It must not know who asks."""

from __future__ import annotations

from enum import IntFlag
from typing import NamedTuple


class Flag(IntFlag):
    """The bits of MSG_WINDOW_FLAGS. Source: qubes-gui-protocol.h, WINDOW_FLAG_*."""

    FULLSCREEN = 1
    DEMANDS_ATTENTION = 2
    MINIMIZE = 4


class StateAtoms(NamedTuple):
    """The X server's numbers for the three states that the wire knows, and for what the qube decides by itself.

    maximized: vertically, horizontally. own: states that the wire cannot say and nobody outside has to know (above,
    sticky …), `modal` among them. popup_types: of _NET_WM_WINDOW_TYPE, those that are neither decorated nor focused.
    """

    fullscreen: int
    demands_attention: int
    hidden: int
    maximized: tuple[int, ...] = ()
    own: frozenset[int] = frozenset()
    modal: int = 0
    popup_types: frozenset[int] = frozenset()

    @property
    def on_the_wire(self) -> tuple[int, int, int]:
        """The three that the wire knows."""
        return self.fullscreen, self.demands_attention, self.hidden

    def flag_of(self, atom: int) -> Flag:
        """The wire's bit for an atom of _NET_WM_STATE; none for a state that the wire does not know."""
        if atom == self.fullscreen:
            return Flag.FULLSCREEN
        if atom == self.demands_attention:
            return Flag.DEMANDS_ATTENTION
        if atom == self.hidden:
            return Flag.MINIMIZE
        return Flag(0)

    def flags_of(self, states: tuple[int, ...]) -> Flag:
        """The wire's bits for a whole _NET_WM_STATE property."""
        flags = Flag(0)
        for atom in states:
            flags |= self.flag_of(atom)
        return flags


class Action(IntFlag):
    """What a _NET_WM_STATE message asks for. Source: EWMH, "_NET_WM_STATE"."""

    REMOVE = 0
    ADD = 1
    TOGGLE = 2


class Change(NamedTuple):
    """One MSG_WINDOW_FLAGS: never the same bit in both fields (the daemon would refuse it)."""

    flags_set: Flag
    flags_unset: Flag


def asked_change(action: int, asked: Flag, now: Flag) -> Change:
    """What a program's _NET_WM_STATE message asks of the desktop, given the states that hold now."""
    if action == Action.ADD:
        return Change(asked, Flag(0))
    if action == Action.REMOVE:
        return Change(Flag(0), asked)
    if action == Action.TOGGLE:
        return Change(asked & ~now, asked & now)
    return Change(Flag(0), Flag(0))


def merged_states(states: tuple[int, ...], flags_set: int, flags_unset: int, atoms: StateAtoms) -> tuple[int, ...]:
    """The _NET_WM_STATE property after the desktop's MSG_WINDOW_FLAGS: states unknown to the wire stay as they are."""
    kept = [atom for atom in dict.fromkeys(states) if not atoms.flag_of(atom) & flags_unset]
    for atom in atoms.on_the_wire:
        if atoms.flag_of(atom) & flags_set and atom not in kept:
            kept.append(atom)
    return tuple(kept)


def kept_states(states: tuple[int, ...], action: int, asked: tuple[int, ...], atoms: StateAtoms) -> tuple[int, ...]:
    """The _NET_WM_STATE property after a program's message, as far as the qube decides alone; the rest stays as it is.

    Only states that EWMH names are taken, so that no flood of messages makes the property grow.
    """
    kept = dict.fromkeys(states)
    for atom in dict.fromkeys(asked):
        if atom not in atoms.own and atom not in atoms.maximized:
            continue
        if action == Action.ADD or (action == Action.TOGGLE and atom not in kept):
            kept[atom] = None
        elif action in (Action.REMOVE, Action.TOGGLE):
            kept.pop(atom, None)
    return tuple(kept)
