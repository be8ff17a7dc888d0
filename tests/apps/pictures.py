"""Small copies of a run's pictures for docs/images/apps; judges nothing.

Pillow is the system's (packages.txt, runtime), not one of .venv: the copies are made by its Python.
"""

import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from tests.apps.case import App

BEST_FIRST: Final = ("menu", "tray icon and its menu", "typing", "looks at the pointer", "opens")
"""Which picture of a program says most, by its name."""
COLOURS: Final = 64
REDUCED: Final = (1, 2, 4)
"""How many times smaller a picture may become: with fewer colours a frame would have another one than its label's."""
LARGEST_BYTES: Final = 60 * 1024

SHRINK: Final = """
import io, sys
from PIL import Image
source, target, largest, colours, *reduced = sys.argv[1:]
picture = Image.open(source).convert("RGB")
for times in map(int, reduced):
    made = io.BytesIO()
    picture.reduce(times).quantize(int(colours), dither=Image.Dither.NONE).save(made, "PNG", optimize=True)
    if made.tell() <= int(largest):
        open(target, "wb").write(made.getvalue())
        break
"""


def copy(apps: Iterable[App], source: Path, target: Path) -> None:
    """One picture of each program from `source` into `target`, with few colours; none of one that stays large."""
    target.mkdir(parents=True, exist_ok=True)
    for app in apps:
        found = (source / app.slug / f"{name}.png" for name in BEST_FIRST)
        chosen = next((path for path in found if path.exists()), None)
        if chosen is None:
            continue
        small = target / f"{app.slug}.png"
        small.unlink(missing_ok=True)
        argv: list[str | Path] = [
            "/usr/bin/python3",
            "-I",
            "-c",
            SHRINK,
            chosen,
            small,
            str(LARGEST_BYTES),
            str(COLOURS),
            *map(str, REDUCED),
        ]
        subprocess.run(argv, check=True, timeout=60, stdin=subprocess.DEVNULL)
