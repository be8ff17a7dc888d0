"""What a clipboard may hold, as numbers; must not know the bytes themselves."""

from enum import Enum
from typing import NamedTuple


class ContentKind(Enum):
    """How the bytes are to be read, by whoever reads them: never on the desktop side."""

    TEXT = "text"
    """UTF-8, as the qube says; nobody here looks."""
    IMAGE = "image"
    """pixels, RGBA of 8 bits each, rows top to bottom, stride 4 * width"""


class Contents(NamedTuple):
    """Kind and size of what was copied.

    size_bytes: at least 1. width_px, height_px: of an image, else 0; then size_bytes == 4 * width_px * height_px.
    """

    kind: ContentKind
    size_bytes: int
    width_px: int = 0
    height_px: int = 0
