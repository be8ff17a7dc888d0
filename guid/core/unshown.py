"""What the person is told when a window of ours cannot be shown and nobody reads what is printed; must not know how."""

from __future__ import annotations

from typing import Final

from guid.core.notices import Urgency

LACKING: Final = (
    "It needs GTK 3 and PyGObject for the system's Python. Install them in a terminal with: "
    "sudo apt install python3-gi gir1.2-gtk-3.0\nUntil then, in a terminal: vitrail ls --all"
)
MANAGER: Final = ("manager", "The window over all qubes cannot be shown", LACKING, Urgency.NORMAL)
"""Key, summary, body and urgency of a notice."""
