"""Reads now what would be read from files later, when they may be another version's; must not know who needs it.

What runs goes on with what it has loaded (docs/install.md, "Upgrading"). Nothing here is on the way to the first
window: a qube's own X server takes longer to start.
"""

from __future__ import annotations

import codecs
from contextlib import suppress

from colors.question import load_cairo
from guid.bus import load_jeepney
from guid.engines.bundle import kept_bundle
from guid.engines.errors import EngineError
from guid.engines.interpreter import system_interpreter
from guid.engines.qemu.programs import load_sources
from shm.pool import load_fallocate


def libraries() -> None:
    """What a daemon or a supervisor imports only when it is wanted. A second call costs nothing."""
    import colors.banner  # noqa: PLC0415 - off the way to the first window
    import colors.icon  # noqa: PLC0415
    import colors.tag  # noqa: F401, PLC0415
    import guid.core.trayicon  # noqa: PLC0415
    import guid.x11.docks  # noqa: PLC0415
    import guid.x11.lefticons  # noqa: PLC0415
    import guid.x11.managerframes  # noqa: PLC0415
    import guid.x11.popupkeys  # noqa: PLC0415
    import guid.x11.unfocused  # noqa: F401, PLC0415

    load_cairo()
    load_fallocate()
    codecs.lookup("ascii")


def everything() -> None:
    """What a supervisor reads besides: the font of name tags, the bus, and the code that goes into qubes."""
    libraries()
    from colors.tag import load_font  # noqa: PLC0415 - loaded above

    load_font()
    load_jeepney()
    load_sources()
    _load_menu()
    with suppress(EngineError):  # the first qube will say it
        kept_bundle(system_interpreter().magic)


def _load_menu() -> None:
    """What a change of a label does to the desktop's menu."""
    import colors.menuicon  # noqa: F401, PLC0415 - none of it is on the way to a window
    import guid.menu  # noqa: F401, PLC0415
