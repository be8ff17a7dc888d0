"""What happens to selections of the qube's X server, and what is to be done about it, as values.

It must not know the daemon, nor how X is asked. Atoms and windows are the server's numbers. Source: ICCCM 2.
"""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

from guiagent.core.contents import Image
from guiagent.core.effects import Log, Send

ATOM_NAMES: Final = (
    "ATOM",
    "ATOM_PAIR",
    "CLIPBOARD",
    "COMPOUND_TEXT",
    "INCR",
    "INTEGER",
    "MULTIPLE",
    "PRIMARY",
    "STRING",
    "TARGETS",
    "TEXT",
    "TIMESTAMP",
    "UTF8_STRING",
    "image/bmp",
    "image/png",
    "image/tiff",
    "text/plain",
    "text/plain;charset=utf-8",
)
"""The atoms that the core needs, besides the properties that it is given."""
CURRENT_TIME: Final = 0
NO_PROPERTY: Final = 0


class Request(NamedTuple):
    """A program asks the owner of a selection for its contents. property: 0 from obsolete programs."""

    selection: int
    requestor: int
    target: int
    property: int
    time: int


class Conversion(NamedTuple):
    """The owner says that it has converted a selection for us. property: 0 if it has refused."""

    selection: int
    target: int
    property: int
    time: int


class Value(NamedTuple):
    """A property as it was read. kind: its type's atom; bits: 8, 16 or 32; left_bytes: what was not read of it."""

    kind: int
    bits: int
    data: bytes
    left_bytes: int

    @property
    def words(self) -> tuple[int, ...]:
        """The numbers of a property of 32 bits; none of any other."""
        if self.bits != 32:
            return ()
        return struct.unpack(f"={len(self.data) // 4}I", self.data[: len(self.data) // 4 * 4])


# Effects


class AskTime(NamedTuple):
    """Ask the server for its time; the answer comes as `time_told`."""


class WatchOwner(NamedTuple):
    """Hear (or no longer hear) that a selection has another owner, or that its owner has ended."""

    selection: int
    watching: bool


class FindOwner(NamedTuple):
    """Ask who owns a selection; the answer comes as `owner_found`."""

    selection: int


class Convert(NamedTuple):
    """Ask the owner of a selection to write it into a property of our window; the answer comes as `converted`."""

    selection: int
    target: int
    property: int
    time: int


class Read(NamedTuple):
    """Read a property, and delete it if it was read to its end. The answer comes as `property_read`."""

    window: int
    property: int
    limit_bytes: int
    delete: bool


class Erase(NamedTuple):
    """Delete a property."""

    window: int
    property: int


class Write(NamedTuple):
    """Write a property; data in units of `bits`, in the machine's byte order."""

    window: int
    property: int
    kind: int
    bits: int
    data: bytes


class Answer(NamedTuple):
    """Tell a program that its request is done, and in which property; 0: refused."""

    request: Request
    property: int


class WatchRequestor(NamedTuple):
    """Hear (or no longer hear) of a window's properties, and of its end."""

    window: int
    watching: bool


class Claim(NamedTuple):
    """Become the owner of a selection."""

    selection: int
    time: int


class Release(NamedTuple):
    """Own a selection no longer, if nobody has taken it since `time`."""

    selection: int
    time: int


class DecodePicture(NamedTuple):
    """Turn a picture file (or, if it is not whole, its beginning) into pixels. The answer comes as `decoded`."""

    job: int
    data: bytes
    whole: bool


class EncodePicture(NamedTuple):
    """Turn pixels into a picture file. The answer comes as `encoded`."""

    job: int
    format: str
    image: Image


class CancelPicture(NamedTuple):
    """Nobody waits for this job any longer."""

    job: int


Effect = (
    Send
    | Log
    | AskTime
    | WatchOwner
    | FindOwner
    | Convert
    | Read
    | Erase
    | Write
    | Answer
    | WatchRequestor
    | Claim
    | Release
    | DecodePicture
    | EncodePicture
    | CancelPicture
)
