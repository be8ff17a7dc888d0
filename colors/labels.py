"""The labels a qube can wear, decided on the desktop side; must not know any display or any qube.

Source: the eight standard labels of Qubes OS (qubes-core-admin, `default_labels`), same names, indexes and colours,
so that `_QUBES_LABEL` and `_QUBES_LABEL_COLOR` mean the same to a window manager that reads them.
"""

from __future__ import annotations

from dataclasses import dataclass


class UnknownLabel(ValueError):
    """No label of that name; the message lists the ones there are."""


@dataclass(frozen=True, slots=True)
class Label:
    """A colour with a name.

    name:  lower case ASCII.
    index: the number in `_QUBES_LABEL`, 1 to 8 for the standard labels.
    rgb:   0xRRGGBB.
    """

    name: str
    index: int
    rgb: int


STANDARD: dict[str, Label] = {
    label.name: label
    for label in (
        Label("red", 1, 0xCC0000),
        Label("orange", 2, 0xF57900),
        Label("yellow", 3, 0xEDD400),
        Label("green", 4, 0x73D216),
        Label("gray", 5, 0x555753),
        Label("blue", 6, 0x3465A4),
        Label("purple", 7, 0x75507B),
        Label("black", 8, 0x000000),
    )
}

DEFAULT = STANDARD["red"]
"""The label of a qube for which nobody chose one: the one that asks for the most care."""


def label_named(name: str) -> Label:
    """The standard label called `name`. Raises UnknownLabel (the caller's fault)."""
    try:
        return STANDARD[name]
    except KeyError:
        raise UnknownLabel(f"no label {name!r}; there are {', '.join(STANDARD)}") from None
