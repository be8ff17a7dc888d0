"""How a colour looks to eyes that lack one kind of cone; must not know labels.

The model is that of Machado, Oliveira, Fernandes, "A Physiologically-based Model for Simulation of Color Vision
Deficiency", IEEE Transactions on Visualization and Computer Graphics 15 (2009), severity 1.0 (the cone is missing, not
only shifted); its matrices are applied to linear sRGB, and what leaves the gamut is cut to it.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

Linear = tuple[float, float, float]
"""Red, green, blue as light, 0 to 1: IEC 61966-2-1 (sRGB) without its transfer function."""

Matrix = tuple[Linear, Linear, Linear]


class Vision(Enum):
    """A kind of colour vision, by its usual name."""

    NORMAL = "normal"
    PROTANOPIA = "protanopia"
    """no long-wave cones: red is dark and looks like green"""
    DEUTERANOPIA = "deuteranopia"
    """no middle-wave cones: red looks like green"""
    TRITANOPIA = "tritanopia"
    """no short-wave cones: blue looks like green"""


MATRICES: Final[dict[Vision, Matrix]] = {
    Vision.NORMAL: ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    Vision.PROTANOPIA: (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    Vision.DEUTERANOPIA: (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    Vision.TRITANOPIA: (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def linear(rgb: int) -> Linear:
    """0xRRGGBB as light."""
    return _light(rgb >> 16), _light(rgb >> 8), _light(rgb)


def seen(rgb: int, vision: Vision) -> Linear:
    """0xRRGGBB as those eyes have it, as light for normal ones."""
    red, green, blue = linear(rgb)
    mixed = [row[0] * red + row[1] * green + row[2] * blue for row in MATRICES[vision]]
    return _within(mixed[0]), _within(mixed[1]), _within(mixed[2])


def shown(light: Linear) -> int:
    """Light as 0xRRGGBB."""
    value = 0
    for channel in light:
        value = value << 8 | round(255 * _stored(channel))
    return value


def luminance(light: Linear) -> float:
    """Relative luminance, 0 to 1. Source: WCAG 2.2, "relative luminance"."""
    return 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]


def contrast(one: Linear, other: Linear) -> float:
    """1 to 21. Source: WCAG 2.2, "contrast ratio"."""
    dark, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


def _light(channel: int) -> float:
    value = (channel & 0xFF) / 255
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _stored(light: float) -> float:
    return 12.92 * light if light <= 0.0031308 else 1.055 * float(light ** (1 / 2.4)) - 0.055


def _within(value: float) -> float:
    return min(max(value, 0.0), 1.0)
