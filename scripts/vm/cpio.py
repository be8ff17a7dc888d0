"""Archives that a kernel unpacks as its first file system (cpio, "newc"); knows no package.

Source: Linux, Documentation/driver-api/early-userspace/buffer-format.rst. Archives may simply be joined to each other.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final

ALIGNMENT: Final = 4
TRAILER: Final = "TRAILER!!!"


class Archive:
    """Entries go out in the order in which they are added; the folders above each are made where they are missing."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._inode = 0
        self._folders: set[str] = set()

    def folder(self, path: str, mode: int = 0o755) -> None:
        """Add a folder, once."""
        if path in self._folders or path in ("", "."):
            return
        self._parents(path)
        self._folders.add(path)
        self._entry(path, stat.S_IFDIR | mode, b"")

    def file(self, path: str, data: bytes, mode: int = 0o644) -> None:
        """Add a regular file."""
        self._parents(path)
        self._entry(path, stat.S_IFREG | mode, data)

    def link(self, path: str, target: str) -> None:
        """Add a symbolic link."""
        self._parents(path)
        self._entry(path, stat.S_IFLNK | 0o777, target.encode())

    def device(self, path: str, major: int, minor: int) -> None:
        """Add a character device."""
        self._parents(path)
        self._entry(path, stat.S_IFCHR | 0o600, b"", device=(major, minor))

    def joined(self, path: str, parts: list[Path], extra: bytes = b"") -> None:
        """Add a regular file that holds other files one after another, then `extra`."""
        self._parents(path)
        length = sum(part.stat().st_size for part in parts) + len(extra)
        self._header(path, stat.S_IFREG | 0o644, length, (0, 0))
        for part in parts:
            self._out.write(part.read_bytes())
        self._out.write(extra + bytes(-length % ALIGNMENT))

    def close(self) -> None:
        """Write the end mark."""
        self._inode = -1
        self._entry(TRAILER, 0, b"")

    def _parents(self, path: str) -> None:
        for parent in reversed(PurePosixPath(path).parents):
            self.folder(str(parent))

    def _entry(self, path: str, mode: int, data: bytes, *, device: tuple[int, int] = (0, 0)) -> None:
        self._header(path, mode, len(data), device)
        self._out.write(data + bytes(-len(data) % ALIGNMENT))

    def _header(self, path: str, mode: int, length: int, device: tuple[int, int]) -> None:
        self._inode += 1
        name = path.encode() + b"\0"
        links = 2 if stat.S_ISDIR(mode) else 1
        fields = (self._inode, mode, 0, 0, links, 0, length, 0, 0, *device, len(name), 0)
        header = b"070701" + b"".join(b"%08X" % field for field in fields) + name
        self._out.write(header + bytes(-len(header) % ALIGNMENT))


@contextmanager
def archive(path: Path) -> Iterator[Archive]:
    """Write an archive at `path`."""
    with path.open("wb") as out:
        made = Archive(out)
        yield made
        made.close()
