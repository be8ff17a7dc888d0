"""Icons that are files: looked up by name as icon themes have them, and decoded elsewhere. It must not know items.

A name comes from a program; what it leads to is read as the program itself could. SVG needs a program of the qube.
Source: Icon Theme Specification 0.13 (freedesktop.org), of which the sizes are looked for by the names of folders.
"""

from __future__ import annotations

import glob
import logging
import os
import stat
import time
from collections.abc import Callable, Iterator
from math import inf
from pathlib import Path
from typing import Final, NamedTuple

from guiagent.core.blending import Picture
from guiagent.core.contents import Image
from guiagent.core.iconnames import SCALABLE, fallbacks, folders
from guiagent.core.statusitem import MAX_ICON_SIDE_PX
from guiagent.core.trayicons import MAX_TRAY_ICONS
from guiagent.x11.pictures import Pictures
from guiagent.x11.tray.rasterizing import Rasterizer

LOG = logging.getLogger(__name__)

MAX_FILE_BYTES: Final = 4 << 20
MAX_KEPT: Final = 64
"""Pictures that are remembered: the icons of animated items, 8 KiB each at 32 px."""
MAX_UNDER_WAY: Final = 8
"""Files that are read at a time; an icon that comes on top of them is not shown."""
LOOK_S: Final = 0.005
"""What looking for names takes of one turn: a name that no theme has takes 0.1 s where many themes are installed."""
FOUND_S: Final = 5.0
"""How long it is remembered where a name leads, also if nowhere: some programs write the file after they have named it.
"""
MAX_LOOKING: Final = 2 * MAX_TRAY_ICONS
"""Every item with its overlay."""
PIXMAPS: Final = "/usr/share/pixmaps"

Loaded = Callable[[Picture | None], None]


class _Wanted(NamedTuple):
    """What an item names: its icon, the folder that it brings, the side in px."""

    name: str
    theme_path: str
    side: int


class _Looking(NamedTuple):
    """The files that one name may lead to, and who waits."""

    places: Iterator[str | None]
    loaded: Loaded


class IconFiles:
    """Each file is decoded in a process of its own with limits, as copied pictures are."""

    def __init__(self) -> None:
        self.pictures = Pictures("icons of the tray that are files are not shown by this qube")
        self.rasterizer = Rasterizer(self._rasterized)
        self._job = 0
        self._waiting: dict[int, tuple[tuple[str, int], Loaded]] = {}
        self._kept: dict[tuple[str, int], Picture | None] = {}
        self._looking: dict[int, tuple[_Wanted, _Looking]] = {}
        self._found: dict[_Wanted, tuple[str, float]] = {}

    def load(self, name: str, theme_path: str, side: int, loaded: Loaded) -> None:
        """Find the icon and read it; `loaded` gets its picture, now or later, or None."""
        wanted = _Wanted(name, theme_path, side)
        file, until = self._found.get(wanted, ("", 0.0))
        if until > time.monotonic():
            self._read(file, side, loaded)
            return
        if len(self._looking) >= MAX_LOOKING:
            loaded(None)
            return
        self._job += 1
        self._looking[self._job] = wanted, _Looking(places(name, theme_path, side), loaded)
        self._look()

    def _look(self) -> None:
        """Go on with what is looked for, the first one first, for as long as a turn may take."""
        until = time.monotonic() + LOOK_S
        while self._looking and time.monotonic() < until:
            job, (wanted, looking) = next(iter(self._looking.items()))
            file = next(looking.places, "")
            if file is None:
                continue  # nothing there
            del self._looking[job]
            if len(self._found) >= MAX_KEPT:
                del self._found[next(iter(self._found))]
            self._found[wanted] = file, time.monotonic() + FOUND_S
            self._read(file, wanted.side, looking.loaded)

    def _read(self, file: str, side: int, loaded: Loaded) -> None:
        """file: "" for none."""
        key = file, side
        if not file or key in self._kept or len(self._waiting) >= MAX_UNDER_WAY:
            loaded(self._kept.get(key))
            return
        self._job += 1
        self._waiting[self._job] = key, loaded
        if file.endswith(".svg"):
            self.rasterizer.begin(self._job, file, side)
        else:
            self._decode(self._job, _content(file))

    def deadline(self) -> float | None:
        """When `settle` must be called at the latest."""
        return -inf if self._looking else self.rasterizer.deadline()

    def close(self) -> None:
        """End all that is under way."""
        self.rasterizer.close()
        self.pictures.close()

    def settle(self) -> None:
        """Go on looking, and hand on what has been decoded."""
        self._look()
        self.rasterizer.settle()
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


def places(name: str, theme_path: str, side: int) -> Iterator[str | None]:
    """The files of an icon, the best one first, or a path as it is; None for each place where there is none."""
    if name.startswith("/"):
        yield name if Path(name).is_file() else None
        return
    for alternative in fallbacks(name):
        for folder in _places(theme_path):
            for pattern in folders(side):
                for kind in ("svg",) if pattern.startswith(SCALABLE) else ("png", "svg"):
                    wanted = f"{pattern}/{glob.escape(alternative)}.{kind}".removeprefix("/")
                    found = next((file for file in Path(folder).glob(wanted) if file.is_file()), None)
                    yield None if found is None else str(found)


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
