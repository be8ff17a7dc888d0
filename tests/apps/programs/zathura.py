"""Zathura, a PDF viewer without menus, with a page of our own."""

from tests.apps.case import App, Column
from tests.apps.clipboard import exchanges
from tests.apps.probes import at, opens, resizes
from tests.apps.seat import Seat, unequal

WORDS = "Windows of a qube"


def pdf(words: str) -> bytes:
    """A page of 400x300 pt with one line. Source: PDF 1.4, sections 3.4 (file structure) and 5.3 (text)."""
    stream = f"BT /F 24 Tf 40 200 Td ({words}) Tj ET 0.2 0.4 0.64 rg 40 60 320 80 re f".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 300]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    made, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj%s endobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    return (
        made
        + head
        + table
        + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
        % (
            len(objects) + 1,
            len(made),
        )
    )


def write_a_copy(seat: Seat) -> None:
    """The command line takes what is typed: a copy of the document is written."""
    seat.activate()
    before = seat.still()
    seat.keyboard.type(":")
    seat.changes(before)
    seat.still()
    seat.keyboard.type("write /home/user/Copy_1.pdf\n")
    copy = seat.home / "Copy_1.pdf"
    seat.until(lambda: copy.exists() and copy.read_bytes() == pdf(WORDS), "the copy")


def select_all(seat: Seat) -> None:
    """Pull a rectangle over the page."""
    main = seat.activate()
    before = seat.still()

    def marked() -> bool:
        return unequal(before, seat.content()) > 0

    seat.drag(at(main, 5, 5), (at(main, 200, 100), marked), (at(main, -5, -40), marked))


APP = App(
    name="Zathura (PDF)",
    packages=("zathura", "zathura-pdf-poppler", "xclip"),
    argv=("zathura", "page.pdf"),
    title="page.pdf",
    files={"page.pdf": pdf(WORDS), ".config/zathura/zathurarc": "set selection-clipboard clipboard\n"},
    probes={
        Column.OPENS: opens(least_colours=4),
        Column.TYPING: write_a_copy,
        Column.CLIPBOARD: exchanges(copies=select_all, copied=WORDS),
        Column.RESIZE: resizes(least_colours=4),
    },
    note="Clipboard: out of it; it takes no text. `set selection-clipboard clipboard` in its settings, as the default "
    "is PRIMARY, which stays in its qube.",
)
