"""What the desktop says of its keyboard layout; must not know where the desktop keeps it, or who is told."""

from __future__ import annotations

from protocol.keyboard import Layout

WORDS = 5
"""Of _XKB_RULES_NAMES: rules, model, layout, variant, options; each ends with a NUL."""


def desktop_layout(names: bytes, group: int) -> Layout | None:
    """What the root window's _XKB_RULES_NAMES says, without its keys for changing groups; None if it is not believed.

    Any program on the desktop can write there: what setxkbmap could not have meant is told to nobody.
    """
    words = names.split(b"\0")
    if len(words) not in (WORDS, WORDS + 1) or words[WORDS:] not in ([], [b""]):
        return None
    layout = Layout(group, *(word.decode("ascii", "replace") for word in words[:WORDS])).without_own_groups()
    return layout if layout.is_legal() else None
