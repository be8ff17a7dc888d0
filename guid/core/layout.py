"""Which keyboard layout a qube is told of, and when; must not know where the desktop keeps it.

Told once both sides named KEYBOARD, and again whenever layout or locked group are others than the qube was told.
"""

from __future__ import annotations

from guid.core import effects as fx
from protocol.codec import encode
from protocol.extensions import Feature
from protocol.keyboard import Layout, layout_fields
from protocol.messages import MessageType

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


class LayoutTeller:
    """One agent, and the layout that it knows. agreed: it is told of layouts at all."""

    def __init__(self) -> None:
        self.agreed = False
        self._shown: Layout | None = None
        self._told: Layout | None = None

    def agree(self, features: Feature) -> list[fx.Send]:
        """The features that both sides named."""
        self.agreed = Feature.KEYBOARD in features
        return self._tell()

    def show(self, layout: Layout | None) -> list[fx.Send]:
        """The desktop has this layout now; None: one that cannot be told."""
        self._shown = layout
        return self._tell()

    def _tell(self) -> list[fx.Send]:
        layout = self._shown
        if not self.agreed or layout is None or layout == self._told:
            return []
        self._told = layout
        return [fx.Send(encode(MessageType.KEYBOARD, 0, *layout_fields(layout)))]
