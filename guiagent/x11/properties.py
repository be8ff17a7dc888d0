"""Properties of a window, read and turned into values. It must not know why they are wanted."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple

from Xlib import Xatom

from guiagent.core.text import decode_compound, decode_latin1, decode_utf8
from guiagent.core.values import Properties, SizeHints, WindowClass, WindowId
from guiagent.x11.atoms import DOCKS, Atoms
from shm.x11.connection import XConnection
from shm.x11.properties import NUMBER_BITS, TEXT_BITS, get_property, property_reply

MAX_READ_WORDS: Final = 256
"""1 KiB of any property: eight times the longest title on the wire, and more states or protocols than anything has."""
INPUT_HINT, STATE_HINT, WINDOW_GROUP_HINT, URGENCY_HINT = 1, 2, 64, 256
"""The flags of WM_HINTS that say which fields count, and that the window is urgent. Source: ICCCM 4.1.2.4."""
HINTS_FIELDS: Final = 9
"""WM_HINTS: flags, input, initial state, icon pixmap, window, x, y, mask, group."""
ICONIC_STATE: Final = 3
"""Source: ICCCM 4.1.4."""
WIN_GRAVITY: Final = 512
"""The flag of WM_NORMAL_HINTS that says that its last word counts. Source: ICCCM 4.1.2.3."""
NORTH_WEST_GRAVITY: Final = 1
HINTS_WORDS: Final = 18
"""WM_NORMAL_HINTS: flags, 4 obsolete words, min, max, increments, aspects, base, gravity. Source: ICCCM 4.1.2.3."""


class Raw(NamedTuple):
    """A property as it lies in the server: its type's atom, and bytes (format 8) or numbers (format 32)."""

    kind: int
    text: bytes
    numbers: tuple[int, ...]


Parse = Callable[[Mapping[int, Raw | None]], dict[str, Any]]
"""What was read → fields of Properties."""


