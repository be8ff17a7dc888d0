"""The forms in which a selection may be had: which of them to ask for, and what they mean. It must not know events."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from typing import Final

from guiagent.core.contents import Contents, Image, Text
from guiagent.core.selection import Value
from guiagent.core.text import decode_compound
from protocol.clipboard import Kind

TEXTS: Final = ("UTF8_STRING", "text/plain;charset=utf-8", "STRING", "TEXT", "text/plain")
"""Asked for in this order: the first cannot lose a character. All of them are served."""
IMAGES_ASKED: Final = ("image/png", "image/bmp", "image/tiff")
ASKED_BLINDLY: Final = ("UTF8_STRING", "STRING")
"""Of an owner that does not say what it has."""
IMAGES_SERVED: Final = ("image/png", "image/bmp")
_ABOUT: Final = ("TARGETS", "MULTIPLE", "TIMESTAMP")


class Targets:
    """The targets of one X server, whose atoms these are."""

    def __init__(self, atoms: Mapping[str, int]) -> None:
        self._atoms = atoms
        self.images = {atoms[name]: name for name in {*IMAGES_ASKED, *IMAGES_SERVED}}
        self._texts = {atoms[name] for name in TEXTS}

    def worth_asking(self, offered: Value | None, *, images: bool) -> list[int]:
        """The targets to ask for, best first, given the answer to TARGETS (None: refused).

        Text comes before images: who copies cells of a table gets words. images: whether they can be used at all.
        """
        # The type should be ATOM; some programs say TARGETS.
        if offered is None or not offered.words or offered.kind not in self._named(("ATOM", "TARGETS")):
            return self._named(ASKED_BLINDLY)
        there = set(offered.words)
        texts = [atom for atom in self._named(TEXTS) if atom in there]
        pictures = [atom for atom in self._named(IMAGES_ASKED) if atom in there]
        return texts or (pictures[:1] if images else [])

    def decoded(self, value: Value) -> Text | None:
        """The text in a property, by the type that its owner gave it; None if it is no text or an empty one."""
        if value.bits != 8:
            return None
        if value.kind == self._atoms["STRING"]:
            text = value.data.decode("latin-1")
        elif value.kind == self._atoms["COMPOUND_TEXT"]:
            text = decode_compound(value.data)
        else:
            text = value.data.decode(errors="replace")
        encoded = text.replace("\0", "").encode(errors="replace")
        return Text(encoded) if encoded else None

    def served(self, kind: Kind) -> Value:
        """The answer to TARGETS while contents of this kind are owned."""
        names = _ABOUT + (IMAGES_SERVED if kind is Kind.IMAGE else TEXTS)
        return self.words("ATOM", self._named(names))

    def serves(self, target: int, kind: Kind) -> bool:
        """Whether contents of this kind can be had as `target`."""
        if kind is Kind.IMAGE:
            return self.images.get(target) in IMAGES_SERVED
        return kind is Kind.TEXT and target in self._texts

    def text_as(self, target: int, contents: Contents) -> Value | None:
        """A text as a property of the form `target`; None if it cannot be had so.

        STRING is Latin-1, with ? for what it lacks. TEXT leaves the choice to the owner. Source: ICCCM 2.6.2, 2.7.1.
        """
        if isinstance(contents, Image) or target not in self._texts:
            return None
        atoms = self._atoms
        if target not in (atoms["STRING"], atoms["TEXT"]):
            return Value(target, 8, contents.utf8, 0)
        text = contents.utf8.decode(errors="replace")
        latin = text.encode("latin-1", errors="replace")
        if target == atoms["TEXT"] and latin.decode("latin-1") != text:
            return Value(atoms["UTF8_STRING"], 8, contents.utf8, 0)
        return Value(atoms["STRING"], 8, latin, 0)

    def words(self, kind: str, numbers: Iterable[int]) -> Value:
        """A property of numbers of 32 bits."""
        listed = list(numbers)
        return Value(self._atoms[kind], 32, struct.pack(f"={len(listed)}I", *listed), 0)

    def _named(self, names: Iterable[str]) -> list[int]:
        return [self._atoms[name] for name in names]
