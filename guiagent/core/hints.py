"""Size hints in the form that the wire carries. It must not know where a window is."""

from __future__ import annotations

from guiagent.core.values import SizeHints
from protocol.limits import MAX_WINDOW_HEIGHT_PX, MAX_WINDOW_WIDTH_PX

US_POSITION, P_POSITION = 1, 4
P_MIN_SIZE, P_MAX_SIZE, P_RESIZE_INC, P_BASE_SIZE = 16, 32, 64, 256
PASSED_FLAGS = US_POSITION | P_POSITION | P_MIN_SIZE | P_MAX_SIZE | P_RESIZE_INC | P_BASE_SIZE
"""What MSG_WINDOW_HINTS may say. Source: qubes-gui-protocol.h, struct msg_window_hints; ICCCM 4.1.2.3."""


def wire_hints(asked: SizeHints) -> SizeHints:
    """The hints that the daemon may be told: known flags, no absurd size, and zero in every field that has no flag.

    A program's absurd hint is dropped whole rather than bent: half a wrong pair is worse than none.
    """
    flags = asked.flags & PASSED_FLAGS
    for flag, width, height, least in (
        (P_MIN_SIZE, asked.min_width, asked.min_height, 0),
        (P_MAX_SIZE, asked.max_width, asked.max_height, 1),
        (P_RESIZE_INC, asked.width_inc, asked.height_inc, 1),
        (P_BASE_SIZE, asked.base_width, asked.base_height, 0),
    ):
        if min(width, height) < least:
            flags &= ~flag
    min_width, min_height = _pair(flags, P_MIN_SIZE, asked.min_width, asked.min_height)
    max_width, max_height = _pair(flags, P_MAX_SIZE, asked.max_width, asked.max_height)
    width_inc, height_inc = _pair(flags, P_RESIZE_INC, asked.width_inc, asked.height_inc)
    base_width, base_height = _pair(flags, P_BASE_SIZE, asked.base_width, asked.base_height)
    if flags & P_MIN_SIZE and flags & P_RESIZE_INC and flags & P_BASE_SIZE:
        min_width = _on_grid(min_width, base_width, width_inc)
        min_height = _on_grid(min_height, base_height, height_inc)
    return SizeHints(
        flags, min_width, min_height, max_width, max_height, width_inc, height_inc, base_width, base_height
    )


def constrained(size: tuple[int, int], asked: SizeHints) -> tuple[int, int]:
    """The size nearest below `size` (px) that a program's hints allow; at least what they call the least, and 1x1.

    Source: ICCCM 4.1.2.3: increments count from the base size, or from the least where there is none.
    """
    hints = wire_hints(asked)
    base = (hints.base_width, hints.base_height) if hints.flags & P_BASE_SIZE else (hints.min_width, hints.min_height)
    width, height = (_in_steps(wanted, start, step) for wanted, start, step in zip(size, base, hints[5:7], strict=True))
    if hints.flags & P_MAX_SIZE:
        width, height = min(width, hints.max_width), min(height, hints.max_height)
    return max(width, hints.min_width, 1), max(height, hints.min_height, 1)


def _in_steps(wanted: int, base: int, step: int) -> int:
    return base + (wanted - base) // step * step if step > 1 else wanted


def _pair(flags: int, flag: int, width: int, height: int) -> tuple[int, int]:
    if not flags & flag:
        return 0, 0
    return min(width, MAX_WINDOW_WIDTH_PX), min(height, MAX_WINDOW_HEIGHT_PX)


def _on_grid(least: int, base: int, step: int) -> int:
    """The smallest base + k * step that is not below `least`: some window managers refuse a minimum off the grid."""
    return base + max(0, -(-(least - base) // step)) * step
