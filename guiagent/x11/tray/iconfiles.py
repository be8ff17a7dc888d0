"""Icons that are files: looked up by name as icon themes have them, and decoded elsewhere. It must not know items.

A name comes from a program; what it leads to is read as the program itself could. SVG needs a program of the qube.
Source: Icon Theme Specification 0.13 (freedesktop.org), of which the sizes are looked for by the names of folders.
"""

from __future__ import annotations

import glob
import logging
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from guiagent.core.blending import Picture
from guiagent.core.contents import Image
from guiagent.core.iconnames import SCALABLE, fallbacks, folders
from guiagent.core.statusitem import MAX_ICON_SIDE_PX
from guiagent.x11.pictures import Pictures
from guiagent.x11.tray.rasterizing import Rasterizer

LOG = logging.getLogger(__name__)

MAX_FILE_BYTES: Final = 4 << 20
MAX_KEPT: Final = 64
"""Pictures that are remembered: the icons of animated items, 8 KiB each at 32 px."""
MAX_UNDER_WAY: Final = 8
"""Files that are read at a time; an icon that comes on top of them is not shown."""
PIXMAPS: Final = "/usr/share/pixmaps"

Loaded = Callable[[Picture | None], None]


class IconFiles:
    """Each file is decoded in a process of its own with limits, as copied pictures are."""

    def __init__(self) -> None:
        self.pictures = Pictures("icons of the tray that are files are not shown by this qube")
        self.rasterizer = Rasterizer(self._rasterized)
        self._job = 0
        self._waiting: dict[int, tuple[tuple[str, int], Loaded]] = {}
        self._kept: dict[tuple[str, int], Picture | None] = {}

    def load(self, name: str, theme_path: str, side: int, loaded: Loaded) -> None:
        """Find the icon and read it; `loaded` gets its picture, now or later, or None."""
        file = find(name, theme_path, side)
        key = (file or "", side)
        if file is None or key in self._kept:
            loaded(self._kept.get(key))
            return
        if len(self._waiting) >= MAX_UNDER_WAY:
            loaded(None)
            return
        self._job += 1
        self._waiting[self._job] = key, loaded
        if file.endswith(".svg"):
            self.rasterizer.begin(self._job, file, side)
        else:
            self._decode(self._job, _content(file))

    def settle(self) -> None:
        """Hand on what has been decoded."""
        for result in self.pictures.finished():
            image = result.image
            picture = None
            if isinstance(image, Image) and 0 < max(image.width_px, image.height_px) <= MAX_ICON_SIDE_PX:
                picture = Picture(image.width_px, image.height_px, _bgra(image.rgba))
            self._done(result.job, picture)

    def _rasterized(self, job: int, png: bytes) -> None:
        self._decode(job, png)

    def _decode(self, job: int, data: bytes) -> None:
        if not data:
            self._done(job, None)
            return
        self.pictures.decode(job, data, whole=True)

    def _done(self, job: int, picture: Picture | None) -> None:
        key, loaded = self._waiting.pop(job)
        if len(self._kept) >= MAX_KEPT:
            del self._kept[next(iter(self._kept))]
        self._kept[key] = picture
        loaded(picture)


def find(name: str, theme_path: str, side: int) -> str | None:
    """The file of an icon: a path as it is, or the best one by its name; None if there is none."""
    if name.startswith("/"):
        return name if Path(name).is_file() else None
    for alternative in fallbacks(name):
        for folder in _places(theme_path):
            for pattern in folders(side):
                for kind in ("svg",) if pattern.startswith(SCALABLE) else ("png", "svg"):
                    wanted = f"{pattern}/{glob.escape(alternative)}.{kind}".removeprefix("/")
                    found = next((file for file in Path(folder).glob(wanted) if file.is_file()), None)
                    if found is not None:
                        return str(found)
    return None


def _places(theme_path: str) -> Iterator[str]:
    """Folders with themes, or with icons: the program's own first."""
    home = os.environ.get("XDG_DATA_HOME") or str(Path("~/.local/share").expanduser())
    data = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    if theme_path.startswith("/"):
        yield theme_path
        yield f"{theme_path}/hicolor"
    for base in (home, *data.split(":")):
        for theme in ("hicolor", "Adwaita", "breeze", "gnome"):
            yield f"{base}/icons/{theme}"
    yield PIXMAPS


def _content(file: str) -> bytes:
    """The bytes of an ordinary file that is not too long; nothing of any other."""
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return b""
    try:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode) or about.st_size > MAX_FILE_BYTES:
            return b""
        return os.pread(descriptor, about.st_size, 0)
    finally:
        os.close(descriptor)


def _bgra(rgba: bytes) -> bytes:
    swapped = bytearray(rgba)
    swapped[0::4], swapped[2::4] = rgba[2::4], rgba[0::4]
    return bytes(swapped)
