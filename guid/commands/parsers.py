"""What the commands have in common; must not know any one of them."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING, TypeAlias

from guid.control import CommandError

if TYPE_CHECKING:
    Commands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]

USAGE_ERROR = 2


def display(whose: str) -> str:
    """$DISPLAY. whose: the desktop that is meant, in words. Raises CommandError without one."""
    found = os.environ.get("DISPLAY", "")
    if not found:
        raise CommandError(f"DISPLAY is not set: run this on the desktop that {whose}")
    return found


def add_json(parser: argparse.ArgumentParser, more: str = "") -> None:
    """--json, the same everywhere."""
    parser.add_argument("--json", action="store_true", help=f"print JSON{more}")
