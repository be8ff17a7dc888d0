"""What a keyboard layout may be called, in KEYBOARD; knows no bytes of the wire, no side and no X server.

The words are those of setxkbmap. Each is plain ASCII without a space, so that it is one argument of a program and one
entry of a list, whoever wrote it. Source: xkeyboard-config's rules, and qvm-start-daemon, which leaves "grp:" out.
"""

import re
from typing import Final, NamedTuple

from protocol import limits

_WORDS: Final = re.compile(r"[A-Za-z0-9_,][A-Za-z0-9_,:+()./-]*|", re.ASCII)
"""Nothing, or something that does not look like an option of a program."""

OWN_GROUPS: Final = "grp:"
"""Options that let keys change the group. In a qube the group follows the desktop's, which such keys change there."""


class Layout(NamedTuple):
    """A layout. group: the locked one, 0 to 3. The others: as setxkbmap has them, lists with commas; "" for none."""

    group: int
    rules: str
    model: str
    layout: str
    variant: str
    options: str

    def is_legal(self) -> bool:
        """Whether every word is one that this module allows, is short enough, and there is a layout at all."""
        words = zip(self[1:], _MAX_BYTES, strict=True)
        return (
            0 <= self.group < limits.KEYBOARD_GROUPS
            and bool(self.layout)
            and all(_WORDS.fullmatch(word) is not None and len(word) < most for word, most in words)
        )

    def without_own_groups(self) -> "Layout":
        """The same without what would change the group in the qube."""
        options = [option for option in self.options.split(",") if not option.startswith(OWN_GROUPS)]
        return self._replace(options=",".join(options))


_MAX_BYTES: Final = (
    *(limits.KEYBOARD_NAME_BYTES, limits.KEYBOARD_NAME_BYTES),
    *(limits.KEYBOARD_GROUPS_BYTES, limits.KEYBOARD_GROUPS_BYTES),
    limits.KEYBOARD_OPTIONS_BYTES,
)


def layout_fields(layout: Layout) -> tuple[int | bytes, ...]:
    """The fields of a KEYBOARD for a legal layout."""
    return (layout.group, *(word.encode("ascii") for word in layout[1:]))


def layout_of(group: int, *words: bytes) -> Layout | None:
    """What a KEYBOARD says, None if it is not legal."""
    texts = [word.split(b"\0", 1)[0].decode("ascii", "replace") for word in words]
    layout = Layout(group, *texts)
    return layout if layout.is_legal() else None
