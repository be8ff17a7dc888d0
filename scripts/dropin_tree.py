"""The command line of `vitrail-guid` as the same kind of tree, from its table of options; knows no page or shell."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from guid.core.traywords import MODES
from guid.dropin.arguments import TABLE
from guid.dropin.arguments import Argument as Row
from scripts.command_tree import Argument, Command, Kind

PROGRAM: Final = "vitrail-guid"
KINDS: Final = MappingProxyType({"PATH": Kind.FILE, "ICON": Kind.FILE, "MODE": Kind.WORDS, "WORD": Kind.WORDS})
"""Metavar → what stands there; any other is known to the person alone."""
WORDS: Final = MappingProxyType({"MODE": MODES, "WORD": ("allow", "disabled")})
MANY: Final = frozenset({"verbose", "quiet", "prop", "screensaver-name"})
"""Options that may be there more than once."""


def dropin_tree() -> Command:
    """Return it: one command, without any below."""
    return Command(
        path=(),
        help="show the windows of one domain, in the place of qubes-guid",
        epilog="It takes the command line and the settings of the daemon of Qubes OS (/etc/qubes/guid.conf), and "
        "writes the files that other programs look for. Unless it is told to stay in the foreground, it returns when "
        "the agent is connected. What would hold, and why, says --check-config, which starts nothing.",
        usage=f"{PROGRAM} -d ID -N NAME [OPTIONS]",
        arguments=tuple(_argument(row) for row in TABLE if row.long != "help"),
        commands=(),
        program=PROGRAM,
    )


def _argument(row: Row) -> Argument:
    names = (f"-{row.short}", f"--{row.long}") if row.short else (f"--{row.long}",)
    kind = KINDS.get(row.metavar, Kind.NOTHING)
    if row.long.endswith("-folder"):
        kind = Kind.FOLDER
    return Argument(names, row.metavar, row.about, kind, tuple(WORDS.get(row.metavar, ())), row.long in MANY)
