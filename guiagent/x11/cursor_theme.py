"""The pictures of the qube's own cursor theme, by which a cursor without a name is known. It must not know X.

Some programs, Chromium among them, load a theme's pictures themselves and give their cursors no names.
Source: Xcursor(3), "Library path" and "Cursor themes".
"""

from __future__ import annotations

import configparser
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from guiagent.core.cursors import ALIASES, GLYPHS, Look, glyph_named
from guiagent.core.xcursor import looks

DEFAULT_PATH: Final = "~/.local/share/icons:~/.icons:/usr/share/icons:/usr/share/pixmaps"
MAX_INHERITED: Final = 8
MAX_FILE_BYTES: Final = 4 << 20


class CursorTheme:
    """Read when it is first asked for a size; each size once."""

    def __init__(self) -> None:
        self._by_size: dict[tuple[int, int], dict[Look, int]] = {}

    def glyph_of(self, look: Look) -> int | None:
        """The glyph whose picture in the theme is exactly this one."""
        size = look.width, look.height
        known = self._by_size.get(size)
        if known is None:
            known = self._by_size[size] = self._read(size)
        return known.get(look._replace(name=b""))

    def _read(self, size: tuple[int, int]) -> dict[Look, int]:
        found: dict[Look, int] = {}
        folders = [folder / "cursors" for folder in _theme_folders()]
        for name in (*GLYPHS, *ALIASES):
            glyph = glyph_named(name)
            path = next((folder / name for folder in folders if (folder / name).is_file()), None)
            if glyph is None or path is None:
                continue
            for look in looks(_contents(path)):
                if (look.width, look.height) == size:
                    found.setdefault(look, glyph)
        return found


def _theme_folders() -> Iterator[Path]:
    """The theme in use and those that it inherits from, nearest first."""
    bases = [Path(part).expanduser() for part in os.environ.get("XCURSOR_PATH", DEFAULT_PATH).split(":") if part]
    names = [os.environ.get("XCURSOR_THEME") or "default"]
    for name in names:
        for folder in (base / name for base in bases if (base / name).is_dir()):
            yield folder
            names += [each for each in _inherited(folder / "index.theme") if each not in names]
        if len(names) > MAX_INHERITED:
            return


def _inherited(index: Path) -> list[str]:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(_contents(index).decode("utf-8", "replace"))
        inherited = parser.get("Icon Theme", "Inherits", fallback="")
    except configparser.Error:
        return []
    names = (name.strip() for name in inherited.replace(";", ",").split(","))
    return [name for name in names if name and "/" not in name and not name.startswith(".")]


def _contents(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_FILE_BYTES)
    except OSError:
        return b""
