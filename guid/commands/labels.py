"""`vitrail labels`: the labels there are, as a list or as a picture; must not change any."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from guid.commands.parsers import add_json, in_words, say
from guid.control import CommandError

if TYPE_CHECKING:
    from colors.labels import Label
    from guid.commands.parsers import Commands

PICTURE_SCALE = 2
"""Device pixels a px of the sheet."""


def add(commands: Commands) -> None:
    """Add it."""
    labels = commands.add_parser(
        "labels",
        help="list the labels",
        epilog="Labels of your own stand in labels.toml: docs/labels.md. Those that somebody could take for another "
        "label are named on the standard error.",
    )
    labels.add_argument("--png", metavar="FILE", help="draw a sheet of them, also as colour-blind eyes see them")
    add_json(labels)
    labels.set_defaults(act=_labels)


def _labels(options: argparse.Namespace) -> int:
    from colors.palette import warnings  # noqa: PLC0415 - the parser alone needs none of it
    from guid.settings import labels  # noqa: PLC0415

    with in_words():
        found = list(labels().values())
    warned = warnings(found)
    if options.png is not None:
        _draw(found, Path(options.png))
    for line in warned:
        print(f"warning: {line}", file=sys.stderr)
    facts = [
        {"name": label.name, "index": label.number, "rgb": f"0x{label.rgb:06X}", "pattern": label.pattern.name}
        for label in found
    ]
    width = max(len(label.name) for label in found)
    lines = [f"{'LABEL':{width}}  COLOUR   PATTERN"]
    lines += [f"{label.name:{width}}  #{label.rgb:06X}  {label.pattern.name}: {label.pattern.words}" for label in found]
    return say(options, {"labels": facts, "warnings": warned, "png": options.png}, *lines)


def _draw(labels: list[Label], path: Path) -> None:
    from colors.picture import write_png  # noqa: PLC0415 - cairo, which is heavy
    from colors.sheet import draw  # noqa: PLC0415

    sheet = draw(labels, scale=PICTURE_SCALE)
    try:
        write_png(path, sheet.pixels, sheet.width, sheet.height)
    except OSError as error:
        raise CommandError(f"cannot write {path}: {error.strerror or error}") from error
