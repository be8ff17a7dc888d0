"""The names that the machine's outside and its first program agree on. Pure; runs on both sides."""

from __future__ import annotations

from typing import Final

GUI_PORT: Final = "org.vitrail.gui.0"
CONTROL_PORT: Final = "org.vitrail.control.0"
ROOT_TAG: Final = "vitrail-root"
"""9p: everything but /usr, as the qube shall see it."""
USR_TAG: Final = "vitrail-usr"
"""9p: /usr of the trusted side, mounted into the root."""
PROGRAM_FOLDER: Final = "/run/vitrail"
FIRST_PROGRAM: Final = f"{PROGRAM_FOLDER}/first.pyz"
