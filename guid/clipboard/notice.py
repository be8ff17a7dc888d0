"""What the global clipboard did, or refused, as a value that holds no content; must not know who is told, nor how."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from guid.core.contents import Contents


class Happened(Enum):
    """One thing that a person should know of."""

    COPIED = "copied"
    """from `qube`"""
    PASTED = "pasted"
    """from `source` into `qube`"""
    CLEARED = "cleared"
    """by the person; had been copied from `source`"""
    EXPIRED = "cleared after a while"
    """as the options of `source` say"""
    NOTHING_TO_COPY = "nothing to copy"
    """`qube` says so"""
    NOTHING_TO_PASTE = "nothing to paste"
    """asked for by `qube`"""
    TOO_LARGE_TO_COPY = "too large to copy"
    """out of `qube`: more than `limit_bytes`"""
    TOO_LARGE_TO_PASTE = "too large to paste"
    """into `qube`, which takes `limit_bytes`"""
    NOT_TAKEN = "not an image taker"
    """`qube` cannot take images"""
    NO_ANSWER = "no answer"
    """of `qube` to a copy in time"""
    GONE = "gone"
    """`qube` ended before it had answered, or before it was given anything"""
    COPY_UNANSWERED = "copy not answered yet"
    """paste into `qube` refused, because a newer copy of `source` is awaited"""
    DENIED = "denied"
    """paste from `source` into `qube`, by policy or by the person"""
    SUPERSEDED = "superseded"
    """paste into `qube` given up, because the person did something newer"""
    UNDECIDED = "undecided"
    """paste into `qube` given up, because nobody decided in time"""
    LATE = "late answer"
    """of `qube`, dropped"""
    UNASKED = "unasked"
    """clipboard of `qube`, dropped"""
    OUT_OF_DATE = "out of date"
    """a chord in `qube` that came after a newer one, or long after it was pressed"""
    PAUSED = "paused"
    """a chord in `qube`, which stands still"""
    NOT_GIVEN = "not given"
    """`qube` did not take what was pasted into it"""


class Notice(NamedTuple):
    """One of those, with what can be said of it.

    qube: whom it concerns. source: where the contents are from, if that is another matter. size_bytes: of what did not
    become contents. limit_bytes: the bound that it is over. kept: still there after the paste.
    """

    what: Happened
    qube: str = ""
    source: str = ""
    contents: Contents | None = None
    size_bytes: int | None = None
    limit_bytes: int = 0
    why: str = ""
    aloud: bool = True
    kept: bool = False
