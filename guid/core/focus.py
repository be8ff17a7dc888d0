"""Whether a window that appears may take the focus; must not know X or the window manager."""

from __future__ import annotations

NEVER_USED = 0
"""The user time of a window that must not get the focus when it is mapped. Source: EWMH 1.5, _NET_WM_USER_TIME."""


def user_time_when_mapped(
    *, active_elsewhere: bool, last_used_ms: int | None, summoned_ms: int | None = None
) -> int | None:
    """What to tell the window manager of a managed window that a qube maps now; None for nothing.

    active_elsewhere: a window that is not this qube's is active; the person may be typing there. Then only the person
    brings a window of this qube forward. last_used_ms: when the person last pressed anything in this qube, in the X
    server's time; a window manager that knows of a later press in another window takes that for the newer wish.
    summoned_ms: when the person asked for the program whose window this is.
    """
    if summoned_ms is not None:
        return summoned_ms
    return NEVER_USED if active_elsewhere else last_used_ms
