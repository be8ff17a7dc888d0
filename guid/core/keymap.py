"""Which keysyms the desktop's keys have, and which modifiers they are; must not know how that was asked for."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from guid.core.keysyms import us_position

GROUPS = 4
"""XKB has no more."""

BASE_LEVELS = 2
"""Levels that need at most Shift."""


class Place(NamedTuple):
    """Where a keysym is in one group; a smaller one is better."""

    level: int
    keycode: int


NONE: Final[Mapping[int, Any]] = MappingProxyType({})


class Keymap(NamedTuple):
    """The whole keyboard.

    keysyms: keycode → for each of the four groups (a group that a key has not is already another of its own) → level →
    keysym. modifiers: keycode → the modifiers it is, bits of an event's state.
    """

    keysyms: Mapping[int, tuple[tuple[int, ...], ...]] = NONE
    modifiers: Mapping[int, int] = NONE

    def keycodes_of(self, keysym: int) -> tuple[int | None, ...]:
        """The one keycode that stands for `keysym` in each group, None if nothing does.

        It is the key with the keysym in that group; else in the first group that has it; else what a us keyboard has
        there. A level that takes more than Shift to reach counts only if no group has the keysym below it.
        """
        places = self._places(keysym)
        firsts = [places[group] for group in range(GROUPS) if group in places]
        first = min(firsts, key=lambda place: place.level >= BASE_LEVELS, default=None)
        found: list[int | None] = []
        for group in range(GROUPS):
            own = places.get(group)
            if own is None or (first is not None and own.level >= BASE_LEVELS > first.level):
                own = first
            found.append(own.keycode if own is not None else self._by_position(keysym))
        return tuple(found)

    def _by_position(self, keysym: int) -> int | None:
        keycode = us_position(keysym)
        return keycode if keycode in self.keysyms else None

    def _places(self, keysym: int) -> dict[int, Place]:
        found: dict[int, Place] = {}
        for keycode, groups in self.keysyms.items():
            if keysym not in groups[0] and groups.count(groups[0]) == len(groups):
                continue  # so it is with nearly all keys
            for group, levels in enumerate(groups):
                if keysym in levels:
                    place = Place(levels.index(keysym), keycode)
                    found[group] = min(found.get(group, place), place)
        return found
