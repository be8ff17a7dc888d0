"""Draws docs/images/attention.png, the attention panel as it looks: `python -m scripts.attention_picture`."""

from __future__ import annotations

import sys
from pathlib import Path

from colors.attention import Band, Card, Listed, Offer, draw
from colors.labels import STANDARD
from colors.picture import write_png

PAGE = Path(__file__).resolve().parent.parent / "docs" / "images" / "attention.png"

QUBES = (
    ("work", "blue", "running"),
    ("personal", "yellow", "running, hidden"),
    ("untrusted", "red", "running, paused"),
    ("vault", "black", "running"),
)


def card() -> Card:
    """A desktop with four qubes, on which the first has the focus."""
    label = STANDARD["blue"]
    rows = [Listed(name, wears, STANDARD[wears].rgb, words, name == "work") for name, wears, words in QUBES]
    offers = [Offer("H", "Hide"), Offer("P", "Pause"), Offer("S", "Stop"), Offer("Esc", "Close")]
    band = Band(label.rgb, label.ink, label.pattern.name)
    return Card("work", "owns the focused window  ·  blue", band, "Minutes of Tuesday — LibreOffice", rows, offers, "")


def main(path: Path = PAGE) -> int:
    """Write it."""
    picture = draw(card(), max_width=1920, max_height=1080, scale=1).picture
    write_png(path, picture.pixels, picture.width, picture.height)
    return 0


if __name__ == "__main__":
    sys.exit(main())