class PropertyReader:
    """Reads what the daemon may want to hear of a window; all of it in one round trip."""

    def __init__(self, connection: XConnection, atoms: Atoms) -> None:
        self._connection = connection
        self._atoms = atoms
        self._groups: dict[int, tuple[tuple[int, ...], Parse]] = {}
        for names, parse in (
            (("_NET_WM_NAME", "WM_NAME"), self._title),
            (("WM_CLASS",), self._window_class),
            (("WM_NORMAL_HINTS",), self._size_hints),
            (("WM_HINTS",), self._hints),
            (("WM_PROTOCOLS",), self._protocols),
            (("WM_TRANSIENT_FOR",), self._transient_for),
            (("_NET_WM_STATE",), self._states),
            (("_GTK_FRAME_EXTENTS",), self._shadow),
            (("_NET_WM_WINDOW_TYPE",), self._types),
            ((DOCKS,), self._docks),
        ):
            group = tuple(atoms[name] for name in names)
            for atom in group:
                self._groups[atom] = (group, parse)

    def concerns(self, atom: int) -> bool:
        """Whether a change of this property could be worth telling."""
        return atom in self._groups

    def read(self, window: WindowId, known: Properties, changed: Iterable[int] | None = None) -> Properties:
        """`known` with the properties in `changed` (atoms; None: all) read anew.

        Raises Xlib.error.BadWindow if the window is gone.
        """
        every = self._groups
        groups = dict.fromkeys(
            every.values() if changed is None else [every[atom] for atom in every.keys() & set(changed)]
        )
        wanted = dict.fromkeys(atom for group, _ in groups for atom in group)
        raw = self._fetch(window, wanted)
        said: dict[str, Any] = {}
        for _, parse in groups:
            said.update(parse(raw))
        return replace(known, **said)

    def _fetch(self, window: WindowId, atoms: Iterable[int]) -> dict[int, Raw | None]:
        wanted = list(atoms)
        asked = [get_property(window, atom, MAX_READ_WORDS) for atom in wanted]
        return dict(zip(wanted, map(_raw, self._connection.ask(asked)), strict=True))

    # One parser a property; each takes what was read and gives back the fields that it says.

    def _title(self, raw: Mapping[int, Raw | None]) -> dict[str, Any]:
        net_name, name = raw[self._atoms["_NET_WM_NAME"]], raw[self._atoms["WM_NAME"]]
        if net_name is not None and net_name.kind == self._atoms["UTF8_STRING"]:
            return {"title": decode_utf8(net_name.text)}
        if name is None:
            return {"title": None}
        if name.kind == self._atoms["UTF8_STRING"]:
            return {"title": decode_utf8(name.text)}
        decode = decode_compound if name.kind == self._atoms["COMPOUND_TEXT"] else decode_latin1
        return {"title": decode(name.text)}

    def _window_class(self, raw: Mapping[int, Raw | None]) -> dict[str, Any]:
        found = raw[self._atoms["WM_CLASS"]]
        if found is None:
            return {"window_class": None}
        res_name, _, rest = found.text.partition(b"\0")
        return {"window_class": WindowClass(rest.partition(b"\0")[0], res_name)}

    def _size_hints(self, raw: Mapping[int, Raw | None]) -> dict[str, Any]:
        found = raw[self._atoms["WM_NORMAL_HINTS"]]
        if found is None or not found.numbers:
            return {"size_hints": None, "gravity": NORTH_WEST_GRAVITY}
        words = [_signed(word) for word in found.numbers[:HINTS_WORDS]]
        words += [0] * (HINTS_WORDS - len(words))
        flags, limits, base = found.numbers[0], words[5:11], words[15:17]
        gravity = words[17] if flags & WIN_GRAVITY else NORTH_WEST_GRAVITY
        return {"size_hints": SizeHints(flags, *limits, *base), "gravity": gravity}

    def _hints(self, raw: Mapping[int, Raw | None]) -> dict[str, Any]:
        found = raw[self._atoms["WM_HINTS"]]
        words = found.numbers[:HINTS_FIELDS] if found is not None else ()
        flags, accepts, state, *_, group = (*words, *[0] * (HINTS_FIELDS - len(words)))
        return {
            "accepts_focus": bool(accepts) or not flags & INPUT_HINT,
            "starts_iconic": bool(flags & STATE_HINT) and state == ICONIC_STATE,
            "group": group if flags & WINDOW_GROUP_HINT else 0,
            "urgent": bool(flags & URGENCY_HINT),
        }

    def _protocols(self, raw: Mapping[int, Raw | None]) -> dict[str, Any]:
        found = raw[self._atoms["WM_PROTOCOLS"]]
        protocols = found.numbers if found is not None else ()
        return {
            "deletes_itself": self._atoms["WM_DELETE_WINDOW"] in protocols,
            "takes_focus": self._atoms["WM_TAKE_FOCUS"] in protocols,
        }

    def _transient_for(self, raw: Mapping[int, Raw | None]) -> dict[str, Any]:
        found = raw[self._atoms["WM_TRANSIENT_FOR"]]
        return {"transient_for": found.numbers[0] if found is not None and found.numbers else 0}

    def _states(self, raw: Mapping[int, Raw | None]) -> dict[str, Any]:
        return {"states": _atoms_in(raw[self._atoms["_NET_WM_STATE"]])}

    def _types(self, raw: Mapping[int, Raw | None]) -> dict[str, Any]:
        return {"types": _atoms_in(raw[self._atoms["_NET_WM_WINDOW_TYPE"]])}

    def _docks(self, raw: Mapping[int, Raw | None]) -> dict[str, Any]:
        return {"docks": raw[self._atoms[DOCKS]] is not None}

    def _shadow(self, raw: Mapping[int, Raw | None]) -> dict[str, Any]:
        found = raw[self._atoms["_GTK_FRAME_EXTENTS"]]
        return {"shadow": found.numbers if found is not None else ()}


def _atoms_in(found: Raw | None) -> tuple[int, ...]:
    return found.numbers if found is not None and found.kind == Xatom.ATOM else ()


def _raw(reply: bytes) -> Raw | None:
    kind, bits, data, _left = property_reply(reply)
    if not kind:
        return None
    if bits == TEXT_BITS:
        return Raw(kind, data, ())
    return Raw(kind, b"", struct.unpack(f"={len(data) // 4}I", data) if bits == NUMBER_BITS else ())


def _signed(word: int) -> int:
    return word - (1 << 32) if word & 0x80000000 else word
