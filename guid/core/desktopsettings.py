"""What the person may decide that is no qube's matter; must not know where it is written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from guid.core.badoption import BadOption
from guid.core.nearest import instead
from guid.core.options import sequence
from guid.core.sequence import KeySequence, sequence_of


@dataclass(frozen=True, slots=True)
class DesktopSettings:
    """attention_sequence: shows the panel that says whose window has the focus; "none" for no keys."""

    attention_sequence: str = "Super-Escape"

    @property
    def attention(self) -> KeySequence | None:
        """The keys, None for none."""
        return sequence_of(self.attention_sequence)


DEFAULT_DESKTOP_SETTINGS = DesktopSettings()

DESKTOP_RULES = MappingProxyType({"attention_sequence": sequence})
"""Key → what turns a value as written into the value of the field of that name; raises BadOption."""


def desktop_settings_written(written: Mapping[str, object]) -> DesktopSettings:
    """What is written, and the defaults for the rest. Raises BadOption; its text begins with the key."""
    values: dict[str, str] = {}
    for key, value in written.items():
        if key not in DESKTOP_RULES:
            raise BadOption(f"{key} is not known; {instead(key, DESKTOP_RULES)}")
        try:
            values[key] = DESKTOP_RULES[key](value)
        except BadOption as error:
            raise BadOption(f"{key} = {value!r}: {error}") from None
    return DesktopSettings(**values)
