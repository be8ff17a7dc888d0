"""How different two colours look: CIE L*a*b* of light, and CIEDE2000 between two of them; must not know labels.

Source: G. Sharma, W. Wu, E. N. Dalal, "The CIEDE2000 Color-Difference Formula: Implementation Notes, Supplementary Test
Data, and Mathematical Observations", Color Research and Application 30 (2005); the numbers of its equations are given.
"""

from __future__ import annotations

from math import atan2, cos, degrees, exp, hypot, radians, sin, sqrt
from typing import NamedTuple

from colors.vision import Linear


class Lab(NamedTuple):
    """CIE 1976 L*a*b*. lightness: 0 to 100. a: from green to red. b: from blue to yellow."""

    lightness: float
    a: float
    b: float


WHITE_XYZ = (0.95047, 1.0, 1.08883)
"""D65, the white of sRGB."""

SEVEN = 25.0**7


def lab_of(light: Linear) -> Lab:
    """Source: IEC 61966-2-1 (light to XYZ), CIE 15:2004 (XYZ to L*a*b*)."""
    red, green, blue = light
    x = 0.4124564 * red + 0.3575761 * green + 0.1804375 * blue
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = 0.0193339 * red + 0.1191920 * green + 0.9503041 * blue
    fx, fy, fz = (_cube_root(value / white) for value, white in zip((x, y, z), WHITE_XYZ, strict=True))
    return Lab(116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz))


def difference(one: Lab, other: Lab) -> float:
    """CIEDE2000 with all weights 1: about 1 is just seen between two large fields that touch."""
    # Chroma and hue, with neutral colours told apart a little more (2 to 7)
    mean_chroma = (hypot(one.a, one.b) + hypot(other.a, other.b)) / 2
    stretch = 1.5 - 0.5 * sqrt(mean_chroma**7 / (mean_chroma**7 + SEVEN))
    chroma_1, hue_1 = _polar(one.a * stretch, one.b)
    chroma_2, hue_2 = _polar(other.a * stretch, other.b)
    # Differences (8 to 11)
    by_lightness = other.lightness - one.lightness
    by_chroma = chroma_2 - chroma_1
    neutral = chroma_1 * chroma_2 == 0
    turn = 0.0 if neutral else (hue_2 - hue_1 + 180) % 360 - 180
    by_hue = 2 * sqrt(chroma_1 * chroma_2) * sin(radians(turn / 2))
    # Weights at the middle between the two (12 to 21)
    lightness, chroma = (one.lightness + other.lightness) / 2, (chroma_1 + chroma_2) / 2
    hue = hue_1 + hue_2 if neutral else _middle(hue_1, hue_2)
    tone = (
        1
        - 0.17 * cos(radians(hue - 30))
        + 0.24 * cos(radians(2 * hue))
        + 0.32 * cos(radians(3 * hue + 6))
        - 0.20 * cos(radians(4 * hue - 63))
    )
    weight_lightness = 1 + 0.015 * (lightness - 50) ** 2 / sqrt(20 + (lightness - 50) ** 2)
    weight_chroma = 1 + 0.045 * chroma
    weight_hue = 1 + 0.015 * chroma * tone
    blue = 30 * exp(-(((hue - 275) / 25) ** 2))
    rotation = -2 * sqrt(chroma**7 / (chroma**7 + SEVEN)) * sin(radians(2 * blue))
    # All of them together, equation 22
    parts = by_lightness / weight_lightness, by_chroma / weight_chroma, by_hue / weight_hue
    return sqrt(sum(part**2 for part in parts) + rotation * parts[1] * parts[2])


def _cube_root(value: float) -> float:
    return float(value ** (1 / 3)) if value > (6 / 29) ** 3 else value / (3 * (6 / 29) ** 2) + 4 / 29


def _polar(a: float, b: float) -> tuple[float, float]:
    """Chroma, and hue in degrees from 0 to 360."""
    return hypot(a, b), degrees(atan2(b, a)) % 360


def _middle(one: float, other: float) -> float:
    """The hue between two, on the shorter way around."""
    total = one + other
    if abs(one - other) <= 180:
        return total / 2
    return (total + 360) / 2 if total < 360 else (total - 360) / 2
