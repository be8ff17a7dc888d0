"""The labels a qube can wear, decided on the desktop side; must not know any display or any qube.

Source: the eight standard labels of Qubes OS (qubes-core-admin, `default_labels`), same names, indexes and colours,
so that `_QUBES_LABEL` and `_QUBES_LABEL_COLOR` mean the same to a window manager that reads them. Where two of these
colours cannot be told apart by everybody, their patterns can: colors/palette.py.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from colors.patterns import PATTERNS, PLAIN, Pattern
from colors.vision import contrast, linear

BLACK, WHITE = 0x000000, 0xFFFFFF


class UnknownLabel(ValueError):
    """No label of that name; the message lists the ones there are."""


class Label(NamedTuple):
    """A colour with a pattern and a name.

    name:    lower case ASCII.
    number:  what it is in `_QUBES_LABEL`, 1 to 8 for the standard labels.
    rgb:     0xRRGGBB.
    pattern: the marks on its frames.
    """

    name: str
    number: int
    rgb: int
    pattern: Pattern = PLAIN

    @property
    def ink(self) -> int:
        """The colour of marks and letters on it, 0xRRGGBB."""
        return ink_on(self.rgb)


def ink_on(rgb: int) -> int:
    """Black or white, whichever stands out more on a colour; both 0xRRGGBB."""
    colour = linear(rgb)
    return max((WHITE, BLACK), key=lambda ink: contrast(colour, linear(ink)))


STANDARD: dict[str, Label] = {
    label.name: label
    for label in (
        Label("red", 1, 0xCC0000, PATTERNS["plain"]),
        Label("orange", 2, 0xF57900, PATTERNS["bars"]),
        Label("yellow", 3, 0xEDD400, PATTERNS["pairs"]),
        Label("green", 4, 0x73D216, PATTERNS["dot-dash"]),
        Label("gray", 5, 0x555753, PATTERNS["steps"]),
        Label("blue", 6, 0x3465A4, PATTERNS["dashes"]),
        Label("purple", 7, 0x75507B, PATTERNS["triples"]),
        Label("black", 8, 0x000000, PATTERNS["dots"]),
    )
}

DEFAULT = STANDARD["red"]
"""The label of a qube for which nobody chose one: the one that asks for the most care."""


def label_named(name: str, labels: Mapping[str, Label] = STANDARD) -> Label:
    """The label called `name`. labels: those there are. Raises UnknownLabel (the caller's fault)."""
    try:
        return labels[name]
    except KeyError:
        raise UnknownLabel(f"no label {name!r}; there are {', '.join(labels)}") from None


def told(label: Label) -> dict[str, Any]:
    """A label for the other end of a socket between two processes of ours; `label_told` makes it one again."""
    return {"name": label.name, "index": label.number, "rgb": label.rgb, "pattern": label.pattern.name}


def label_told(message: dict[str, Any]) -> Label:
    """What `told` made of a label."""
    return Label(message["name"], message["index"], message["rgb"], PATTERNS[message["pattern"]])
