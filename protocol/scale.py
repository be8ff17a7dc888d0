"""How large and how smooth a desktop draws, in SCALE; knows no side, no toolkit and no X server.

The words for smoothness are those of XSETTINGS, Xft and fontconfig. Source: XSETTINGS registry; fontconfig, "Font
properties".
"""

from typing import Final, NamedTuple

from protocol import limits

HINT_STYLES: Final = ("", "hintnone", "hintslight", "hintmedium", "hintfull")
SUBPIXELS: Final = ("", "none", "rgb", "bgr", "vrgb", "vbgr")
"""On the wire each is its place here; 0 says nothing."""
SWITCHES: Final = (None, False, True)
"""The same for what is on or off."""
PLAIN_DPI: Final = 96
PLAIN_CURSOR_PX: Final = 24


class Scale(NamedTuple):
    """dpi_1024: dots an inch of text, in 1024ths. factor: how often toolkits that draw in whole pixels draw each one.

    cursor_px: the side of a pointer. The rest says how text is made smooth; None and "" leave it to the qube.
    """

    dpi_1024: int = PLAIN_DPI * limits.DPI_UNITS
    factor: int = 1
    cursor_px: int = PLAIN_CURSOR_PX
    antialias: bool | None = None
    hinting: bool | None = None
    hint_style: str = ""
    subpixels: str = ""

    @property
    def dpi(self) -> float:
        """Dots an inch of text."""
        return self.dpi_1024 / limits.DPI_UNITS

    @property
    def ratio(self) -> float:
        """How many times larger than at 96 dots an inch everything is."""
        return self.dpi / PLAIN_DPI

    def is_legal(self) -> bool:
        """Whether every number is inside its limits."""
        return (
            limits.MIN_SCALE_DPI <= self.dpi <= limits.MAX_SCALE_DPI
            and 1 <= self.factor <= limits.MAX_SCALE_FACTOR
            and limits.MIN_CURSOR_PX <= self.cursor_px <= limits.MAX_CURSOR_PX
            and self.hint_style in HINT_STYLES
            and self.subpixels in SUBPIXELS
        )


def scale_fields(scale: Scale) -> tuple[int, ...]:
    """The fields of a SCALE for a legal scale."""
    return (
        *scale[:3],
        SWITCHES.index(scale.antialias),
        SWITCHES.index(scale.hinting),
        HINT_STYLES.index(scale.hint_style),
        SUBPIXELS.index(scale.subpixels),
    )


def scale_of(dpi_1024: int, factor: int, cursor_px: int, *smoothness: int) -> Scale | None:
    """What a SCALE says, None if it is not legal."""
    words = (SWITCHES, SWITCHES, HINT_STYLES, SUBPIXELS)
    if any(number >= len(known) for number, known in zip(smoothness, words, strict=True)):
        return None
    smooth, hinting, style, order = smoothness
    scale = Scale(
        dpi_1024, factor, cursor_px, SWITCHES[smooth], SWITCHES[hinting], HINT_STYLES[style], SUBPIXELS[order]
    )
    return scale if scale.is_legal() else None
