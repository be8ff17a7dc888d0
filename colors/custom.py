"""Labels that the person made, from what labels.toml says; must not know where that file is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from colors.labels import STANDARD, Label
from colors.patterns import PATTERNS

MAX_LABELS: Final = 32
"""More of them nobody can tell apart; and `_QUBES_LABEL` holds 8 bits."""

NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,30}", re.ASCII)
COLOR: Final = re.compile(r"(0x|#)[0-9A-Fa-f]{6}", re.ASCII)
KEYS: Final = ("color", "pattern")


class BadLabel(ValueError):
    """A label that cannot be. table: its name as written; key: what is wrong in it, "" for the name. The person's."""

    def __init__(self, table: str, key: str, words: str) -> None:
        super().__init__(words)
        self.table, self.key = table, key


def labels_written(contents: Mapping[str, object]) -> dict[str, Label]:
    """The standard labels, then those of `contents`: a table each, in its order. Raises BadLabel."""
    labels = dict(STANDARD)
    for number, (name, table) in enumerate(contents.items()):
        if number >= MAX_LABELS:
            raise BadLabel(name, "", f"there may be {MAX_LABELS} labels of your own at most")
        labels[name] = _label(name, table, len(STANDARD) + 1 + number)
    return labels


def _label(name: str, table: object, index: int) -> Label:
    if NAME.fullmatch(name) is None:
        raise BadLabel(name, "", f"{name!r} cannot be a label's name: a lower case letter, then letters, digits or '-'")
    if name in STANDARD:
        raise BadLabel(name, "", f"{name} is a standard label, which stays as it is")
    if not isinstance(table, dict):
        raise BadLabel(name, "", f"{name} must be a table: [{name}]")
    for key in table:
        if key not in KEYS:
            raise BadLabel(name, str(key), f"there is no key {key!r}; there are {', '.join(KEYS)}")
    for key in KEYS:
        if key not in table:
            raise BadLabel(name, "", f"[{name}] needs a {key}")
    color, pattern = table["color"], table["pattern"]
    if not isinstance(color, str) or COLOR.fullmatch(color) is None:
        raise BadLabel(name, "color", 'color must be a colour as "0xRRGGBB"')
    if not isinstance(pattern, str) or pattern not in PATTERNS:
        raise BadLabel(name, "pattern", f"pattern must be one of {', '.join(PATTERNS)}")
    return Label(name, index, int(color[-6:], 16), PATTERNS[pattern])
