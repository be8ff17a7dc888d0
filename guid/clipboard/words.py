"""What the person is told of the global clipboard, in words; must not know how it is shown."""

from __future__ import annotations

from collections.abc import Callable

from guid.clipboard.notice import Happened, Notice
from guid.core.contents import ContentKind, Contents

WORDS: dict[Happened, tuple[str, str]] = {
    Happened.COPIED: ("Copied from {qube}", "{what}. Paste it with {keys}."),
    Happened.PASTED: ("Pasted into {qube}", "{what} from {source}. {left}"),
    Happened.CLEARED: ("The clipboard is empty", "You cleared it."),
    Happened.EXPIRED: ("The clipboard is empty", "What was copied from {source} was there for long enough."),
    Happened.NOTHING_TO_COPY: ("Nothing to copy in {qube}", "It has copied nothing. The clipboard is as it was."),
    Happened.NOTHING_TO_PASTE: ("Nothing to paste", "The clipboard is empty."),
    Happened.TOO_LARGE_TO_COPY: (
        "Too much to copy from {qube}",
        "It has {size} bytes, and at most {limit} are taken. The clipboard is as it was.",
    ),
    Happened.TOO_LARGE_TO_PASTE: (
        "Too much to paste into {qube}",
        "There are {size} bytes from {source}, and it takes at most {limit}. They are still in the clipboard.",
    ),
    Happened.NOT_TAKEN: (
        "{qube} takes no images",
        "There is {what} from {source}. It is still in the clipboard.",
    ),
    Happened.NO_ANSWER: ("{qube} does not answer", "Nothing was copied. The clipboard is as it was."),
    Happened.GONE: ("{qube} is not connected", "Nothing was copied or pasted. The clipboard is as it was."),
    Happened.COPY_UNANSWERED: (
        "Nothing was pasted into {qube}",
        "{source} has not yet answered your last copy. Wait for it, or copy something else.",
    ),
    Happened.DENIED: ("Nothing was pasted into {qube}", "{what} from {source} may not go there: {why}."),
    Happened.SUPERSEDED: ("Nothing was pasted into {qube}", "You did something else before it was decided."),
    Happened.UNDECIDED: ("Nothing was pasted into {qube}", "It was not decided in time."),
    Happened.LATE: ("{qube} answered too late", "What it sent was thrown away. The clipboard is as it was."),
    Happened.UNASKED: (
        "{qube} tried to fill the clipboard",
        "It sent {size} bytes that you had not asked for. They were thrown away.",
    ),
    Happened.OUT_OF_DATE: (
        "A key press in {qube} came too late",
        "You have gone on meanwhile, so nothing was copied or pasted. Press it again if you still want it.",
    ),
    Happened.PAUSED: ("{qube} is paused", "Nothing was copied or pasted. The clipboard is as it was."),
    Happened.NOT_GIVEN: ("{qube} did not take what you pasted", "It ended before it had everything. Copy it again."),
}
"""Summary and body. {qube} and {source} come with the name of their colour."""


def words(notice: Notice, label_of: Callable[[str], str], keys: str) -> tuple[str, str]:
    """Summary and body, plain text. label_of: a qube's colour by its name, "" if it is unknown. keys: that paste."""
    summary, body = WORDS[notice.what]
    contents = notice.contents
    size_bytes = contents.size_bytes if contents is not None else notice.size_bytes
    filled = {
        "qube": _with_label(notice.qube, label_of),
        "source": _with_label(notice.source, label_of),
        "what": said_of(contents) if contents is not None else "Something",
        "size": f"{size_bytes:,}" if size_bytes is not None else "more",
        "limit": f"{notice.limit_bytes:,}",
        "left": "It is still in the clipboard." if notice.kept else "The clipboard is empty now.",
        "why": notice.why or "the rules say so",
        "keys": keys,
    }
    return summary.format_map(filled), body.format_map(filled)


def said_of(contents: Contents) -> str:
    """What was copied, in a few words."""
    if contents.kind is ContentKind.IMAGE:
        return f"an image of {contents.width_px:,} x {contents.height_px:,} pixels"
    return f"{contents.size_bytes:,} bytes of text" if contents.size_bytes != 1 else "1 byte of text"


def key_of(notice: Notice) -> str:
    """Notices of one key replace each other, and come slowly: no copy holds back what is said of a paste.

    What a qube does without being asked hides nothing of another.
    """
    unasked = notice.what in (Happened.UNASKED, Happened.LATE)
    return f"clipboard {notice.what.value} {notice.qube if unasked else ''}".rstrip()


def _with_label(qube: str, label_of: Callable[[str], str]) -> str:
    label = label_of(qube) if qube else ""
    return f"{qube} ({label})" if label else qube
