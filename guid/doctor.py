"""`vitrail doctor --oracle`: looks whether every frame is as it should be, and says it in words; mends nothing."""

from __future__ import annotations

import json
import os
import select
from typing import Any

from colors.patterns import PATTERNS, PLAIN
from guid.control import CommandError, ask
from guid.core.options import FrameMode
from guid.core.oracle import Owner, Report, examine
from guid.core.thickness import Style
from guid.x11.oracle import CannotLook, look

LOOKS = 3
BETWEEN_LOOKS_S = 0.25
"""A window that is just moving may be caught in between: what is wrong stays wrong for three looks."""


def oracle(display: str, *, as_json: bool) -> int:
    """Look at the screen and print what is wrong with the qubes' frames on it; returns 0 if nothing is.

    Raises CommandError when the desktop cannot be looked at.
    """
    report = _look(display)
    if as_json:
        print(json.dumps(_as_json(report), indent=2))
        return 1 if report.findings else 0
    for finding in report.findings:
        print(finding)
    seen = f"{_many(report.windows, 'window')}, {_many(report.visible_px, 'visible pixel')} of the frames"
    print(f"{_many(len(report.findings), 'finding')} on {seen}" if report.findings else f"every frame is right: {seen}")
    return 1 if report.findings else 0


def owners_of(qubes: list[dict[str, Any]]) -> tuple[Owner, ...]:
    """The qubes of `vitrail ls --json` that have a daemon."""
    return tuple(
        Owner(
            qube["name"],
            int(qube["rgb"], 16),
            qube["daemon_pid"],
            PATTERNS[qube.get("pattern", PLAIN.name)],
            by_manager=qube.get("frame") == FrameMode.WM.value,
            style=Style(**(qube.get("style") or {})),
        )
        for qube in qubes
        if qube["daemon_pid"]
    )


def _many(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _look(display: str) -> Report:
    for number in range(LOOKS):
        if number:
            select.select([], [], [], BETWEEN_LOOKS_S)
        owners = owners_of(ask({"op": "ls"}).get("qubes", []))
        try:
            report = examine(look(display, owners))
        except CannotLook as reason:
            raise CommandError(f"cannot look at display {display or os.environ.get('DISPLAY', '')}: {reason}") from None
        if not report.findings:
            break
    return report


def _as_json(report: Report) -> dict[str, Any]:
    return {
        "version": 1,
        "windows": report.windows,
        "visible_px": report.visible_px,
        "findings": [
            {
                "window": finding.window,
                "qube": finding.qube or None,
                "what": finding.what.name.lower(),
                "words": str(finding),
                "where": list(finding.where),
            }
            for finding in report.findings
        ],
    }
