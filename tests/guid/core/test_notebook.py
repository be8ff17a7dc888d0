"""guid/core/notebook.py: what is kept of the notices, and as what text."""

from guid.core.notebook import MAX_NOTES, Notebook
from guid.core.notices import Urgency


def test_note_is_plain_text_with_its_lines_and_nothing_that_misleads() -> None:
    book = Notebook()
    book.write("2026-01-02T03:04:05+00:00", "Qube <b>work</b>", "one \x1b[31m\u202e\ntwo & <i>", Urgency.NORMAL)
    assert book.notes() == [
        {
            "number": 1,
            "when": "2026-01-02T03:04:05+00:00",
            "urgent": False,
            "summary": "Qube <b>work</b>",
            "body": "one _[31m_\ntwo & <i>",
        }
    ]


def test_urgent_notes_are_not_turned_out_by_others() -> None:
    book = Notebook()
    book.write("", "violated", "", Urgency.CRITICAL)
    for number in range(3 * MAX_NOTES):
        book.write("", f"copied {number}", "", Urgency.NORMAL)
    notes = book.notes()
    assert (notes[0]["summary"], notes[0]["urgent"]) == ("violated", True)
    assert [note["number"] for note in notes] == [1, *range(2 * MAX_NOTES + 2, 3 * MAX_NOTES + 2)]
