"""What the person is told: words for everything that can happen, sizes with both numbers, and no content."""

import pytest

from guid.clipboard.notice import Happened, Notice
from guid.clipboard.words import WORDS, key_of, words
from guid.core.contents import ContentKind, Contents


def label_of(qube: str) -> str:
    return {"work": "blue", "play": "red"}.get(qube, "")


@pytest.mark.parametrize("what", Happened)
def test_everything_that_happens_has_words(what: Happened) -> None:
    contents = Contents(ContentKind.TEXT, 1234)
    summary, body = words(Notice(what, "play", "work", contents, limit_bytes=256), label_of, "Ctrl-Shift-v")
    assert summary
    assert body
    assert not set("{}") & set(summary + body)
    assert len(WORDS) == len(Happened)


def test_over_limit_is_told_with_both_numbers() -> None:
    copied = Notice(Happened.TOO_LARGE_TO_COPY, "play", size_bytes=64_001, limit_bytes=64_000)
    assert "64,001 bytes, and at most 64,000" in words(copied, label_of, "")[1]
    unknown = Notice(Happened.TOO_LARGE_TO_COPY, "play", limit_bytes=64_000)
    assert "more bytes, and at most 64,000" in words(unknown, label_of, "")[1]


def test_paste_names_both_qubes_with_their_colours() -> None:
    notice = Notice(Happened.PASTED, "play", "work", Contents(ContentKind.IMAGE, 24, 3, 2), kept=True)
    assert words(notice, label_of, "") == (
        "Pasted into play (red)",
        "an image of 3 x 2 pixels from work (blue). It is still in the clipboard.",
    )


def test_what_a_qube_does_unasked_replaces_no_notice_of_another() -> None:
    keys = {key_of(Notice(what, qube)) for what in (Happened.UNASKED, Happened.COPIED) for qube in ("work", "play")}
    assert len(keys) == 3
