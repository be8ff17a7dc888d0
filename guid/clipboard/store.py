"""The global clipboard on disk, in the layout of the C daemon; must not know why something is copied or wiped.

Qubes' own widget watches these files, and daemons without a supervisor share the clipboard by them. `.source` is
emptied before anything else changes and written when everything else is there, in one opening: who looks at any moment,
or after a crash at any moment, finds the old contents with their source, the new ones with theirs, or an empty source,
which means an empty clipboard. Contents are never written over in place by others (bulletin 011).
Source: qubes-gui-daemon 4.3, file names and contents; the widget wakes up when `.source` was closed after writing.
"""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from guid.clipboard.errors import StoreError
from guid.clipboard.metadata import MAX_NAME_BYTES, BadMetadata, Metadata, read
from guid.core.contents import Contents

BASE = "qubes-clipboard.bin"
LOCK = "clipboard.lock"
SOURCE, METADATA, X_EVENT = ".source", ".metadata", ".xevent"

MODE = 0o600
COPY_BYTES = 1 << 20
MAX_METADATA_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Stored:
    """What the files say. data: a descriptor to read `contents` from, which the caller closes."""

    source: str
    contents: Contents
    time_ms: int
    data: int


class Store:
    """The clipboard's files in a folder that only its owner may enter. Nothing in here waits for a qube.

    folder: absolute; made if it is missing. Raises StoreError if it is a link, or not ours alone.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            found = folder.lstat()
        except OSError as error:
            raise StoreError(f"cannot use {folder}: {error.strerror}") from error
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
            raise StoreError(f"{folder} is not a folder that uid {os.geteuid()} alone may enter")
        self._data = folder / BASE

    def put(self, source: str, contents: Contents, time_ms: int, data: int) -> None:
        """Make what descriptor `data` holds from its first byte the clipboard, whole or not at all. Raises OSError.

        source: the qube's name, at most 254 bytes. time_ms: of the chord, in X time.
        """
        name = source.encode("utf-8")
        if not 0 < len(name) <= MAX_NAME_BYTES:
            raise StoreError(f"a source of {len(name)} bytes")
        with self._locked(), self._changing() as changed:
            self._replace_data(data, contents.size_bytes)
            self._describe(Metadata(source, time_ms, contents))
            os.write(changed, name)

    def wipe(self, qube: str, time_ms: int, *, pasted_bytes: int = 0) -> None:
        """Make the clipboard empty; what was in it is overwritten. Raises OSError.

        qube: whom the widget shall name. pasted_bytes: not 0 if it is empty because it was pasted.
        """
        with self._locked(), self._changing():
            self._replace_data(None, 0)
            self._describe(Metadata(qube, time_ms, None, pasted_bytes))

    def remove(self) -> None:
        """Overwrite the contents, and leave no file behind."""
        with self._locked():
            _shred(self._data)
            _shred(_new_name(self._data))  # of a process that died while it copied
            for suffix in (SOURCE, METADATA, X_EVENT):
                self._path(suffix).unlink(missing_ok=True)

    def look(self) -> Stored | None:
        """What is in the clipboard, whoever wrote it; None if it is empty or makes no sense. Raises OSError."""
        with self._locked():
            try:
                source = self._path(SOURCE).read_bytes()[: MAX_NAME_BYTES + 1].decode("utf-8")
                raw = self._path(METADATA).read_bytes()[:MAX_METADATA_BYTES]
                metadata = read(raw)
                size_bytes = self._data.stat().st_size
            except (FileNotFoundError, BadMetadata, UnicodeDecodeError):
                return None
            if not source or metadata.contents is None or size_bytes != metadata.contents.size_bytes:
                return None
            return Stored(source, metadata.contents, metadata.time_ms, self._copied(size_bytes))

    def _copied(self, size_bytes: int) -> int:
        """The data in a memfd of its own: the file may be overwritten as soon as the lock is free."""
        data = os.open(self._data, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        copied = os.memfd_create("clipboard", os.MFD_CLOEXEC)
        try:
            _copy(data, copied, size_bytes)
        finally:
            os.close(data)
        return copied

    def mark(self) -> tuple[int, ...]:
        """Numbers that are others as soon as anybody has changed the clipboard. Raises OSError."""
        try:
            found = self._path(METADATA).stat(), self._path(SOURCE).stat()
        except FileNotFoundError:
            return ()
        return tuple(number for each in found for number in (each.st_ino, each.st_mtime_ns, each.st_size))

    # Files

    def _path(self, suffix: str) -> Path:
        return self._folder / f"{BASE}{suffix}"

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Alone among those who keep to the lock; it is held for file operations only."""
        lock = os.open(self._folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, MODE)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    @contextmanager
    def _changing(self) -> Iterator[int]:
        """Empty `.source`, and close it, written or not, when everything else has changed: once, for the widget."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
        source = os.open(self._path(SOURCE), flags, MODE)
        try:
            yield source
        finally:
            os.close(source)

    def _replace_data(self, data: int | None, size_bytes: int) -> None:
        """Put another file in the place of the data; the old one's bytes are overwritten first."""
        with self._new(self._data) as target:
            if data is not None:
                _copy(data, target, size_bytes)
        _shred(self._data)
        _new_name(self._data).replace(self._data)

    def _describe(self, metadata: Metadata) -> None:
        for suffix, raw in ((X_EVENT, b"%d\n" % metadata.time_ms), (METADATA, metadata.written())):
            with self._new(self._path(suffix)) as target:
                os.write(target, raw)
            _new_name(self._path(suffix)).replace(self._path(suffix))

    @contextmanager
    def _new(self, path: Path) -> Iterator[int]:
        """A new file beside `path`, to be renamed onto it; gone if writing it fails."""
        new = _new_name(path)
        _shred(new)  # of a process that died while it copied
        target = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, MODE)
        try:
            yield target
        except OSError:
            _shred(new)
            raise
        finally:
            os.close(target)


def _copy(source: int, target: int, size_bytes: int) -> None:
    """The first bytes of one file to the beginning of another. Raises StoreError if there are not so many."""
    done = 0
    while done < size_bytes:
        moved = os.sendfile(target, source, done, min(COPY_BYTES, size_bytes - done))
        if moved == 0:
            raise StoreError(f"{done} bytes instead of {size_bytes}")
        done += moved


def _shred(path: Path) -> None:
    """Overwrite a file with zeros and unlink it."""
    with suppress(FileNotFoundError):
        old = os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            left = os.fstat(old).st_size
            while left > 0:
                left -= os.write(old, bytes(min(left, COPY_BYTES)))
        finally:
            os.close(old)
        path.unlink()


def _new_name(path: Path) -> Path:
    return path.with_name(f"{path.name}.new")
